"""Decide which numbers make a good exercise: they meet the conditions, leave no unit dead, and hide no mistake.

The mistakes here are wrong forms of each quantity's formula. They are part of this generator and must never change,
because the numbers of existing variants would change with them. New ones need a new generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tutor.errors import FormulaError
from tutor.formulas import compile_tree, substitute
from tutor.formulas.tree import ONE, Add, Call, Div, Mul, Name, Neg, Pow, Tree, names
from tutor.lessons.blocks import Model
from tutor.network import HIDDEN_KINDS, SUB_STEPS, Graph, Kind, Node

Compiled = Callable[[Sequence[float]], float]

_FIGURES = frozenset({Kind.DELTA, Kind.GRADIENT, Kind.MEMORY, Kind.UPDATED, Kind.CELL})
_MOST_MISTAKES = 400
_WITHOUT_VALUE = (FormulaError, ArithmeticError, ValueError)
"""What a formula raises that has no value."""


@dataclass(frozen=True, slots=True)
class _Mistake:
    slot: int
    base: int | None  # the old value's slot, if the step counts and not the new value
    figures: bool
    formula: Compiled


class Vetting:
    """Judges numbers for one model.

    It always checks all quantities of the first step, whatever the lesson asks for, so that a new question in a lesson
    does not change the numbers of existing variants.
    """

    def __init__(self, model: Model) -> None:
        self._graph: Graph = model.graph
        self._where = model.vary.where
        self._sums = _relu_sums(self._graph)
        self._units = {unit: [self._graph.slots[name] for name in sums] for unit, sums in self._sums.items()}
        self._condition = compile_tree(self._where, self._graph.slots) if self._where is not None else None
        self._start = [node.value if node.value is not None else 0.0 for node in self._graph.nodes.values()]
        own = [self._graph.values[name] for name in self._graph.nodes]
        # what a mask sets to −∞ with the author's own numbers too
        self._masked = frozenset(slot for slot, value in enumerate(own) if value == -math.inf)
        self._first = self._needed_first()
        self._dead = self._dead_units(own)
        self._mistakes = self._compile()

    def values(self, given: Mapping[int, float]) -> list[float] | None:
        """Return every node's value by slot, from the given ones, or None if the exercise is not possible with them.

        All values must be finite, ``where`` must hold, only the author's dead units may be dead, and no weighted sum
        of a ReLU may be 0.
        """
        values = list(self._start)
        for slot, value in given.items():
            values[slot] = value
        # most numbers fail at a weighted sum or at ``where``, so compute these first
        self._graph.run(values, only=self._first)
        if not self._is_possible(values):
            return None
        self._graph.run(values)
        is_finite = all(math.isfinite(value) or slot in self._masked for slot, value in enumerate(values))
        return values if is_finite else None

    def _needed_first(self) -> frozenset[int]:
        """Return the slots that the conditions use, and of everything that these depend on."""
        graph = self._graph
        sums = set(chain.from_iterable(self._sums.values()))
        about = sums.union(names(self._where) if self._where is not None else ())
        above = {above for name in about if name in graph.nodes for above in (name, *graph.ancestors(name))}
        return frozenset(graph.slots[name] for name in above)

    def _is_possible(self, values: Sequence[float]) -> bool:
        if any(not abs(values[slot]) >= 1e-9 for slots in self._units.values() for slot in slots):
            return False
        if not self._dead_units(values) <= self._dead:
            return False
        if self._condition is None:
            return True
        try:
            holds = self._condition(values)
        except _WITHOUT_VALUE:
            return False
        return math.isfinite(holds) and bool(holds)

    def _dead_units(self, values: Sequence[float]) -> frozenset[str]:
        """Return the ReLU units whose activation is 0 for every sample of the first step."""
        return frozenset(unit for unit, slots in self._units.items() if all(values[slot] <= 0 for slot in slots))

    def hidden_mistakes(self, values: Sequence[float], most: int) -> int:
        """Return how many mistakes give nearly the right value; stop counting at ``most`` + 1."""
        found = 0
        for mistake in self._mistakes:
            if self._is_hidden(mistake, values):
                found += 1
                if found > most:
                    break
        return found

    @staticmethod
    def _is_hidden(mistake: _Mistake, values: Sequence[float]) -> bool:
        right = values[mistake.slot]
        try:
            wrong = mistake.formula(values)
        except _WITHOUT_VALUE:
            return False
        if not math.isfinite(wrong) or not math.isfinite(right):
            return False
        size = abs(right - values[mistake.base]) if mistake.base is not None else abs(right)
        limit = 0.01 * size if mistake.figures else max(0.0015, 0.005 * size)
        return abs(wrong - right) <= limit

    def _compile(self) -> list[_Mistake]:
        graph = self._graph
        found: list[_Mistake] = []
        for name, node in graph.nodes.items():
            if not _is_worked_out(node):
                continue
            for tree in mistaken_forms(graph, node):
                if len(found) >= _MOST_MISTAKES:
                    return found
                base = graph.slots.get(node.role.get("old", "")) if node.kind is Kind.UPDATED else None
                compiled = compile_tree(tree, graph.slots)
                found.append(_Mistake(graph.slots[name], base, node.kind in _FIGURES, compiled))
        return found


def _is_worked_out(node: Node) -> bool:
    return node.step == 1 and node.formula is not None and node.kind not in HIDDEN_KINDS and node.kind not in SUB_STEPS


def _relu_sums(graph: Graph) -> dict[str, list[str]]:
    """Return the weighted sums of each ReLU unit in the first step, for all samples."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        if node.role.get("activation") == "relu" and node.step == 1:
            found.setdefault(str(node.unit), []).append(node.role["pre"])
    return found


# -- mistakes ----------------------------------------------------------------------------------------------------------


def mistaken_forms(graph: Graph, node: Node) -> Iterator[Tree]:
    """Yield formulas that are one mistake away from the node's own."""
    if node.formula is None:
        return
    definition = graph.definition(node.name)
    yield from _changed(definition)
    yield from _with_swaps(graph, node, definition)


def _changed(tree: Tree) -> Iterator[Tree]:
    """Yield the tree with a term, factor, function or power left out, or with a sign reversed."""
    match tree:
        case Add(terms):
            for place, term in enumerate(terms):
                rest = (*terms[:place], *terms[place + 1 :])
                yield rest[0] if len(rest) == 1 else Add(rest)
                reversed_ = term.of if isinstance(term, Neg) else Neg(term)
                yield Add((*terms[:place], reversed_, *terms[place + 1 :]))
                if not isinstance(term, Mul):
                    continue
                for without in _changed(term):
                    yield Add((*terms[:place], without, *terms[place + 1 :]))
        case Mul(factors):
            for place in range(len(factors)):
                rest = (*factors[:place], *factors[place + 1 :])
                yield rest[0] if len(rest) == 1 else Mul(rest)
        case Neg(of):
            yield of
            for inner in _changed(of):
                yield Neg(inner)
        case Div(numerator, denominator):
            yield numerator
            yield Div(denominator, numerator)
        case Pow(base, _):
            yield base
        case Call(function, (argument,)):
            yield argument
            yield Call(function, (Neg(argument),))
            if function in ("sigmoid", "tanh"):
                yield Call(f"{function}'", (argument,))
        case Name():
            yield Neg(tree)
            yield ONE


def _with_swaps(graph: Graph, node: Node, definition: Tree) -> Iterator[Tree]:
    """Yield the definition with a weighted sum in place of its activation, or with another input in a gradient."""
    for parent in names(definition):
        before = graph.nodes[parent].role.get("pre")
        if before is not None and graph.nodes[parent].kind in (Kind.ACTIVATION, Kind.OUTPUT):
            yield substitute(definition, {parent: Name(str(before))})
    entering = node.role.get("input")
    if node.kind is not Kind.GRADIENT or entering is None:
        return
    like = graph.nodes[entering]
    for name, other in graph.nodes.items():
        same = (other.kind, other.layer, other.sample, other.step) == (like.kind, like.layer, like.sample, like.step)
        if same and name != entering and _is_data(other) and _is_data(like):
            yield substitute(definition, {entering: Name(name)})


def _is_data(node: Node) -> bool:
    return node.kind is Kind.ACTIVATION or (node.kind is Kind.GIVEN and node.name.startswith("x"))
