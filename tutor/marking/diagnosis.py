"""Find the mistake that gives a typed number: at this step, in writing, at every node, at an earlier step, or a pair.

A mistake is named only if it gives the answer to its last digit. The surest explanation is looked for first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tutor.formulas import compile_tree
from tutor.formulas.tree import Name, names
from tutor.marking.bounds import FLOOR, MARGIN
from tutor.marking.graph_program import Compiled
from tutor.marking.judgement import MOST_NAMED, Found, Tier, best, without_doubtful_terms
from tutor.marking.propagated import EarlierMistakes
from tutor.marking.replays import ROUNDING_HABITS, RoundingHabit, explains
from tutor.marking.rounding import ROUNDED, figures_of, unit
from tutor.marking.state import MarkingState, TypicalMistakes
from tutor.marking.systematic import SystematicMistakes
from tutor.marking.writing_errors import writing_mistakes
from tutor.mistakes import TWICE_WRONG, MistakenFormula
from tutor.mistakes.writing import DECIMAL_SHIFT, OTHER_QUANTITY, TRUNCATED
from tutor.network import Kind

if TYPE_CHECKING:
    from tutor.marking.case import AnswerCase

#: Rounding earlier steps moves a mistake's number by at most this share of it: 0.38 may become 0.39, but not 1.
_MOVED_SHARE = 0.05
#: Another quantity's number is recognised only in an answer with at least this many figures.
_TELLING_FIGURES = 3
#: An answer with fewer decimals than asked for names a mistake only if it has at least this many figures.
_COARSE_FIGURES = 2
#: An answer with this many figures fits no mistake by chance.
_BEYOND_CHANCE = 6
#: With few digits, a mistake that comes this many places later in the order of likelihood is not a rival.
_FAR_LESS_LIKELY = 200
#: A relative difference too small to show in the decimals asked for, such as the sign of Adam's ε.
_NO_DIFFERENCE = 1e-7
#: A mistake with more forms than this at one step, one for each term for example, gives a plain 0 by chance.
_MANY_FORMS = 3
#: A whole number of one digit is explained by a mistake that comes no later in the order of likelihood, and for each
#: further number that the mistake gives, so many places sooner.
_LIKELY_ENOUGH, _EACH_NUMBER_LATER = 700, 150
#: A moved decimal point is recognised only in a number with at least this many figures.
_SHIFTED_FIGURES = 2


class Diagnosis:
    """Searches one graph for the mistake that explains an answer."""

    def __init__(self, state: MarkingState) -> None:
        self._state = state
        self._systematic = SystematicMistakes(state)
        self._earlier = EarlierMistakes(state)

    # -- this step --------------------------------------------------------------------------------------------------

    def exact(self, case: AnswerCase) -> list[Found]:
        """Return the author's and this step's mistakes that give the answer to its last digit, on the learner's own
        and on the true values."""
        found = self._author(case)
        if self._state.takes_long(case.slot):
            case.judge.budget.check()
        typical = self._state.typical(case.slot)
        for values in self._bases(case, typical):
            for mistaken, value in self._state.tried(typical, values):
                if case.is_exactly(value) and not _is_right(value, values[case.slot]):
                    found.append(self._of_step(case, mistaken, Tier.EXACT, value))
        if found and case.following is not None and not case.following.bad:
            # formulas that are equal at the true values differ on rounded ones, and are no mistakes: m̂ = m/(1 − β) and
            # the gradient, in the first step
            found = [each for each in found if each.tier is Tier.AUTHOR or not math.isnan(each.at_true)]
        return without_doubtful_terms(_closest(case, found))

    def _of_step(self, case: AnswerCase, mistaken: MistakenFormula, tier: Tier, value: float) -> Found:
        forms = self._state.typical(case.slot).forms[mistaken.id]
        return Found(
            mistaken, tier, value, at_true=self._state.at_true(case.slot).get(id(mistaken), math.nan), forms=forms
        )

    def to_last_digit(self, case: AnswerCase) -> tuple[Found, ...]:
        """Return the mistakes of this step, or else systematic ones, that give the answer and not the right value."""
        found = self.exact(case) or self.throughout(case)
        return best([each for each in found if abs(each.value - case.value) > case.half])

    def near(self, case: AnswerCase) -> list[Found]:
        """Return the mistakes of this step and of writing that fit.

        If no sure one is found, try them on replays, then within the rounding of their own numbers.
        """
        found = self.exact(case) + self._writing(case)
        if all(each.tier > Tier.WRITING or each.mistaken.later >= TWICE_WRONG for each in found):
            found += self._replayed(case)
        if not found:
            found = self._bounded(case) or self._coarse(case)
        if case.t == 0 and not case.typed.decimals:  # a guess, and of many terms one is often as large as the rest
            forms = self._state.typical(case.slot).forms
            found = [each for each in found if forms[each.mistaken.id] <= _MANY_FORMS]
        return found

    def _coarse(self, case: AnswerCase) -> list[Found]:
        """Return the one mistake of this step that fits an answer with fewer decimals than asked for."""
        given = case.typed.decimals
        if given >= case.decimals or figures_of(case.t) < _COARSE_FIGURES:
            return []
        half = 0.5 * unit(given) * (1 + 1e-9)
        typical, found = self._state.typical(case.slot), list[Found]()
        for values in self._bases(case, typical):
            if abs(case.t - values[case.slot]) <= half:
                return []
            for mistaken, value in self._state.tried(typical, values):
                if abs(case.t - value) <= half:
                    found.append(self._of_step(case, mistaken, Tier.COARSE, value))
        found = without_doubtful_terms(found)
        first = min(found, key=lambda each: each.rank, default=None)
        return [first] if first is not None and all(_is_no_rival(each, first) for each in found) else []

    def _author(self, case: AnswerCase) -> list[Found]:
        found = []
        name = self._state.program.names[case.slot]
        for mistake in case.author:
            formula = compile_tree(mistake.when, self._state.program.slots)
            for values in self._bases(case, None):
                value = self._state.program.value_of(formula, values)
                if case.is_exactly(value):
                    mistaken = MistakenFormula(mistake.id, mistake.when, name, mistake.say)
                    at_true = self._state.program.value_of(formula, case.true)
                    found.append(Found(mistaken, Tier.AUTHOR, value, at_true=at_true))
                    break
        return found

    def _bases(self, case: AnswerCase, typical: TypicalMistakes | None) -> list[list[float]]:
        """Return the values to try mistakes on, the learner's own first."""
        bases = []
        if case.following is not None:
            for run in case.following.runs:
                if typical is not None and len(typical.order) > len(case.order):
                    self._finish(case, typical.order, run)
                bases.append(run)
        bases.append(case.true)
        return bases

    def _finish(self, case: AnswerCase, order: Sequence[int], run: list[float]) -> None:
        """Compute the nodes that only mistakes use, such as updated weights, into ``run``."""
        assert case.following is not None
        fixed = {*case.order, *case.following.typed}
        for slot in order:
            if slot not in fixed and slot in case.own:
                run[slot] = case.own[slot].value
                fixed.add(slot)
        self._state.program.run(run, order, fixed)

    def _writing(self, case: AnswerCase) -> list[Found]:
        found = []
        name = self._state.program.names[case.slot]
        formula = self._state.program.nodes[case.slot].formula
        assert formula is not None
        values = [run[case.slot] for run in (case.following.runs if case.following is not None else ())]
        for value in dict.fromkeys([*values, case.value]):
            for mistake, number in writing_mistakes(value, case.decimals):
                if mistake == TRUNCATED and case.typed.decimals < case.decimals:
                    continue  # it is nearly right instead
                room = case.half
                if mistake == DECIMAL_SHIFT:
                    if figures_of(case.t) < _SHIFTED_FIGURES:
                        continue
                    # moving the point to the right also enlarges the rounding error of the digits that were written
                    room = max(room, room * abs(number / value))
                if abs(case.t - number) <= room * (1 + 1e-9):
                    tier = Tier.WRITING if room == case.half else Tier.BOUND
                    at_true = number / value * case.value or math.nan
                    found.append(Found(MistakenFormula(mistake, formula, name), tier, number, at_true=at_true))
        return found

    def _replayed(self, case: AnswerCase) -> list[Found]:
        typical = self._state.typical(case.slot)
        found = []
        for habit, values in zip(ROUNDING_HABITS, case.replayed(typical.order), strict=True):
            case.judge.budget.check()
            right = self._state.replays.raw(habit, case.precision, case.slot, values)
            for mistaken, value in self._state.tried(typical, values):
                if explains(habit, case.t, value, case.decimals) and not _is_right(value, right):
                    replay = self._of_step(
                        case, mistaken, Tier.BOUND if habit.cuts or habit.figures else Tier.REPLAY, value
                    )
                    if _is_rounded_as_asked(case, habit) or _is_like(case, replay.at_true):
                        found.append(replay)
        return found

    def _bounded(self, case: AnswerCase) -> list[Found]:
        typical = self._state.typical(case.slot)
        u = unit(case.decimals)
        found = []
        for place, values in enumerate(self._bases(case, typical)):
            typed = case.following.typed if case.following is not None and values is not case.true else {}
            tried = {id(mistaken): value for mistaken, value in self._state.tried(typical, values)}
            for mistaken, formula in typical.formulas:
                case.judge.budget.check()
                value = tried.get(id(mistaken), math.nan)
                if not _is_like(case, value) or _is_right(value, values[case.slot]):
                    continue
                if abs(case.t - value) <= self._rounding_of(case, mistaken, formula, values, typed) + ROUNDED * u:
                    found.append(self._of_step(case, mistaken, Tier.BOUND, value))
            if found and place == 0:
                break
        return found

    def _rounding_of(
        self,
        case: AnswerCase,
        mistaken: MistakenFormula,
        formula: Compiled,
        values: list[float],
        typed: Mapping[int, float],
    ) -> float:
        """Return how far rounding a mistake's parents can move its number."""
        program, total = self._state.program, 0.0
        for name in names(mistaken.tree):
            parent = program.slots[name]
            if program.is_given[parent]:
                continue
            slope = _slope(formula, parent, values)
            if parent in typed:
                total += abs(slope) * typed[parent]
            else:
                _, bound = self._state.bounds.true(case.precision, parent)
                total += abs(slope) * (bound + case.precision.epsilon[parent])
        return MARGIN * total + FLOOR * unit(case.decimals) if math.isfinite(total) else 0.0

    # -- one digit --------------------------------------------------------------------------------------------------

    def told_by_one_digit(self, slot: int, found: Sequence[Found]) -> tuple[Found, ...]:
        """Return the explanations of a whole number of one digit that hardly fit by chance: a likely mistake of this
        step with few different numbers."""
        numbers = self._numbers(slot)
        return tuple(
            each
            for each in found
            if each.tier is Tier.AUTHOR
            or (
                each.tier <= Tier.WRITING
                and each.rank[1] + _EACH_NUMBER_LATER * (numbers[each.mistaken.id] - 1) <= _LIKELY_ENOUGH
            )
        )

    def _numbers(self, slot: int) -> Counter[str]:
        """Return how many different wrong numbers each mistake of a step gives, by its id."""
        at_true = self._state.at_true(slot)
        formulas = self._state.typical(slot).formulas
        return Counter(
            mistake_id
            for mistake_id, _ in {
                (mistaken.id, round(at_true[id(mistaken)], 9)) for mistaken, _ in formulas if id(mistaken) in at_true
            }
        )

    # -- beyond this step -------------------------------------------------------------------------------------------

    def far(self, case: AnswerCase) -> tuple[Found, ...]:
        """Return explanations beyond this step: another quantity, one mistake at every node, an earlier one, or a pair.

        More than ``MOST_NAMED`` are returned if too many fit. An answer of 0 or ±1 points to no single mistake, so
        nothing is returned for it unless too many fit.
        """
        if case.says_little:
            found = self._earlier.find(case)
            return found if len(found) > MOST_NAMED else ()
        found = best(self._another(case) or self.throughout(case)) or self._earlier.find(case)
        return found if found and found[0].other is None else self._copied(case) or found

    def _copied(self, case: AnswerCase) -> tuple[Found, ...]:
        """Return the last quantity for which the learner has typed this very number: copying explains it more simply
        than two mistakes together."""
        if figures_of(case.t) < _TELLING_FIGURES:
            return ()
        same = [slot for slot, typed in case.own.items() if slot != case.slot and typed.value == case.t]
        if not same:
            return ()
        names_of = self._state.program.names
        last = names_of[max((slot for slot in same if slot < case.slot), default=same[0])]
        return (Found(MistakenFormula(OTHER_QUANTITY, Name(last), names_of[case.slot], last), Tier.OTHER, case.t),)

    def _another(self, case: AnswerCase) -> list[Found]:
        """Return the quantities that have the answer's number: others of the same unit, or the same one of another unit
        in its layer."""
        if figures_of(case.t) < _TELLING_FIGURES:
            return []
        program, found = self._state.program, []
        for slot in self._state.beside(case.slot):
            name = program.names[slot]
            typed = case.own.get(slot)
            if typed is None and self._is_still_to_come(case.slot, slot):
                continue
            numbers = [case.true[slot], *([typed.value] if typed is not None else [])]
            if any(case.is_exactly(number) for number in numbers):
                mistaken = MistakenFormula(OTHER_QUANTITY, Name(name), program.names[case.slot], name)
                found.append(Found(mistaken, Tier.OTHER, case.true[slot]))
        return found

    def _is_still_to_come(self, asked: int, other: int) -> bool:
        """Return whether a worksheet's number comes too long after the one asked for to be known yet: it is neither in
        the same array nor the next step."""
        program = self._state.program
        node, later = program.nodes[asked], program.nodes[other]
        if node.kind is not Kind.CELL or other < asked or later.role.get("of") == node.role.get("of"):
            return False
        return asked not in program.parents(other)

    def throughout(self, case: AnswerCase) -> list[Found]:
        """Return the mistakes that give the answer when made at every node that can have them."""
        found = self._systematic.find(case, case.following)
        if not found and case.following is not None:
            # earlier answers may be right, and this one worked out without them, with one mistake from the start
            beside = case.following if figures_of(case.t) < _BEYOND_CHANCE else None
            found = self._systematic.find(case, None, beside=beside)
        return found


def _is_no_rival(other: Found, first: Found) -> bool:
    """Return whether another mistake with the same few digits is not a rival: the same one, or far less likely."""
    far_less_likely = other.rank[1] - first.rank[1] >= _FAR_LESS_LIKELY
    return other.mistaken.id == first.mistaken.id or other.is_same_number(first) or far_less_likely


def _closest(case: AnswerCase, found: list[Found]) -> list[Found]:
    """Return only the mistakes that give exactly what was typed, if there are any; else those that give it at the
    decimals typed; else all. For −0.1 this leaves the mistake that gives −0.1, not the one that gives its tanh."""
    for room in (1e-9, 0.5 * unit(case.typed.decimals) * (1 + 1e-9)):
        sharp = [each for each in found if abs(each.value - case.t) <= room]
        if sharp and room < case.half:
            return [each for each in found if each.tier is Tier.AUTHOR or each in sharp]
    return found


def _is_right(value: float, right: float) -> bool:
    """Return whether a mistake makes no difference to this number: δ·1 for δ."""
    return abs(value - right) <= _NO_DIFFERENCE * max(abs(right), 1e-3)


def _is_rounded_as_asked(case: AnswerCase, habit: RoundingHabit) -> bool:
    """Return whether this habit rounds every step as the lesson asks, and the answer is such a number. However far that
    moves a mistake's number, a learner who follows the instructions writes it down."""
    return habit is ROUNDING_HABITS[0] and case.typed.decimals <= case.decimals and not case.says_little


def _is_like(case: AnswerCase, value: float) -> bool:
    """Return whether the answer is no farther from a mistake's number than even coarse rounding could move it."""
    return abs(case.t - value) <= case.half * (1 + 1e-9) + _MOVED_SHARE * abs(value)


def _slope(formula: Compiled, slot: int, values: list[float]) -> float:
    """Return a numerical slope, or infinity where there is none.

    A mistake is tried only once, so differentiating its formula would cost more than it saves.
    """
    kept = values[slot]
    step = 1e-6 * max(1.0, abs(kept))
    try:
        values[slot] = kept + step
        above = formula(values)
        values[slot] = kept - step
        below = formula(values)
    except (ArithmeticError, ValueError):
        return math.inf
    finally:
        values[slot] = kept
    return (above - below) / (2 * step)
