"""Formulas as trees: parse them, resolve their names, evaluate and differentiate them, and write them for people.

Begin with ``tree.py``, which defines the kinds of tree node. ``parse.py`` parses a text, ``transform.py`` replaces
names and simplifies, ``evaluate.py`` computes values, ``differentiate.py`` derivatives, ``arrays.py`` splits a formula
over arrays into its cells, and ``display.py`` writes a tree as text or LaTeX in the symbols of ``notation.py``.
"""

from tutor.formulas.array_functions import left_out
from tutor.formulas.arrays import scalarise, scalarise_in_parts
from tutor.formulas.cells import Cells, cell_names, describe, named_cells
from tutor.formulas.differentiate import differentiate
from tutor.formulas.display import latex, text
from tutor.formulas.evaluate import CONSTANTS, check_constants, compile_arrays, compile_tree, evaluate
from tutor.formulas.functions import ACTIVATION_NAMES, FUNCTIONS, Function, function_named, unknown_function
from tutor.formulas.notation import Notation
from tutor.formulas.numbers import format_number
from tutor.formulas.parse import parse, parsed
from tutor.formulas.transform import map_tree, resolve, simplify, substitute
from tutor.formulas.tree import Tree, names, walk

__all__ = [
    "ACTIVATION_NAMES",
    "CONSTANTS",
    "FUNCTIONS",
    "Cells",
    "Function",
    "Notation",
    "Tree",
    "cell_names",
    "check_constants",
    "compile_arrays",
    "compile_tree",
    "describe",
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
    "unknown_function",
    "walk",
]
