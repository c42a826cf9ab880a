"""How many decimals to ask for: enough to see a quantity, but no more than people can work with by hand.

The default is three; it is more for small error signals, gradients and memories of an optimizer (enough for three
figures), and for updated parameters (enough to show two figures of the step).
"""

from __future__ import annotations

import math

from tutor.formulas.tree import Add, Name
from tutor.network.graph import Graph
from tutor.network.nodes import Kind, Node, Quantity

LEAST, MOST = 3, 8

_THREE_FIGURES = frozenset({Kind.DELTA, Kind.GRADIENT, Kind.MEMORY, Kind.BACK, Kind.SLOPE})


def default_decimals(graph: Graph, quantity: Quantity | str) -> int:
    """Return the decimals asked for if the lesson does not say; for a grid, the most that any of its cells needs."""
    if isinstance(quantity, str):
        quantity = graph.quantity(quantity)
    return max(node_decimals(graph, cell) for cell in quantity.cells)


def node_decimals(graph: Graph, name: str) -> int:
    """Return the default decimals for one number."""
    node, value = graph.nodes[name], graph.values[name]
    old = old_value(graph, node)
    if old is not None:
        return _within_bounds(last_figure(value - graph.values[old], 2))
    if node.kind in _THREE_FIGURES or (node.kind is Kind.FACTOR and name.startswith("dE/d")):
        return _within_bounds(last_figure(value, 3))
    if node.kind in (Kind.STEP, Kind.CELL, Kind.PART):
        return _within_bounds(last_figure(value, 2))
    return LEAST


def old_value(graph: Graph, node: Node) -> str | None:
    """Return the name of an updated parameter's old value, or None if the node is not an update.

    A worksheet's ``w_new`` is an update if ``w`` is a term of its formula.
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
    """Return how many decimals show ``figures`` significant figures of a value."""
    return max(0, last_figure(value, figures))


def last_figure(value: float, figures: int) -> int:
    """Return the decimal place of the last of ``figures`` figures: 2 for 0.47 with two, −1 for 1230 with three."""
    size = abs(value)
    if not math.isfinite(size) or size < 1e-12:
        return LEAST
    return figures - 1 - math.floor(math.log10(size) + 1e-12)


def _within_bounds(decimals: int) -> int:
    return min(max(decimals, LEAST), MOST)
