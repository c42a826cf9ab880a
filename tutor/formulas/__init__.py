"""Formulas as trees: parse them, resolve their names, evaluate and differentiate them, and write them for people.

Begin with ``tree.py``, which defines the kinds of tree node. ``parse.py`` parses a text, ``transform.py`` replaces
names and simplifies, ``evaluate.py`` computes values, ``differentiate.py`` derivatives, ``arrays.py`` splits a formula
over arrays into its cells, and ``display.py`` writes a tree as text or LaTeX in the symbols of ``notation.py``.
"""

from tutor.formulas.array_functions import left_out
from tutor.formulas.arrays import scalarise, scalarise_in_parts
from tutor.formulas.cells import Cells, cell_names, named_cells
from tutor.formulas.differentiate import differentiate
from tutor.formulas.display import latex, text
from tutor.formulas.evaluate import check_constants, compile_arrays, compile_tree, evaluate
from tutor.formulas.functions import ACTIVATION_NAMES, FUNCTIONS, function_named
from tutor.formulas.notation import Notation
from tutor.formulas.numbers import format_number
from tutor.formulas.parse import parse, parsed
from tutor.formulas.transform import map_tree, resolve, simplify, substitute
from tutor.formulas.tree import Tree, names, walk

__all__ = [
    "ACTIVATION_NAMES",
    "FUNCTIONS",
    "Cells",
    "Notation",
    "Tree",
    "cell_names",
    "check_constants",
    "compile_arrays",
    "compile_tree",
    "differentiate",
    "evaluate",
    "format_number",
    "function_named",
    "latex",
    "left_out",
    "map_tree",
    "named_cells",
    "names",
    "parse",
    "parsed",
    "resolve",
    "scalarise",
    "scalarise_in_parts",
    "simplify",
    "substitute",
    "text",
    "walk",
]
