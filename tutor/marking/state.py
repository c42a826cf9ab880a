"""Keep what marking works out once for a graph: precisions, bounds, replays, compiled mistakes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tutor.formulas import compile_tree, names
from tutor.marking.bounds import Bounds, Precision
from tutor.marking.graph_program import Compiled, GraphProgram
from tutor.marking.replays import Replays
from tutor.marking.rounding import figures_shown
from tutor.mistakes import MistakenFormula, Surroundings, mistakes_at
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network, Node, Worksheet
from tutor.network.decimals import figures_to_decimals, node_decimals, old_value

PrecisionKey = tuple[int, int, int, tuple[int, ...]]
"""An answer's decimals; the most decimals of any step before it; how many decimals steps have beyond their defaults;
the steps before it that the lesson asks for with more decimals."""

#: Nobody types a step of the backward pass when one of the forward pass is asked for.
_FORWARD = frozenset({Kind.PRE_ACTIVATION, Kind.EXP, Kind.EXP_SUM, Kind.ACTIVATION, Kind.OUTPUT})
_BACKWARD = frozenset({Kind.FACTOR, Kind.DELTA, Kind.GRADIENT, Kind.MEMORY, Kind.UPDATED})

#: The most sets of a learner's answers that are kept with what follows from them.
_MOST_SOLVED = 500

#: So many nodes' typical mistakes are worked out whatever the time; more, as in a grid of 20 rows and columns, while
#: there is time.
MANY_NODES = 60


@dataclass(frozen=True, slots=True)
class TypicalMistakes:
    """A node's typical mistakes, compiled; every node that must be computed before they can be tried; and how many
    forms each mistake has at this node, by the mistake's id."""

    formulas: tuple[tuple[MistakenFormula, Compiled], ...]
    order: tuple[int, ...]
    forms: Counter[str]


class MarkingState:
    """The shared state of marking one graph; ``asked`` are the decimals that the lesson asks for, by node, and
    ``shown`` returns the names of the numbers that it shows."""

    def __init__(
        self, graph: Graph, asked: int | Mapping[str, int] | None, shown: Callable[[], Iterable[str]] = tuple
    ) -> None:
        self.graph = graph
        self._shown = shown
        self.program = GraphProgram.of(graph)
        self.bounds = Bounds(self.program)
        self.replays = Replays(self.program)
        self.around = Surroundings(graph)
        self._asked = asked
        self._defaults: dict[int, int] = {}
        self._precisions: dict[PrecisionKey, Precision] = {}
        self._coarse: dict[tuple[str, PrecisionKey], Precision] = {}
        self._typical: dict[int, TypicalMistakes] = graph.shared.setdefault("typical", {})
        self._olds: dict[int, int | None] = graph.shared.setdefault("olds", {})
        self._beside: dict[int, tuple[int, ...]] = graph.shared.setdefault("beside", {})
        self._tried: dict[int, list[tuple[MistakenFormula, float]]] = {}
        self._at_true: dict[int, dict[int, float]] = {}
        self._solved: dict[tuple[tuple[int, float], ...], list[float]] = {}

    @cached_property
    def shown(self) -> frozenset[int]:
        """The slots of the numbers that the lesson shows before it asks what depends on them."""
        return frozenset(self.program.slots[name] for name in self._shown())

    @property
    def values(self) -> list[float]:
        """The true values, by slot."""
        return self.program.values

    def solved(self, given: Mapping[int, float]) -> list[float]:
        """Return all values by slot, with the numbers in ``given`` put in, as a new list that the caller may change."""
        key = tuple(sorted(given.items()))
        found = self._solved.get(key)
        if found is None:
            if len(self._solved) >= _MOST_SOLVED:
                self._solved.clear()
            solution = self.graph.solve({self.program.names[slot]: value for slot, value in key})
            found = self._solved[key] = list(solution.values())
        return list(found)

    # -- decimals ---------------------------------------------------------------------------------------------------

    def asked(self, slot: int) -> int | None:
        """Return the decimals that the lesson asks for at a node, or None."""
        if isinstance(self._asked, int):
            return self._asked
        return self._asked.get(self.program.names[slot]) if self._asked else None

    def default(self, slot: int) -> int:
        """Return the decimals of a node that the lesson does not ask for."""
        found = self._defaults.get(slot)
        if found is None:
            found = node_decimals(self.graph, self.program.names[slot])
            self._defaults[slot] = found
        return found

    def _sized(self, slot: int) -> int:
        """Return the decimals of a node whose size matters: its default if that shows two figures, else enough for
        three.

        So v is 0.00000000350, not 0.000.
        """
        default, value = self.default(slot), self.values[slot]
        return default if figures_shown(value, default) >= 2 else figures_to_decimals(value, 3)

    def key(self, slot: int, decimals: int) -> PrecisionKey:
        """Return the key of the precision for an answer to ``decimals``.

        If the answer has decimals beyond its default, the steps before it get as many more. They may have as many as
        the finest number that the lesson asks for among them.
        """
        asked = {each: found for each in self.program.ancestors(slot) if (found := self.asked(each)) is not None}
        most = max(asked.values(), default=decimals)
        finer = tuple(each for each, found in asked.items() if found > decimals and each != slot)
        return (decimals, max(decimals, most), max(0, decimals - self.default(slot)), finer)

    def precision(self, key: PrecisionKey) -> Precision:
        """Return how many decimals each node has on the way to such an answer."""
        found = self._precisions.get(key)
        if found is None:
            decimals, most, more, finer = key
            known: dict[int, int] = {}
            # nobody shortens what was asked for with more decimals than the answer, nor what leads to it
            least: dict[int, int] = {}
            for each in finer:
                for earlier in self.program.ancestors(each):
                    least[earlier] = max(least.get(earlier, decimals), self.asked(each) or 0)

            def written(slot: int) -> int:
                if slot not in known:
                    asked = self.asked(slot)
                    # what the lesson asks for is never capped
                    known[slot] = asked if asked is not None else min(most, self.default(slot) + more)
                    if asked is None and slot in self.program.needs_figures:
                        known[slot] = max(known[slot], self._sized(slot))
                return known[slot]

            def wanted(slot: int) -> int:
                asked = self.asked(slot)
                return asked if asked is not None else self.default(slot) + more

            def kept(slot: int) -> int:
                return (
                    wanted(slot)
                    if slot in self.program.needs_figures
                    else min(least.get(slot, decimals), written(slot))
                )

            found = self._precisions[key] = Precision(decimals, written, kept, wanted)
        return found

    def coarser(self, key: PrecisionKey) -> Precision:
        """Return the precision with one decimal fewer everywhere."""
        return self._like("coarser", key, lambda fine, slot: fine.written(slot) - 1)

    def at_defaults(self, key: PrecisionKey) -> Precision:
        """Return the precision with just the default decimals at the steps that the lesson does not ask for."""
        return self._like(
            "at defaults",
            key,
            lambda fine, slot: fine.written(slot) if self.asked(slot) is not None else self.default(slot),
        )

    def _like(self, name: str, key: PrecisionKey, written: Callable[[Precision, int], int]) -> Precision:
        found = self._coarse.get((name, key))
        if found is None:
            fine = self.precision(key)
            found = Precision(key[0], lambda slot: max(1, written(fine, slot)), fine.kept, fine.asked)
            self._coarse[name, key] = found
        return found

    # -- nodes ------------------------------------------------------------------------------------------------------

    def old(self, slot: int) -> int | None:
        """Return the slot of the value that a node had before an update, or None.

        For a new parameter it is the old one; for a number worked out from new parameters (``Z2@2``), the same number
        one training step earlier.
        """
        if slot not in self._olds:
            node = self.program.nodes[slot]
            name = old_value(self.graph, node) or _in_the_step_before(self.graph, node)
            self._olds[slot] = self.program.slots[name] if name is not None else None
        return self._olds[slot]

    def beside(self, slot: int) -> tuple[int, ...]:
        """Return the nodes that people may type in place of this one: others of the same unit, and the same quantity of
        other units in its layer."""
        found = self._beside.get(slot)
        if found is None:
            node, nodes = self.program.nodes[slot], self.program.nodes
            found = self._beside[slot] = tuple(
                other
                for other, each in enumerate(nodes)
                if other != slot
                and each.formula is not None
                and each.kind not in HIDDEN_KINDS
                and (each.layer, each.sample, each.step) == (node.layer, node.sample, node.step)
                and (each.kind is node.kind or (each.unit == node.unit and node.unit is not None))
                and not (node.kind in _FORWARD and each.kind in _BACKWARD)
            )
        return found

    @cached_property
    def arrays_with(self) -> Mapping[int, list[tuple[int, ...]]]:
        """The arrays that contain each node, as the slots of their cells; nodes that are in none have an empty list."""
        found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for array in self.graph.arrays.values():
            cells = tuple(self.program.slots[cell] for cell in array.cells)
            for cell in cells:
                found[cell].append(cells)
        return found

    def takes_long(self, slot: int) -> bool:
        """Return whether a node's typical mistakes are still to be worked out, after those of many other nodes."""
        return slot not in self._typical and len(self._typical) >= MANY_NODES

    def typical(self, slot: int) -> TypicalMistakes:
        """Return the typical mistakes of a node's step."""
        found = self._typical.get(slot)
        if found is None:
            slots = self.program.slots
            of_step = ((each, names(each.tree)) for each in mistakes_at(self.around, self.program.nodes[slot]))
            mistakes = [(mistaken, named) for mistaken, named in of_step if all(name in slots for name in named)]
            compiled = tuple((mistaken, compile_tree(mistaken.tree, slots)) for mistaken, _ in mistakes)
            forms = Counter(mistaken.id for mistaken, _ in mistakes)
            needed = {slots[name] for _, named in mistakes for name in named}
            found = self._typical[slot] = TypicalMistakes(compiled, self.program.reach({slot, *needed}), forms)
        return found

    def at_true(self, slot: int) -> Mapping[int, float]:
        """Return the numbers of a node's mistakes at the true values, by ``id()``, without those that are right."""
        found = self._at_true.get(slot)
        if found is None:
            right = self.values[slot]
            room = 1e-9 * max(abs(right), 1e-3)
            tried = self.tried(self.typical(slot), self.values)
            found = self._at_true[slot] = {id(each): value for each, value in tried if abs(value - right) > room}
        return found

    def tried(self, typical: TypicalMistakes, values: list[float]) -> list[tuple[MistakenFormula, float]]:
        """Return each mistake's number at ``values``; those at the true values are cached."""
        if values is not self.values:
            return self._try(typical, values)
        known = self._tried.get(id(typical))
        if known is None:
            known = self._tried[id(typical)] = self._try(typical, values)
        return known

    @staticmethod
    def _try(typical: TypicalMistakes, values: list[float]) -> list[tuple[MistakenFormula, float]]:
        found = []
        for mistaken, formula in typical.formulas:
            try:
                value = formula(values)
            except (ArithmeticError, ValueError):
                continue
            if math.isfinite(value):
                found.append((mistaken, value))
        return found


def _in_the_step_before(graph: Graph, node: Node) -> str | None:
    """Return the name of the same quantity one training step earlier, or None if that step has other data."""
    if node.step < 2 or node.formula is None:
        return None
    model = graph.model
    if isinstance(model, Network):
        same_data = model.rows(node.step) == model.rows(node.step - 1)
    else:
        same_data = isinstance(model, Worksheet) and not model.given_rounds
    stem = node.name.removesuffix(f"@{node.step}")
    name = stem if node.step == 2 else f"{stem}@{node.step - 1}"
    return name if same_data and name in graph.nodes else None
