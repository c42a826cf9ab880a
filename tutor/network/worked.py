"""Make a worked solution: the lines that lead to a quantity, each a node with its formula and its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.formulas import latex, text
from tutor.formulas.numbers import format_number
from tutor.formulas.tree import Tree, names
from tutor.network.graph import Graph
from tutor.network.nodes import HIDDEN_KINDS, Kind

_FEWEST = 3
_MOST = 6
_DECIMALS = 6
#: A line is cut in two if its formula and its numbers together have more characters than this.
_WIDEST = 66


@dataclass(frozen=True, slots=True)
class WorkedLine:
    """One line of a worked solution: the node, its formula over the lines before, and its value."""

    name: str
    formula: Tree
    value: float


def worked_nodes(graph: Graph, name: str) -> tuple[str, ...]:
    """Return the nodes of a worked solution for a node, in order, the node itself last.

    They are the nodes in its taught formula and, until there are three lines, the nodes in the formulas of these; at
    most six.
    """
    chosen = {name}
    layer = [name]
    while layer and len(chosen) < _FEWEST:
        layer = [parent for child in layer for parent in _before(graph, child) if parent not in chosen]
        for each in reversed(layer):
            if len(chosen) < _MOST:
                chosen.add(each)
    return tuple(each for each in graph.nodes if each in chosen)


def worked_lines(graph: Graph, name: str, values: Mapping[str, float] | None = None) -> tuple[WorkedLine, ...]:
    """Return the worked solution with the true values, or with ``values`` (a mistake carried through, for example)."""
    source = graph.values if values is None else values
    return tuple(WorkedLine(each, graph.definition(each), source[each]) for each in worked_nodes(graph, name))


def line_latex(graph: Graph, line: WorkedLine, values: Mapping[str, float]) -> tuple[str, ...]:
    """Return a line as LaTeX: symbol and formula, numbers, result. A long line is cut into two formulas."""
    notation = graph.notation
    formula = latex(line.formula, notation)
    numbers = latex(line.formula, notation, lambda name: short(values[name]) if name in values else None)
    result = short(line.value).replace("−", "-")
    left = f"{notation.latex(line.name)} = {formula}"
    right = f" = {result}" if numbers in (formula, result) else f" = {numbers} = {result}"
    width = len(notation.text(line.name)) + len(text(line.formula, notation)) + len(line_text(graph, line, values))
    return (left, right.strip()) if width > _WIDEST else (left + right,)


def line_text(graph: Graph, line: WorkedLine, values: Mapping[str, float]) -> str:
    """Return a line as plain text: symbol, numbers and result."""
    numbers = text(line.formula, graph.notation, lambda name: short(values[name]) if name in values else None)
    return f"{graph.notation.text(line.name)} = {numbers} = {short(line.value)}"


def short(value: float) -> str:
    """Return a number as a worked solution writes it, with at most six decimals."""
    return format_number(round(value, _DECIMALS) + 0.0)


def _before(graph: Graph, name: str) -> list[str]:
    """Return the quantities in a node's taught formula that are computed and can be asked for."""
    found: list[str] = []
    for parent in names(graph.definition(name)):
        node = graph.nodes[parent]
        if node.kind is not Kind.GIVEN and node.formula is not None and node.kind not in HIDDEN_KINDS:
            found.append(parent)
    return found
