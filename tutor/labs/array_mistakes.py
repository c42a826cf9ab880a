"""Explain wrong arrays: compute on the graph what values each typical mistake would give to a quantity.

A mistake affects all cells of a layer, or of all layers, as one wrong line of a program would, and everything computed
from them. A wrong array that merely equals some other array is not reported: the equality explains nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.formulas.tree import Tree
from tutor.mistakes import MISTAKES, MistakenFormula, Place, Surroundings, TypicalMistake, place_of
from tutor.network import Graph, Quantity

Values = dict[str, float]
_Change = Callable[[str, Values], float | None]


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
    steps = _Steps(graph)
    lines_of = _lines(graph)
    for mistake in _mistakes_nearest_first(graph, quantity):
        assert mistake.in_program is not None
        along_with = MISTAKES.get(mistake.in_program.along_with) if mistake.in_program.along_with else None
        for how, made in steps.forms(mistake).items():
            lines = sorted({lines_of[each.at] for each in made if each.at in lines_of})
            for line in (*lines, "") if len(lines) > 1 else ("",):
                where = _Where(lines_of, line)
                for together in (True, False) if along_with is not None else (False,):
                    also = steps.made(along_with) if together and along_with is not None else ()
                    values = worked_out(graph, _change(graph, made, also, where))
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
    """Return all values by node; nan where a formula has none, as the logarithm of a negative number. ``change`` may
    replace a node's value (None: leave it); ``given`` replaces given numbers."""
    names, own = list(graph.nodes), given or {}
    line = [own.get(name, node.value if node.value is not None else 0.0) for name, node in graph.nodes.items()]
    values = {name: line[slot] for slot, name in enumerate(names) if graph.nodes[name].formula is None}
    for slot, formula in graph.program:
        name = names[slot]
        found = change(name, values)
        if found is None:
            try:
                found = formula(line)
            except (FormulaError, ArithmeticError, ValueError):
                found = math.nan
        line[slot] = values[name] = found
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


class _Steps:
    """The steps of a graph, each with its place, and the mistakes that can be made at them."""

    def __init__(self, graph: Graph) -> None:
        self._around = Surroundings(graph)
        self._places = [(node, place_of(node)) for node in graph.nodes.values() if node.formula is not None]

    def made(self, mistake: TypicalMistake) -> list[MistakenFormula]:
        """Return every formula that results from a mistake, in the order of the graph."""
        places = _places(mistake)
        return [
            each
            for node, place in self._places
            if place in places
            for each in mistake.made_at(self._around, node, place)
        ]

    def forms(self, mistake: TypicalMistake) -> dict[str, list[MistakenFormula]]:
        """Return the same by the form of the mistake."""
        found: dict[str, list[MistakenFormula]] = {}
        for each in self.made(mistake):
            found.setdefault(each.how, []).append(each)
        return found


def _change(graph: Graph, made: Iterable[MistakenFormula], also: Iterable[MistakenFormula], where: _Where) -> _Change:
    """Return a function that applies the mistakes ``made`` at the nodes in ``where``, and those that accompany them
    (``also``) in its layer."""
    trees: dict[str, Tree] = {}
    for each in made:
        if where.has(each.at):
            trees.setdefault(each.at, each.tree)
    for each in also:
        if where.has_layer(each.at):
            trees.setdefault(each.at, each.tree)

    def change(node: str, values: Values) -> float | None:
        if node not in trees:
            return None
        try:
            # a new weight that is taken too early has its value in the graph
            return evaluate(trees[node], {**graph.values, **values})
        except FormulaError:
            return None

    return change
