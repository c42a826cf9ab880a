"""Compute how far rounding by hand can move a quantity.

Every step that is written down may be off by half a unit. These errors are carried through the graph to first order,
which is as far as even unlucky roundings go. Where a kink lies within reach, interval arithmetic is used instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.marking.graph_program import Compiled, GraphProgram, Partials
from tutor.marking.intervals import Interval, interval
from tutor.marking.rounding import is_on_grid, unit, written_decimals

#: A factor for what first order leaves out, and a share of a unit for what typing adds. Both were found by adversarial
#: rounding of about ten thousand quantities.
MARGIN, FLOOR = 1.05, 0.025
#: A kink farther away than this many units is never within reach of rounding.
_FAR = 40


@dataclass
class Precision:
    """How many decimals each node has on the way to an answer with ``decimals`` decimals.

    ``written`` gives the decimals that bounds assume. ``kept`` gives those that replays keep: for a node whose size
    matters (a divisor, say), those that the lesson asks for there; for others, no more than the answer's. ``asked``
    gives those that the lesson asks for at each node, even if they are more than the answer's.

    The dictionaries are by slot and filled in as nodes are needed. ``epsilon`` is half a unit of the written decimals,
    or 0 if writing the node down rounds nothing. ``by_products`` has a node's sum with each product rounded,
    ``by_roots`` by slot and decimals its formula with the roots of given numbers rounded.
    """

    decimals: int
    written: Callable[[int], int]
    kept: Callable[[int], int]
    asked: Callable[[int], int]
    epsilon: dict[int, float] = field(default_factory=dict)
    grids: dict[int, int | None] = field(default_factory=dict)
    exact: dict[int, bool] = field(default_factory=dict)
    bounds: dict[int, tuple[float, float]] = field(default_factory=dict)
    kinky: dict[int, bool] = field(default_factory=dict)
    by_products: dict[int, Compiled | None] = field(default_factory=dict)
    by_roots: dict[tuple[int, int], Compiled | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Basis:
    """The point at which a bound is computed: the values, the slopes there, and how far off each typed slot may be."""

    precision: Precision
    epsilon: Mapping[int, float]
    values: list[float]
    order: Sequence[int]
    partials: Callable[[int], Partials]
    typed: Mapping[int, float]


class Bounds:
    """Computes rounding bounds for a graph's nodes, at the true values and at a learner's own."""

    def __init__(self, program: GraphProgram) -> None:
        self._program = program
        self._given_decimals: dict[int, int] = {}

    # -- the rounding error of each node ----------------------------------------------------------------------------

    def prepare(self, precision: Precision, order: Sequence[int], values: list[float]) -> None:
        """Fill in the precision for the nodes of ``order``."""
        for slot in order:
            if slot not in precision.epsilon:
                self._prepare(precision, slot, values)

    def _prepare(self, precision: Precision, slot: int, values: list[float]) -> None:
        decimals = precision.written(slot)
        program = self._program
        exact = all(program.is_given[p] or precision.exact.get(p, False) for p in program.parents(slot))
        exact = (exact and is_on_grid(values[slot], decimals)) or self._is_robust_zero(precision, slot, values)
        grid = self._grid_of(precision, slot)
        rounds = not exact and (grid is None or grid > decimals)
        precision.exact[slot] = exact
        precision.epsilon[slot] = 0.5 * unit(decimals) if rounds else 0.0
        precision.grids[slot] = written_decimals(round(values[slot], decimals)) if exact else decimals

    def _is_robust_zero(self, precision: Precision, slot: int, values: list[float]) -> bool:
        """Return whether a node is 0 however its parents are rounded: multiplied by an input or a slope of 0."""
        if values[slot] != 0:
            return False
        return all(not slope or precision.exact.get(p, False) for p, slope in self._program.true_partials(slot))

    def _grid_of(self, precision: Precision, slot: int) -> int | None:
        """Return how many decimals a node's value has when its parents are rounded numbers, or None if that varies."""
        terms = self._program.grid_terms(slot)
        if terms is None:
            return None
        most = 0
        for decimals, factors in terms:
            for factor in factors:
                decimals += self._decimals_of(precision, factor)
            most = max(most, decimals)
        return most

    def _decimals_of(self, precision: Precision, slot: int) -> int:
        grid = precision.grids.get(slot)
        if grid is not None:
            return grid
        found = self._given_decimals.get(slot)
        if found is None:
            found = self._given_decimals[slot] = written_decimals(self._program.values[slot])
        return found

    # -- bounds at the true values ----------------------------------------------------------------------------------

    def true(self, precision: Precision, slot: int) -> tuple[float, float]:
        """Return (centre, bound) at the true values; the centre is the value or, at a kink, the interval's middle."""
        found = precision.bounds.get(slot)
        if found is None:
            program = self._program
            values, order = program.values, program.ancestors(slot)
            self.prepare(precision, order, values)
            basis = Basis(precision, precision.epsilon, values, order, program.true_partials, {})
            found = self._bound(basis, slot)
            precision.bounds[slot] = found
        return found

    def from_learners(
        self, precision: Precision, slot: int, values: list[float], order: Sequence[int], typed: Mapping[int, float]
    ) -> tuple[float, float]:
        """Return (centre, bound) at a learner's ``values``; ``typed`` says how far off each typed slot may be."""
        program = self._program
        self.prepare(precision, order, program.values)
        # a number that is exact at the true values may need rounding at the learner's own
        rounds = {
            each: 0.5 * unit(precision.written(each))
            for each in order
            if precision.exact[each] and each not in typed and not is_on_grid(values[each], precision.written(each))
        }
        epsilon = {**precision.epsilon, **rounds} if rounds else precision.epsilon
        return self._bound(
            Basis(precision, epsilon, values, order, lambda each: program.partials(each, values), typed), slot
        )

    def _bound(self, basis: Basis, slot: int) -> tuple[float, float]:
        floor = FLOOR * unit(basis.precision.decimals)
        if self._has_kink(basis):
            low, high = self._interval(basis, slot)
            if math.isfinite(low) and math.isfinite(high):
                return (low + high) / 2, (high - low) / 2 + floor
        total = self.swept(basis, slot, basis.order)
        if total == 0 or not math.isfinite(total):
            return basis.values[slot], 0.0
        return basis.values[slot], MARGIN * total + floor

    def swept(self, basis: Basis, slot: int, order: Sequence[int]) -> float:
        """Return Σ |∂slot/∂i|·ε_i over the nodes before ``slot``, in one backward sweep that stops at typed nodes."""
        weights = {slot: 1.0}
        is_given, typed, epsilon, partials = self._program.is_given, basis.typed, basis.epsilon, basis.partials
        total = 0.0
        for each in reversed(order):
            weight = weights.get(each)
            if not weight:
                continue
            if each != slot:
                if each in typed:
                    total += abs(weight) * typed[each]
                    continue
                total += abs(weight) * epsilon[each]
            for parent, slope in partials(each):
                if slope and not is_given[parent]:
                    weights[parent] = weights.get(parent, 0.0) + weight * slope
        return total

    # -- kinks ------------------------------------------------------------------------------------------------------

    def _has_kink(self, basis: Basis) -> bool:
        known = basis.precision.kinky
        for slot in basis.order:
            arguments = self._program.kinks(slot)
            if not arguments or slot in basis.typed:
                continue
            found = known.get(slot) if not basis.typed else None
            if found is None:
                found = any(self._reaches(basis, slot, argument) for argument in arguments)
                if not basis.typed:
                    known[slot] = found
            if found:
                return True
        return False

    def _reaches(self, basis: Basis, slot: int, argument: Compiled) -> bool:
        """Return whether rounding can move a kink's argument across 0, by the sum of its parents' bounds."""
        distance = abs(self._program.value_of(argument, basis.values))
        if not distance <= _FAR * unit(basis.precision.written(slot)):
            return False
        margin = 0.0
        for parent in self._program.parents(slot):
            if self._program.is_given[parent]:
                continue
            if parent in basis.typed:
                margin += basis.typed[parent]
            else:
                total = self.swept(basis, parent, self._program.ancestors(parent))
                margin += MARGIN * total + basis.epsilon[parent]
        return distance <= margin and margin > 0

    def _interval(self, basis: Basis, slot: int) -> Interval:
        values, typed, places = basis.values, basis.typed, self._program.slots
        known: dict[int, Interval] = {}

        def of(name: str) -> Interval:
            place = places[name]
            return known.get(place) or (values[place], values[place])

        for each in basis.order:
            if each in typed:
                known[each] = (values[each] - typed[each], values[each] + typed[each])
                continue
            formula = self._program.nodes[each].formula
            assert formula is not None
            low, high = interval(formula, of)
            widened = 0.0 if each == slot else basis.epsilon[each]
            known[each] = (low - widened, high + widened)
        return known.get(slot, (values[slot], values[slot]))
