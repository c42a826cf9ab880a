"""Judge one answer at one node: its verdict and, if it is wrong, the mistake that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.marking.bounds import Precision
from tutor.marking.budget import OutOfTime
from tutor.marking.follow_through import FollowThrough, follow
from tutor.marking.judgement import MOST_NAMED, TRIVIAL, Found, Judgement, Tier, best
from tutor.marking.mark import AuthorMistake, Typed, Verdict
from tutor.marking.replays import FEWER_DECIMALS, ROUNDING_HABITS, explains
from tutor.marking.rounding import (
    SPECK,
    figures_of,
    is_cut,
    is_on_grid,
    is_rounded,
    is_short,
    is_shortened,
    is_whole,
    near,
    unit,
)
from tutor.marking.state import PrecisionKey

if TYPE_CHECKING:
    from tutor.marking.judge import Judge, TypedBySlot

#: Digits beyond those asked for are checked if there are at least this many: a mistake fits three of them by chance
#: once in a thousand times.
_FINER = 3

#: An answer with fewer decimals than asked for can point to an earlier step only if it has at least this many figures.
_TELLING = 2

#: A bound of more units than this is wide.
_WIDE = 50

#: Shares of the right value: how far off an answer may be that its bound accepts, how far one that was rounded too
#: early, and how far one that a replay gives.
_NEAR_SHARE, _EARLY_SHARE, _LOST_SHARE = 1 / 40, 1 / 20, 1 / 4


class AnswerCase:
    """Judges one answer at one node."""

    def __init__(
        self,
        judge: Judge,
        slot: int,
        typed: Typed,
        decimals: int,
        earlier: TypedBySlot,
        own: TypedBySlot,
        author: Sequence[AuthorMistake],
        is_new: bool,
        deep: bool,
    ) -> None:
        self.judge = judge
        self.state = judge.state
        self.slot = slot
        self.typed = typed
        self.t = typed.value
        self.decimals = decimals
        self.own = own
        self.author = author
        self.is_new = is_new
        self.deep = deep
        self.key: PrecisionKey = self.state.key(slot, decimals)
        self.precision: Precision = self.state.precision(self.key)
        self.order = self.state.program.ancestors(slot)
        self.true = self.state.values
        self.value = self.true[slot]
        self.half = 0.5 * unit(typed.decimals if self.is_fraction_for_count else decimals)
        self._earlier = earlier
        self.following: FollowThrough | None = None

    # -- the algorithm ----------------------------------------------------------------------------------------------

    def verdict(self) -> Judgement:
        """Return the judgement; if a right answer has many more digits than asked for, check those as well."""
        judgement = self._verdict()
        is_finer = self.typed.decimals >= self.decimals + _FINER and not is_on_grid(self.t, self.decimals)
        if judgement.verdict is Verdict.CORRECT and self.deep and is_finer:
            return replace(judgement, found=self._further_digits())
        return judgement

    def _verdict(self) -> Judgement:
        if self.is_fraction_for_count:
            return self._not_right(None)
        if self.fits(self.true, 0.0):
            is_right = is_rounded(self.t, self.value, self.decimals) or not is_on_grid(self.t, self.decimals)
            return Judgement(Verdict.CORRECT, cut=not is_right and is_cut(self.t, self.value, 0.0, self.decimals))
        left_out: tuple[int, ...] = ()
        if self._earlier:
            put_in, bad, left_out = self.judge.usable(self._earlier, self.own)
            if put_in:
                self.following = follow(self.state, self.precision, self.order, put_in, bad)
        good = self.following if self.following is not None and not self.following.bad else None
        if good is not None and any(self.fits(run, 0.0) for run in good.runs):
            return Judgement(Verdict.CORRECT)
        if self._is_replayed() or (good is not None and self._is_learners_replay(good)):
            return Judgement(Verdict.CORRECT)
        if self._within(good):
            tie = self._tie()
            return Judgement(Verdict.WRONG, tie, tie=True) if tie else Judgement(Verdict.CORRECT)
        return self._judged_to_follow(self.following) or self._follows_all(left_out) or self._not_right(good)

    def _judged_to_follow(self, following: FollowThrough | None) -> Judgement | None:
        """Return the judgement of an answer that follows from wrong earlier ones, or None."""
        if following is None or not following.bad:
            return None
        is_short = self._is_short_of([run[self.slot] for run in following.runs])
        # in few decimals the right value may follow as well: then nothing earlier is blamed
        follows = self._follows(following)
        if follows and (tie := self._consistent_tie(following)):
            return replace(self._consistent(following), verdict=Verdict.WRONG, found=tie, tie=True)
        if follows or (is_short and not self._is_short_of([self.value])):
            return replace(self._consistent(following), short=not follows)
        return None

    def _follows_all(self, left_out: tuple[int, ...]) -> Judgement | None:
        """Return the judgement of an answer that follows if the wrong answers ``left_out`` are put in as well.

        They were left out because they may be one number typed everywhere; but then it would have been typed here too.
        """
        if not left_out or not self.is_new:
            return None
        bad = tuple(sorted((*(self.following.bad if self.following is not None else ()), *left_out)))
        right = self.following.typed if self.following is not None else ()
        put_in = {slot: each for slot, each in self._earlier.items() if slot in right or slot in left_out}
        return self._judged_to_follow(follow(self.state, self.precision, self.order, put_in, bad))

    def _not_right(self, good: FollowThrough | None) -> Judgement:
        judgement = self._wrong(good)
        little = judgement.verdict is Verdict.WRONG and self._is_rounded_too_far(self._right_values(good))
        return replace(judgement, little=little)

    def _wrong(self, good: FollowThrough | None) -> Judgement:
        near_by: list[Found] = []
        with suppress(OutOfTime):
            near_by = self.judge.diagnosis.near(self)
        is_short = not self.is_fraction_for_count and self._is_short_of(self._right_values(good))
        # with few digits a mistake may fit by chance, so it counts only if it gives exactly the number typed
        if is_short and not any(abs(self.t - each.value) <= SPECK for each in near_by):
            return Judgement(Verdict.IMPRECISE, short=True)
        if near_by:
            # a mistake that fits only within its rounding ranks after an earlier one that gives the last digit
            if all(each.tier is Tier.BOUND for each in near_by):
                further = self._further()
                near_by += further if len(further) <= MOST_NAMED else ()
            return Judgement(Verdict.WRONG, best(near_by), every=tuple(near_by))
        if self.is_fraction_for_count:
            return Judgement(Verdict.WRONG, whole=True)
        early = Judgement(Verdict.IMPRECISE, early=True, keep=self.key[1])
        if self._is_early(good, self.state.coarser(self.key)):
            # within reach of such rounding is vague: a mistake before it that gives the last digit is told as well
            further = () if self._is_rounded_by_habit() else self._further()
            is_one = [each.tier for each in further] == [Tier.EARLIER]
            return replace(early, found=further) if is_one else early
        further = self._further()
        if not further and self._is_early(good, self.state.at_defaults(self.key)):
            return early
        # the value before an update is reported as that, not as an earlier mistake that also gives it (a gradient of 0)
        told = not further or all(each.tier is Tier.EARLIER for each in further)
        if told and self.is_before_update(min(self.decimals, self.typed.decimals)):
            return Judgement(Verdict.WRONG, before=True, short=self.typed.decimals < self.decimals)
        if len(further) > MOST_NAMED:
            return Judgement(Verdict.WRONG, several=True)
        return Judgement(Verdict.WRONG, further)

    def _further(self) -> tuple[Found, ...]:
        if self.deep:
            with suppress(OutOfTime):
                return self.judge.diagnosis.far(self)
        return ()

    # -- tests of the answer ----------------------------------------------------------------------------------------

    def fits(self, values: list[float], bound: float, centre: float | None = None) -> bool:
        """Return whether the answer is the node's value in ``values``, give or take ``bound``, as people write it down.

        The value before an update never fits.
        """
        value = values[self.slot] if centre is None else centre
        missing = self.decimals - self.typed.decimals
        is_short = missing > 0
        # if rounding could give 0.420, then 0.42 may be that without its last 0; 0.4 is too short
        too_short = missing > 1 and self._is_asked
        if bound and is_short and (too_short or not is_shortened(self.t, values[self.slot], self.typed.decimals)):
            return False
        # a short answer was not cut off at the decimals asked for, unless it is the exact value
        cuts = not is_short or not bound
        return near(self.t, value, bound, self.decimals, cuts=cuts) and not self.is_old(values)

    def is_exactly(self, value: float) -> bool:
        """Return whether the answer is ``value`` to its last digit."""
        return abs(self.t - value) <= self.half * (1 + 1e-9)

    @property
    def _is_asked(self) -> bool:
        """Whether the lesson or the caller asks for these decimals; if not, they are the quantity's default."""
        return self.state.asked(self.slot) is not None or self.decimals != self.state.default(self.slot)

    @property
    def says_little(self) -> bool:
        """Whether many earlier mistakes would give the answer by chance: 0, ±1, or one figure of several."""
        return self.t in TRIVIAL or (self.typed.decimals < self.decimals and figures_of(self.t) < _TELLING)

    @property
    def is_fraction_for_count(self) -> bool:
        """Whether a fraction was typed for a count: 10.75 batches are not 11."""
        return self.decimals == 0 and is_whole(self.value) and not is_whole(self.t)

    def is_old(self, values: list[float]) -> bool:
        """Return whether the answer is the value before an update that visibly changes it."""
        old = self.state.old(self.slot)
        if old is None or abs(values[self.slot] - values[old]) <= self.half:
            return False
        before = values[old]
        if abs(self.t - before) <= 0.02 * self.half:
            return True
        return is_rounded(self.t, before, self.decimals) and not is_rounded(self.t, values[self.slot], self.decimals)

    def replayed(self, order: Sequence[int]) -> list[list[float]]:
        """Return the replays at the true values."""
        return self.state.replays.runs(self.key, self.precision, order)

    def _is_replayed(self) -> bool:
        return self._explained(self.replayed(self.order[:-1]), self.value)

    def _is_learners_replay(self, following: FollowThrough) -> bool:
        """Return whether a replay from the learner's own numbers gives the answer, tried only near the bound."""
        for run in following.runs:
            centre, bound = self._learners_bound(self.precision, following, run)
            if abs(self.t - centre) <= 4 * bound + 2 * self.half:
                replays = self.state.replays.from_learners(self.precision, self.order[:-1], run, following.typed)
                if self._explained(replays, run[self.slot]):
                    return True
        return False

    def _explained(self, replays: list[list[float]], right: float) -> bool:
        for habit, values in zip(ROUNDING_HABITS, replays, strict=True):
            raw = self.state.replays.raw(habit, self.precision, self.slot, values)
            if explains(habit, self.t, raw, self.decimals) and not self.is_old(self.true):
                kept = abs(raw - right) <= _LOST_SHARE * abs(right) + self.half
                if (kept and not self._loses_figures(values)) or self._is_at_kink():
                    return True
        return False

    def _loses_figures(self, values: list[float]) -> bool:
        """Return whether rounding lost too much of a node whose size matters, such as a tiny gradient that was rounded
        to 0 and is then divided by its own size."""
        needed = self.state.program.needs_figures
        earlier = [slot for slot in self.order[:-1] if slot in needed]
        return any(abs(values[slot] - self.true[slot]) > _LOST_SHARE * abs(self.true[slot]) + 1e-15 for slot in earlier)

    def _learners_bound(self, precision: Precision, following: FollowThrough, run: list[float]) -> tuple[float, float]:
        return self.state.bounds.from_learners(precision, self.slot, run, self.order, following.typed)

    def _within(self, good: FollowThrough | None) -> bool:
        centre, bound = self.state.bounds.true(self.precision, self.slot)
        if self._reaches(self.true, centre, bound):
            return True
        return good is not None and self._within_learners_bound(good)

    def _follows(self, following: FollowThrough) -> bool:
        return self._follows_exactly(following) or self._within_learners_bound(following)

    def _follows_exactly(self, following: FollowThrough) -> bool:
        """Return whether the answer follows from earlier ones to its last digit, by some usual way of rounding."""
        return any(self.fits(run, 0.0) for run in following.runs) or self._is_learners_replay(following)

    def _consistent_tie(self, following: FollowThrough) -> tuple[Found, ...]:
        """Return this step's mistakes that give an answer to its last digit which follows from earlier ones only within
        their rounding."""
        if self._follows_exactly(following):
            return ()
        with suppress(OutOfTime):
            return best(self.judge.diagnosis.exact(self))
        return ()

    def _within_learners_bound(self, following: FollowThrough) -> bool:
        return any(self._reaches(run, *self._learners_bound(self.precision, following, run)) for run in following.runs)

    def _reaches(self, values: list[float], centre: float, bound: float) -> bool:
        """Return whether rounding can lead to the answer, by its bound.

        A small divisor or a near cancellation makes the bound a large share of the value, and being within it proves
        nothing. So an answer farther off than ``_NEAR_SHARE`` is right only if a replay gives it.
        """
        value = values[self.slot]
        return self._is_close(value, _NEAR_SHARE, 1e-12) and self.fits(values, bound, centre)

    def _tie(self) -> tuple[Found, ...]:
        """Return the mistakes that give an answer within the bound to its last digit, but not the right value."""
        following = self.following
        if following is not None and following.bad and self._follows(following):
            return ()
        found: list[Found] = []
        with suppress(OutOfTime):
            found = self.judge.diagnosis.exact(self)
            if not found and self.deep and self._is_wide():
                found = self.judge.diagnosis.throughout(self)
        return best([each for each in found if abs(each.value - self.value) > self.half])

    def _is_wide(self) -> bool:
        """Return whether earlier answers with few digits make the bound so wide that it hides a systematic mistake."""
        bounds = [self.state.bounds.true(self.precision, self.slot)[1]]
        if self.following is not None:
            bounds += [self._learners_bound(self.precision, self.following, run)[1] for run in self.following.runs]
        return max(bounds) > _WIDE * 2 * self.half

    def _further_digits(self) -> tuple[Found, ...]:
        """Return the mistakes that explain a right answer's extra digits, if no right working explains them."""
        places = self.typed.decimals
        runs = self.following.runs if self.following is not None else ()
        right = [self.value, *(run[self.slot] for run in runs)]
        replays = self.replayed(self.order[:-1])
        right += [
            self.state.replays.raw(habit, self.precision, self.slot, values)
            for habit, values in zip(ROUNDING_HABITS, replays, strict=True)
        ]
        if any(near(self.t, value, 0.0, places) for value in right):
            return ()
        fine = AnswerCase(
            self.judge, self.slot, self.typed, places, self._earlier, self.own, self.author, self.is_new, self.deep
        )
        fine.following = self.following
        with suppress(OutOfTime):
            return self.judge.diagnosis.to_last_digit(fine)
        return ()

    def _is_short_of(self, values: Sequence[float]) -> bool:
        """Return whether the answer has too few decimals and is one of ``values`` rounded or cut to them.

        The value before an update does not count: with so few decimals nobody can tell whether there was a step.
        """
        given = self.typed.decimals
        if given >= self.decimals or self.is_before_update(given):
            return False
        return any(is_short(self.t, value, given) for value in values)

    def _is_rounded_too_far(self, values: Sequence[float]) -> bool:
        """Return whether the answer is one of some values with so few decimals that it may be many: 6 for 5.847. A
        plain 0 is anybody's guess."""
        given = self.typed.decimals
        if (
            given >= self.decimals
            or self.is_fraction_for_count
            or self.is_before_update(given)
            or (not given and not self.t)
        ):
            return False
        return any(is_shortened(self.t, value, given) for value in values)

    def is_before_update(self, decimals: int) -> bool:
        """Return whether the answer is, to ``decimals``, the value before an update that is large enough to show."""
        old = self.state.old(self.slot)
        if old is None or abs(self.value - self.true[old]) <= self.half:
            return False
        return is_rounded(self.t, self.true[old], decimals)

    def _is_early(self, good: FollowThrough | None, coarse: Precision) -> bool:
        """Return whether rounding the steps to the fewer decimals of ``coarse`` leads to the answer."""
        if self.typed.decimals < self.decimals or self.is_fraction_for_count:
            return False
        reached = [(self.true, *self.state.bounds.true(coarse, self.slot))]
        if good is not None:
            reached += [(run, *self._learners_bound(coarse, good, run)) for run in good.runs]
        return any(
            self._is_close(run[self.slot], _EARLY_SHARE, self.half) and self.fits(run, bound, centre)
            for run, centre, bound in reached
        )

    def _is_rounded_by_habit(self) -> bool:
        """Return whether the answer is what comes out if every step is rounded, or cut off, to one decimal fewer."""
        replays, order = self.state.replays, self.order[:-1]
        runs = replays.from_learners(self.precision, order, self.true, (), FEWER_DECIMALS)
        return any(
            explains(habit, self.t, replays.raw(habit, self.precision, self.slot, values), self.decimals)
            for habit, values in zip(FEWER_DECIMALS, runs, strict=True)
        )

    def _is_at_kink(self) -> bool:
        """Return whether rounding decides on which side of a kink the answer lies."""
        return self.state.bounds.true(self.precision, self.slot)[0] != self.value

    def _is_close(self, value: float, share: float, room: float) -> bool:
        """Return whether the answer is off by no more than a share of ``value``, plus ``room``."""
        return abs(self.t - value) <= share * abs(value) + room

    def _right_values(self, good: FollowThrough | None) -> list[float]:
        return [self.value, *(run[self.slot] for run in (good.runs if good is not None else ()))]

    def _consistent(self, following: FollowThrough) -> Judgement:
        """Return the judgement that the answer follows from earlier wrong ones.

        ``because`` names those that went wrong by themselves, in order, not those that follow from them. ``early`` says
        that the first of them is right but has too few digits.
        """
        names, slots = self.state.program.names, self.state.program.slots
        roots: list[str] = []
        early = False
        for slot in self._used(following):
            judgement = self.judge.earlier_judgement(slot, self._earlier, self.own)
            if not roots:
                early = judgement.early if judgement.because else judgement.verdict is Verdict.IMPRECISE
            roots += judgement.because or (names[slot],)
        because = tuple(dict.fromkeys(roots))
        return Judgement(Verdict.FOLLOWS, because=because, blamed=self._earlier[slots[because[0]]].value, early=early)

    def _used(self, following: FollowThrough) -> tuple[int, ...]:
        """Return the wrong earlier answers whose correction would change this one."""
        put_in = {slot: self._earlier[slot] for slot in following.typed}
        used = []
        for slot in following.bad:
            mended = {**put_in, slot: replace(put_in[slot], value=self.true[slot])}
            other = follow(self.state, self.precision, self.order, mended, following.bad)
            changes = [abs(a[self.slot] - b[self.slot]) for a, b in zip(other.runs, following.runs, strict=True)]
            if max(changes) > 1e-12:
                used.append(slot)
        return tuple(used) or following.bad
