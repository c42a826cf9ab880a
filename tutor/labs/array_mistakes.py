"""What wrong arrays come from: the quantity as each typical mistake would give it, worked out on the graph.

A mistake is made everywhere it can be made (all slopes left out, all biases left out) and carried on through what
follows, because that is what one wrong line of a program does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.mistakes import MISTAKES, Place, Surroundings, TypicalMistake, place_of
from tutor.network import Graph, Kind, Node, Quantity

Values = dict[str, float]
_Change = Callable[[Node, Values], float | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wrong array (``cells`` row by row, in ``shape``) and what it comes from, as the end of "…, which is what …"."""

    says: str
    shape: tuple[int, ...]
    cells: tuple[float, ...]


def candidates(graph: Graph, quantity: Quantity) -> Iterator[Candidate]:
    """What ``quantity`` would be after each mistake, the likelier first; those that change nothing are left out."""
    true = tuple(graph.values[cell] for cell in quantity.cells)
    around = Surroundings(graph)
    for mistake in _nearest_first(graph, quantity):
        for how in _forms(around, mistake):
            for together in (True, False) if mistake.in_program and mistake.in_program.along_with else (False,):
                values = worked_out(graph, _change(around, mistake, how, together))
                cells = tuple(values[cell] for cell in quantity.cells)
                if cells != true and mistake.in_program is not None:
                    yield Candidate(mistake.in_program.sentence(how), quantity.shape, cells)
    if len(quantity.shape) == 2 and quantity.shape[0] == quantity.shape[1]:
        rows, columns = quantity.shape
        turned = tuple(true[row * columns + column] for column in range(columns) for row in range(rows))
        if turned != true:
            yield Candidate("is its transpose, rows and columns exchanged", quantity.shape, turned)
    yield from _others(graph, quantity, true)


def _others(graph: Graph, quantity: Quantity, true: Sequence[float]) -> Iterator[Candidate]:
    """Another quantity in this one's place."""
    size = len(quantity.cells)
    named = [*graph.arrays.values(), *(graph.as_quantity(name) for name in graph.nodes if size == 1)]
    for other in named:
        if len(other.cells) != size or other.kind in (Kind.STEP, Kind.BACK) or set(other.cells) == set(quantity.cells):
            continue
        cells = tuple(graph.values[cell] for cell in other.cells)
        if any(cells) and cells != tuple(true):
            yield Candidate(f"has the values of {graph.notation.text(other.name)}", other.shape, cells)


def worked_out(graph: Graph, change: _Change, *, given: Mapping[str, float] | None = None) -> Values:
    """All values, with ``change`` deciding some nodes' (None: as it should be); ``given`` replaces what is given."""
    names, own = list(graph.nodes), given or {}
    line = [own.get(name, node.value if node.value is not None else 0.0) for name, node in graph.nodes.items()]
    values = {name: line[slot] for slot, name in enumerate(names) if graph.nodes[name].formula is None}
    for slot, formula in graph.program:
        name = names[slot]
        changed = change(graph.nodes[name], values)
        line[slot] = values[name] = changed if changed is not None else formula(line)
    return values


# -- from the registry ----------------------------------------------------------------------------------------------


def _nearest_first(graph: Graph, quantity: Quantity) -> list[TypicalMistake]:
    """The mistakes that labs look for: those of the quantity's own step first, then those further up."""
    own = place_of(graph.nodes[quantity.cells[0]])
    steps = {own, Place.STEP} if own is Place.UPDATE else {own, Place.SUM_BACK} if own is Place.HIDDEN_DELTA else {own}
    looked_for = [mistake for mistake in MISTAKES if mistake.in_program is not None]
    return sorted(looked_for, key=lambda mistake: steps.isdisjoint(_places(mistake)))


def _places(mistake: TypicalMistake) -> Collection[Place]:
    """The steps at which a program makes a mistake."""
    assert mistake.in_program is not None
    return mistake.in_program.places or mistake.formulas


def _forms(around: Surroundings, mistake: TypicalMistake) -> list[str]:
    """The forms that a mistake has in this graph."""
    places = _places(mistake)
    found = [
        each.how
        for node in around.nodes.values()
        if node.formula is not None and place_of(node) in places
        for each in mistake.made_at(around, node, place_of(node))
    ]
    return list(dict.fromkeys(found))


def _change(around: Surroundings, mistake: TypicalMistake, how: str, together: bool) -> _Change:
    """What a mistake makes of each node; ``together`` with the one that comes along with it in such a program."""
    along = MISTAKES.get(mistake.in_program.along_with) if together and mistake.in_program is not None else None
    places = _places(mistake)

    def change(node: Node, values: Values) -> float | None:
        place = place_of(node)
        known = {**around.graph.values, **values}  # a new weight is not worked out yet where an earlier step takes it
        for made in (mistake, along):
            if made is not None and place in (places if made is mistake else _places(made)):
                for each in made.made_at(around, node, place):
                    if made is along or each.how == how:
                        try:
                            return evaluate(each.tree, known)
                        except FormulaError:
                            return None
        return None

    return change
