"""Explain wrong arrays: compute on the graph what values each typical mistake would give to a quantity.

A mistake affects all cells of a layer, or of all layers, as one wrong line of a program would, and everything computed
from them. A wrong array that merely equals some other array is not reported: the equality explains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.mistakes import MISTAKES, Place, Surroundings, TypicalMistake, place_of
from tutor.network import Graph, Node, Quantity

Values = dict[str, float]
_Change = Callable[[Node, Values], float | None]


@dataclass(frozen=True, slots=True)
class MistakenArray:
    """A wrong array (``cells`` row by row, in ``shape``) and the mistake that gives it.

    ``says`` is a sentence about the mistake without its subject. ``mistake`` is the typical mistake's id, ``rank`` its
    place among the likely ones, and ``changes`` are the nodes whose value it changes.
    """

    says: str
    shape: tuple[int, ...]
    cells: tuple[float, ...]
    mistake: str = ""
    rank: int = 0
    changes: frozenset[str] = frozenset()


def mistaken_arrays(graph: Graph, quantity: Quantity) -> Iterator[MistakenArray]:
    """Yield what ``quantity`` would be after each mistake that changes it, likelier ones first.

    Each mistake is tried in the line of one layer, for every layer, and in the lines of all layers together.
    """
    true = tuple(graph.values[cell] for cell in quantity.cells)
    around = Surroundings(graph)
    lines_of = _lines(graph)
    for mistake in _mistakes_nearest_first(graph, quantity):
        assert mistake.in_program is not None
        for how, nodes in _forms(around, mistake).items():
            lines = sorted({lines_of[node] for node in nodes if node in lines_of})
            for line in (*lines, "") if len(lines) > 1 else ("",):
                where = _Where(lines_of, line)
                for together in (True, False) if mistake.in_program.along_with else (False,):
                    values = worked_out(graph, _change(around, mistake, how, together, where))
                    cells = tuple(values[cell] for cell in quantity.cells)
                    if cells != true:
                        says = _in_layer(mistake.in_program.sentence(how), line.rpartition(".")[0])
                        changes = frozenset(name for name, value in values.items() if value != graph.values[name])
                        yield MistakenArray(says, quantity.shape, cells, mistake.id, mistake.rank, changes)
    if len(quantity.shape) == 2 and quantity.shape[0] == quantity.shape[1]:
        rows, columns = quantity.shape
        turned = tuple(true[row * columns + column] for column in range(columns) for row in range(rows))
        if turned != true:
            yield MistakenArray("is its transpose: its rows and columns are swapped", quantity.shape, turned)


def _lines(graph: Graph) -> dict[str, str]:
    """Return for each node the array that one line of a program computes it in: ``hidden.Z``; for an update step, the
    updated array."""
    found = {cell: name for name, array in graph.arrays.items() if "." in name for cell in array.cells}
    steps = {
        node.role["step"]: found[name] for name, node in graph.nodes.items() if "step" in node.role and name in found
    }
    return {**steps, **found}


@dataclass(frozen=True, slots=True)
class _Where:
    """The line of a program at which a mistake is made (empty: every line)."""

    lines: Mapping[str, str]
    line: str

    def has(self, node: str) -> bool:
        """Return whether the line computes a node."""
        return not self.line or self.lines.get(node) == self.line

    def has_layer(self, node: str) -> bool:
        """Return whether the line belongs to the node's layer."""
        return not self.line or self.lines.get(node, "").rpartition(".")[0] == self.line.rpartition(".")[0]


def _in_layer(says: str, layer: str) -> str:
    """Add the layer in which the mistake was made to the sentence, before anything that follows a colon."""
    said, colon, more = says.partition(":")
    return f"{said} in the {layer} layer{colon}{more}" if layer else says


def worked_out(graph: Graph, change: _Change, *, given: Mapping[str, float] | None = None) -> Values:
    """Return all values by node. ``change`` may replace a node's value (None: leave it); ``given`` replaces given
    numbers."""
    names, own = list(graph.nodes), given or {}
    line = [own.get(name, node.value if node.value is not None else 0.0) for name, node in graph.nodes.items()]
    values = {name: line[slot] for slot, name in enumerate(names) if graph.nodes[name].formula is None}
    for slot, formula in graph.program:
        name = names[slot]
        changed = change(graph.nodes[name], values)
        line[slot] = values[name] = changed if changed is not None else formula(line)
    return values


# -- from the registry ----------------------------------------------------------------------------------------------


def _mistakes_nearest_first(graph: Graph, quantity: Quantity) -> list[TypicalMistake]:
    """Return the mistakes that labs look for: those of the quantity's own step first, then those further up."""
    own = place_of(graph.nodes[quantity.cells[0]])
    steps = {own, Place.STEP} if own is Place.UPDATE else {own, Place.SUM_BACK} if own is Place.HIDDEN_DELTA else {own}
    looked_for = [mistake for mistake in MISTAKES if mistake.in_program is not None]
    return sorted(looked_for, key=lambda mistake: steps.isdisjoint(_places(mistake)))


def _places(mistake: TypicalMistake) -> Collection[Place]:
    """Return the steps at which a program may make a mistake."""
    assert mistake.in_program is not None
    return mistake.in_program.places or mistake.formulas


def _forms(around: Surroundings, mistake: TypicalMistake) -> dict[str, list[str]]:
    """Return the forms that a mistake takes in this graph, each with the nodes at which it can be made."""
    places = _places(mistake)
    found: dict[str, list[str]] = {}
    for node in around.nodes.values():
        if node.formula is not None and place_of(node) in places:
            for each in mistake.made_at(around, node, place_of(node)):
                found.setdefault(each.how, []).append(node.name)
    return found


def _change(around: Surroundings, mistake: TypicalMistake, how: str, together: bool, where: _Where) -> _Change:
    """Return a function that applies a mistake at each node in ``where``, ``together`` with the mistake that
    accompanies it."""
    along = MISTAKES.get(mistake.in_program.along_with) if together and mistake.in_program is not None else None
    places = _places(mistake)

    def change(node: Node, values: Values) -> float | None:
        for made in (mistake, along):
            is_here = where.has(node.name) if made is mistake else where.has_layer(node.name)
            if made is None or not is_here:
                continue
            place = place_of(node)
            if place in (places if made is mistake else _places(made)):
                for each in made.made_at(around, node, place):
                    if made is along or each.how == how:
                        # a new weight that is taken too early has its value in the graph
                        known = {**around.graph.values, **values}
                        try:
                            return evaluate(each.tree, known)
                        except FormulaError:
                            return None
        return None

    return change
