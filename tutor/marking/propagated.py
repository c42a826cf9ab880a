"""Find a mistake at an earlier step that was not typed, by carrying it on to the answer; and pairs of mistakes.

All mistakes at all earlier steps are carried on together in NumPy arrays, one column for each mistake and three rows:
intermediate results unrounded, rounded, and rounded with one decimal more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.formulas import compile_arrays, names
from tutor.marking.judgement import MOST_NAMED, Found, Tier, best, without_doubtful_terms
from tutor.marking.replays import ROUNDING_HABITS
from tutor.marking.rounding import ROUNDED, figures_of, is_on_grid, unit
from tutor.marking.state import MarkingState, PrecisionKey
from tutor.mistakes import MistakenFormula

if TYPE_CHECKING:
    from tutor.marking.case import AnswerCase

_MOST_NODES, _MOST_ROWS = 400, 600
#: The most batches from the true values that are kept, a few hundred kilobytes each.
_MOST_KEPT = 64
#: For pairs: how many half units around the answer chance hits are counted, how many may be expected at the answer
#: itself, and how many figures the answer must have. A number that needs this many decimals fewer than asked for is
#: round, and round numbers lead to one another in many ways.
_AROUND, _CHANCE, _FIGURES, _ROUND = 40, 0.3, 3, 2


#: A mistake's numbers: from unrounded, rounded, and more finely rounded intermediate results.
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Batch:
    """Mistakes carried on through the graph.

    ``values`` has for each slot a number, or an array of shape (3, 1) or (3, number of mistakes).
    """

    mistakes: Sequence[tuple[int, MistakenFormula]]
    values: list[Any]


class EarlierMistakes:
    """Finds mistakes at earlier steps of one graph."""

    def __init__(self, state: MarkingState) -> None:
        self._state = state
        shared = state.graph.shared
        self._arrays: dict[int, Callable[[Sequence[Any]], Any]] = shared.setdefault("arrays", {})
        self._mistaken_arrays: dict[int, list[Callable[[Sequence[Any]], Any]]] = shared.setdefault(
            "arrays of mistakes", {}
        )
        self._kept: dict[tuple[int, PrecisionKey], Batch | None] = {}
        self._mistakes_kept: dict[tuple[int, PrecisionKey], list[tuple[MistakenFormula, Numbers]]] = {}

    def find(self, case: AnswerCase) -> tuple[Found, ...]:
        """Return the earlier mistakes that explain the answer, at most one more than may be named; if there are none,
        the one pair that does."""
        batch = self._batch(case)
        if batch is None:
            return ()
        hits = self._hits(case, batch)
        if not hits:
            return self._pair(case, batch)
        if case.says_little:
            # many different mistakes lead to 0 or 1, so equal numbers do not mean the same mistake
            return tuple({(each.mistaken.id, each.mistaken.at): each for each in hits}.values())[: MOST_NAMED + 1]
        return best(without_doubtful_terms(hits), most=MOST_NAMED + 1)

    # -- one mistake ---------------------------------------------------------------------------------------------------

    def _batch(self, case: AnswerCase) -> Batch | None:
        """Return the mistakes carried on; from the true values they are the same for every answer, and cached."""
        if case.following is not None:
            return self._carried(case)
        key = (case.slot, case.key)
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            batch = self._carried(case)
            if batch is not None:
                slots = self._state.program.slots
                formulas = self._state.typical(case.slot).formulas
                needed = {case.slot, *(slots[name] for mistaken, _ in formulas for name in names(mistaken.tree))}
                values = [value if slot in needed else math.nan for slot, value in enumerate(batch.values)]
                batch = Batch(batch.mistakes, values)
            self._kept[key] = batch
        return self._kept[key]

    def _carried(self, case: AnswerCase) -> Batch | None:
        bases = self._bases(case)
        mistakes, numbers = self._mistakes(case, bases)
        if not mistakes:
            return None
        import numpy as np

        typed = case.following.typed if case.following is not None else {}
        rows: dict[int, list[int]] = {}
        for row, (slot, _) in enumerate(mistakes):
            rows.setdefault(slot, []).append(row)
        x, kept_so_far = np.array(numbers).T, np.array(bases)
        values: list[Any] = list(bases[0])
        for slot in case.order[:-1]:
            values[slot] = kept_so_far[:, slot : slot + 1]
        touched: set[int] = set()
        program = self._state.program
        with np.errstate(all="ignore"):
            for slot in case.order:
                if slot in typed:
                    continue
                case.judge.budget.check()
                moved = any(parent in touched for parent in program.parents(slot))
                if not moved and slot not in rows:
                    continue
                kept = np.empty((len(bases), len(mistakes)))
                kept[:] = _worked(self._of_arrays(slot), values) if moved else values[slot]
                if slot in rows:
                    kept[:, rows[slot]] = x[:, rows[slot]]
                if slot != case.slot and not program.is_sub_step[slot]:
                    self._round(kept, case.precision.kept(slot))
                values[slot] = kept
                touched.add(slot)
        return Batch(mistakes, values)

    def _bases(self, case: AnswerCase) -> list[list[float]]:
        """Return the values to make mistakes on: unrounded, rounded, and rounded with one decimal more."""
        if case.following is None:
            return [case.true, *case.replayed(case.order[:-1])[:2]]
        run = case.following.runs[0]
        replays = self._state.replays
        return [
            run,
            *replays.from_learners(case.precision, case.order[:-1], run, case.following.typed, ROUNDING_HABITS[:2]),
        ]

    @staticmethod
    def _round(kept: Any, decimals: int) -> None:
        """Round the second row of ``kept`` to ``decimals`` and the third to one more, in place."""
        import numpy as np

        for run, places in ((1, decimals), (2, decimals + 1)):
            scale = 10.0**places
            np.rint(kept[run] * scale, out=kept[run])
            kept[run] /= scale

    def _mistakes(
        self, case: AnswerCase, bases: Sequence[list[float]]
    ) -> tuple[list[tuple[int, MistakenFormula]], list[Numbers]]:
        """Return the mistakes at earlier steps that were not typed, with their numbers at each of ``bases``; the
        nearest steps first."""
        typed = case.following.typed if case.following is not None else {}
        mistakes: list[tuple[int, MistakenFormula]] = []
        numbers: list[Numbers] = []
        if len(case.order) > _MOST_NODES:
            return mistakes, numbers
        for slot in reversed(case.order[:-1]):
            if slot in typed:
                continue
            case.judge.budget.check()
            for mistaken, each in self._mistakes_at(slot, case, bases):
                if len(mistakes) < _MOST_ROWS:
                    mistakes.append((slot, mistaken))
                    numbers.append(each)
        return mistakes, numbers

    def _mistakes_at(
        self, slot: int, case: AnswerCase, bases: Sequence[list[float]]
    ) -> list[tuple[MistakenFormula, Numbers]]:
        """Return one step's mistakes that change its number.

        At the true values and their replays they are the same for every answer, and cached.
        """
        key = (slot, case.key)
        if case.following is None and key in self._mistakes_kept:
            return self._mistakes_kept[key]
        base, *others = bases
        typical, value_of = self._state.typical(slot), self._state.program.value_of
        formulas = {id(mistaken): formula for mistaken, formula in typical.formulas}
        found = [
            (mistaken, (value, *(value_of(formulas[id(mistaken)], other) for other in others)))
            for mistaken, value in self._state.tried(typical, base)
            if abs(value - base[slot]) > 1e-9
        ]
        if case.following is None:
            self._mistakes_kept[key] = found
        return found

    def _hits(self, case: AnswerCase, batch: Batch) -> list[Found]:
        """Return the mistakes that give the answer in the most rows; a chance hit seldom does so in more than one.

        A mistake where a number is worked out that the lesson shows is returned only if no other one fits.
        """
        import numpy as np

        values = batch.values[case.slot]
        if not isinstance(values, np.ndarray):
            return []
        with np.errstate(all="ignore"):
            fitting = (np.abs(values - case.t) <= ROUNDED * unit(case.decimals)).sum(axis=0)
        found = []
        for row in np.flatnonzero((fitting > 0) & (fitting == fitting.max())).tolist():
            slot, mistaken = batch.mistakes[row]
            forms = self._state.typical(slot).forms[mistaken.id]
            is_shown = slot in self._state.shown
            found.append(Found(mistaken, Tier.EARLIER, float(values[0, row]), forms=forms, is_shown=is_shown))
        return [each for each in found if not each.is_shown] or found

    def _of_arrays(self, slot: int) -> Callable[[Sequence[Any]], Any]:
        found = self._arrays.get(slot)
        if found is None:
            formula = self._state.program.nodes[slot].formula
            assert formula is not None
            found = self._arrays[slot] = compile_arrays(formula, self._state.program.slots)
        return found

    # -- two mistakes --------------------------------------------------------------------------------------------------

    def _pair(self, case: AnswerCase, batch: Batch) -> tuple[Found, ...]:
        """Return an earlier mistake and one at this step, if a single pair fits and few would by chance."""
        if figures_of(case.t) < _FIGURES or is_on_grid(case.t, case.decimals - _ROUND):
            return ()
        import numpy as np

        around, hits = 0, []
        u = unit(case.decimals)
        flat: list[Any] = [value[0] if isinstance(value, np.ndarray) else value for value in batch.values]
        with np.errstate(all="ignore"):
            for place, (mistaken, _) in enumerate(self._state.typical(case.slot).formulas):
                case.judge.budget.check()
                numbers = np.asarray(_worked(self._arrays_of_mistakes(case.slot)[place], flat))
                if numbers.shape != (len(batch.mistakes),):  # no earlier mistake reaches this one
                    continue
                distance = np.abs(numbers - case.t)
                around += int((distance <= _AROUND * 0.5 * u).sum())
                hits += [(row, mistaken, float(numbers[row])) for row in np.flatnonzero(distance <= 0.5 * u).tolist()]
        hits = [hit for hit in hits if batch.mistakes[hit[0]][0] not in self._state.shown]
        if len({round(value, 12) for _, _, value in hits}) != 1 or around / _AROUND >= _CHANCE:
            return ()
        row, mistaken, value = hits[0]
        return (Found(mistaken, Tier.PAIR, value, batch.mistakes[row][1]),)

    def _arrays_of_mistakes(self, slot: int) -> list[Callable[[Sequence[Any]], Any]]:
        found = self._mistaken_arrays.get(slot)
        if found is None:
            slots = self._state.program.slots
            typical = self._state.typical(slot).formulas
            found = self._mistaken_arrays[slot] = [compile_arrays(mistaken.tree, slots) for mistaken, _ in typical]
        return found


def _worked(formula: Callable[[Sequence[Any]], Any], values: Sequence[Any]) -> Any:
    """Return a formula's value on arrays, or nan if single numbers in it leave it without one."""
    try:
        return formula(values)
    except (ArithmeticError, ValueError):
        return math.nan
