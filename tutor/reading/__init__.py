"""Read what a learner types as it was meant: a number, a vector or matrix, a formula, a line of working.

    scope = Scope(graph, asked="Z1", own={"H2": 0.55})
    read_number("−0,7", scope).shown                      # 'I read −0.7'
    read_grid("[[0.2, -0.3], [0.4, 0.1]]", (2, 2), scope).cells
    read_formula("(yhat - y)*H1", scope).tree

A text that cannot be read, or can be read two ways, raises ``Unreadable``: a ``FormulaError`` with the column, a hint
and a caret. Nothing typed is ever run. Texts are limited in length, in depth and in the size of the result.
"""

from tutor.reading.answers import Reading, read_number
from tutor.reading.errors import Unreadable
from tutor.reading.formulas import read_formula
from tutor.reading.grids import GridReading, cells_of, read_grid
from tutor.reading.scope import Scope

__all__ = [
    "GridReading",
    "Reading",
    "Scope",
    "Unreadable",
    "cells_of",
    "read_formula",
    "read_grid",
    "read_number",
]
