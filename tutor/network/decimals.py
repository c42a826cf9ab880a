"""How many decimals a quantity is asked for: enough to see it, and not more than people can carry by hand.

Three, except for error signals, gradients and the optimizer's memory (as many as show three figures) and updated
parameters (as many as show the step in two). ``need`` says how many it takes to tell every typical mistake apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tutor.formulas.tree import Add, Name
from tutor.network.graph import Graph
from tutor.network.nodes import Kind, Node, Quantity

LEAST, MOST = 3, 8

_THREE_FIGURES = frozenset({Kind.DELTA, Kind.GRADIENT, Kind.MEMORY, Kind.BACK, Kind.SLOPE})


def default_decimals(graph: Graph, quantity: Quantity | str) -> int:
    """Return the decimals asked for where the lesson says nothing; one number for a grid, its most demanding cell's."""
    if isinstance(quantity, str):
        quantity = graph.quantity(quantity)
    return max(node_decimals(graph, cell) for cell in quantity.cells)


def node_decimals(graph: Graph, name: str, values: Mapping[str, float] | None = None) -> int:
    """Return the default for one number."""
    node = graph.nodes[name]
    source = graph.values if values is None else values
    value = source[name]
    old = old_value(graph, node)
    if old is not None:
        return _within_bounds(last_figure(value - source[old], 2))
    if node.kind in _THREE_FIGURES or (node.kind is Kind.FACTOR and name.startswith("dE/d")):
        return _within_bounds(last_figure(value, 3))
    if node.kind is Kind.STEP:
        return _within_bounds(last_figure(value, 2))
    if node.kind in (Kind.CELL, Kind.PART):
        return _within_bounds(last_figure(value, 2))
    return LEAST


def old_value(graph: Graph, node: Node) -> str | None:
    """Return the name of the value that an updated parameter had before, or None where the node is no update.

    A worksheet's ``w_new`` is one where ``w`` itself is a term of its formula: it is the step that shows the work.
    """
    if node.kind is Kind.UPDATED:
        return node.role.get("old")
    if node.kind is not Kind.CELL or "_new" not in node.name:
        return None
    terms = node.formula.terms if isinstance(node.formula, Add) else ()
    plain = [term.name for term in terms if isinstance(term, Name)]
    stem = node.name.partition("_new")[0]
    return next((name for name in plain if name.partition("[")[0].partition("_new")[0].partition("@")[0] == stem), None)


def figures_to_decimals(value: float, figures: int) -> int:
    """Return the decimals that show a value in so many significant figures."""
    return max(0, last_figure(value, figures))


def last_figure(value: float, figures: int) -> int:
    """Return the decimal place of a value's last figure of so many: 2 for 0.47 in two, −1 for 1230 in three."""
    size = abs(value)
    if not math.isfinite(size) or size < 1e-12:
        return LEAST
    return figures - 1 - math.floor(math.log10(size) + 1e-12)


def _within_bounds(decimals: int) -> int:
    return min(max(decimals, LEAST), MOST)
