"""Work out the whole graph as people do by hand: every step rounded, with spare decimals, cut off, or to some figures.

An answer that a replay gives to its last digit is right, however wide or narrow the bound is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutor.formulas import compile_tree, evaluate, map_tree, names, walk
from tutor.formulas.tree import Call, Num, Tree
from tutor.marking.bounds import Precision
from tutor.marking.graph_program import Compiled, GraphProgram
from tutor.marking.rounding import ROUNDED, cut, figures_shown, is_cut, rounded, to_figures, unit


@dataclass(frozen=True, slots=True)
class RoundingHabit:
    """A way of keeping intermediate results: with ``extra`` decimals, ``least`` at least, or to ``figures`` figures.

    ``sub_steps``: parts of a step are rounded too, roots of given numbers among them. ``cuts``: digits are cut off, not
    rounded. ``products``: every product of a sum is rounded before it is added. ``as_asked``: each quantity has the
    decimals that it is asked for itself, even if they are more than the answer's.
    """

    name: str
    extra: int = 0
    sub_steps: bool = False
    cuts: bool = False
    figures: int = 0
    products: bool = False
    as_asked: bool = False
    least: int = 0


#: All rounding habits, the likeliest first.
ROUNDING_HABITS = (
    RoundingHabit("rounded"),
    RoundingHabit("rounded with one decimal more", extra=1),
    RoundingHabit("rounded, parts too", sub_steps=True),
    RoundingHabit("rounded with two decimals more", extra=2),
    RoundingHabit("rounded with one decimal more, parts too", extra=1, sub_steps=True),
    RoundingHabit("cut", cuts=True),
    RoundingHabit("cut with one decimal more", extra=1, cuts=True),
    RoundingHabit("three figures", figures=3),
    RoundingHabit("four figures", figures=4),
    RoundingHabit("rounded as each is asked for", as_asked=True),
    RoundingHabit("rounded as each is asked for, with one decimal more", extra=1, as_asked=True),
    RoundingHabit("rounded as each is asked for, to four decimals at least", as_asked=True, least=4),
    RoundingHabit("rounded, products too", products=True),
    RoundingHabit("rounded, parts and products too", sub_steps=True, products=True),
)

#: Habits that keep too few decimals: an answer that one of them gives is nearly right.
FEWER_DECIMALS = (
    RoundingHabit("rounded to one decimal fewer", extra=-1),
    RoundingHabit("cut to one decimal fewer", extra=-1, cuts=True),
)

#: Functions whose values people write down rounded before they go on.
_ROOTS = frozenset({"sqrt", "exp", "ln", "log10"})

Values = list[float]


class Replays:
    """Computes the replays of one graph, by precision, as far as they are needed, and caches them."""

    def __init__(self, program: GraphProgram) -> None:
        self._program = program
        self._kept: dict[Hashable, list[tuple[Values, set[int]]]] = {}

    def runs(self, key: Hashable, precision: Precision, order: Sequence[int]) -> list[Values]:
        """Return the values by slot for each of ``ROUNDING_HABITS``, with the nodes in ``order`` computed; ``key``
        names the precision."""
        kept = self._kept.get(key)
        if kept is None:
            start = self._program.values
            kept = self._kept[key] = [(list(start), set()) for _ in ROUNDING_HABITS]
        missing = [slot for slot in order if slot not in kept[0][1]]
        if missing:
            for habit, (values, done) in zip(ROUNDING_HABITS, kept, strict=True):
                self._program.run(
                    values, missing, (), self._keeper(habit, precision), self._formulas(habit, precision, missing)
                )
                done.update(missing)
        return [values for values, _ in kept]

    def from_learners(
        self,
        precision: Precision,
        order: Sequence[int],
        base: list[float],
        typed: Mapping[int, float] | Iterable[int],
        habits: Sequence[RoundingHabit] = ROUNDING_HABITS,
    ) -> list[Values]:
        """Return the same from a learner's own values: those in ``typed`` stay as they are in ``base``."""
        fixed = set(typed)
        found = []
        for habit in habits:
            values = list(base)
            self._program.run(
                values, order, fixed, self._keeper(habit, precision), self._formulas(habit, precision, order)
            )
            found.append(values)
        return found

    def raw(self, habit: RoundingHabit, precision: Precision, slot: int, values: Values) -> float:
        """Return a node's value, computed from kept ones, before it is rounded itself."""
        formula = self._formula(habit, precision, slot)
        assert formula is not None
        return self._program.value_of(formula, values)

    def _formulas(
        self, habit: RoundingHabit, precision: Precision, order: Sequence[int]
    ) -> list[Compiled | None] | None:
        if not habit.products and not habit.sub_steps:
            return None
        formulas = list(self._program.formulas)
        for slot in order:
            formulas[slot] = self._formula(habit, precision, slot)
        return formulas

    def _formula(self, habit: RoundingHabit, precision: Precision, slot: int) -> Compiled | None:
        changed = self._by_products(precision, slot) if habit.products else None
        if changed is None and habit.sub_steps:
            changed = self._by_roots(precision, slot, precision.kept(slot) + habit.extra)
        return changed or self._program.formulas[slot]

    def _by_roots(self, precision: Precision, slot: int, places: int) -> Compiled | None:
        """Return a node's formula with the roots, powers of e and logarithms of given numbers rounded, such as 1.414
        for √2; None if it has none."""
        key = slot, places
        if key not in precision.by_roots:
            tree, program = self._program.nodes[slot].formula, self._program
            given = {name: program.values[at] for name, at in program.slots.items() if program.is_given[at]}

            def change(part: Tree) -> Tree | None:
                is_known = (
                    isinstance(part, Call) and part.function in _ROOTS and all(name in given for name in names(part))
                )
                return Num(rounded(evaluate(part, given), places)) if is_known else None

            changed = map_tree(tree, change) if tree is not None and _has_root(tree) else tree
            precision.by_roots[key] = compile_tree(changed, program.slots) if changed not in (None, tree) else None
        return precision.by_roots[key]

    def _by_products(self, precision: Precision, slot: int) -> Compiled | None:
        """Return a node's sum with each of its products rounded, or None if it has no products."""
        if slot not in precision.by_products:
            terms, places = self._program.products(slot), precision.kept(slot)
            precision.by_products[slot] = (lambda v: sum(rounded(term(v), places) for term in terms)) if terms else None
        return precision.by_products[slot]

    def _keeper(self, habit: RoundingHabit, precision: Precision) -> Callable[[int, float], float]:
        """Return how this habit rounds a node's value; rounding a new parameter to figures would hide its step."""
        is_sub_step, is_update = self._program.is_sub_step, self._program.is_update
        kept = precision.asked if habit.as_asked else precision.kept

        def keep(slot: int, value: float) -> float:
            if is_sub_step[slot] and not habit.sub_steps:
                return value
            if value - value != 0:  # nan or infinite
                return value
            if habit.figures and not is_update[slot]:
                return to_figures(value, habit.figures)
            return (cut if habit.cuts else rounded)(value, max(habit.least, kept(slot) + habit.extra))

        return keep


def _has_root(tree: Tree) -> bool:
    return any(isinstance(part, Call) and part.function in _ROOTS for part in walk(tree))


def explains(habit: RoundingHabit, typed: float, raw: float, decimals: int) -> bool:
    """Return whether this habit writes ``raw``, computed from kept values, as ``typed``, to the last digit."""
    if raw != raw or (habit.figures and figures_shown(raw, decimals) > habit.figures):
        return False
    if habit.cuts:
        return is_cut(typed, raw, 0.0, decimals)
    return abs(typed - raw) <= ROUNDED * unit(decimals) * (1 + 1e-9)
