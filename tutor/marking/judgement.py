"""How one number was judged, before anything is said about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from tutor.marking.mark import Verdict
from tutor.mistakes import TWICE_WRONG, MistakenFormula, rank


class Tier(IntEnum):
    """How a mistake was found, the surest first: REPLAY by carrying rounded numbers, BOUND by less usual rounding."""

    AUTHOR = -1
    EXACT = 0
    WRITING = 1
    REPLAY = 2
    COARSE = 3
    OTHER = 4
    EVERYWHERE = 5
    EARLIER = 6
    BOUND = 7
    PAIR = 8


#: Numbers that many mistakes end in: a dead unit, a step, a sign.
TRIVIAL = (0.0, 1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake that gives the number typed; of a pair, ``other`` is the earlier mistake.

    ``at_true`` is the mistake's number at the true values, nan where it makes no difference there: it tells one mistake
    in two guises from two mistakes, whichever values each was found on.
    """

    variant: MistakenFormula
    tier: Tier
    value: float
    other: MistakenFormula | None = None
    at_true: float = math.nan

    @property
    def rank(self) -> tuple[int, int]:
        """The surer tier first, then the likelier mistake; of two mistakes at once, after all that are one."""
        return (max(self.tier, Tier.COARSE) if self.variant.later >= TWICE_WRONG else self.tier, rank(self.variant))

    def is_same_number(self, other: Found) -> bool:
        """Return whether both are one number, here or at the true values: -(ŷ − y) and y − ŷ."""
        return _is_same(self.value, other.value) or _is_same(self.at_true, other.at_true)


@dataclass(frozen=True)
class Judgement:
    """A verdict with what led to it; ``found`` are the mistakes that fit (a right answer's: its digits beyond those
    asked for).

    ``cut``: right, with digits cut off where rounding gives another last one. ``short``: too few decimals. ``early``:
    intermediates rounded too early, or an earlier answer that this follows from. ``keep``: the decimals that they
    should have been kept with. ``blamed``: the learner's number for
    the first of ``because``. ``tie``: within the bound, and a
    mistake fits to the last digit. ``every``: all that fit, those of the same number too: what a grid chooses from.
    ``several``: more mistakes further up fit than are worth naming. ``before``: the value before an update.
    ``whole``: a fraction where a count is asked for.
    """

    verdict: Verdict
    found: tuple[Found, ...] = ()
    because: tuple[str, ...] = ()
    blamed: float = 0.0
    cut: bool = False
    short: bool = False
    keep: int = 0
    early: bool = False
    tie: bool = False
    every: tuple[Found, ...] = ()
    several: bool = False
    before: bool = False
    whole: bool = False


#: At most so many mistakes are named.
MOST_NAMED = 2


def best(found: Sequence[Found], most: int = MOST_NAMED) -> tuple[Found, ...]:
    """Return the likeliest mistakes, one for each id and each number."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: one.rank):
        same_id = any(each.variant.id == one.variant.id and each.tier != Tier.AUTHOR for one in kept)
        if not same_id and not any(each.is_same_number(one) for one in kept):
            kept.append(each)
    return tuple(each for each in kept[:most] if not _is_outdone(each, kept[0]))


#: Of two that are as sure, the second is not worth telling where it comes so many places later.
_MUCH_LATER = 400


def _is_outdone(each: Found, first: Found) -> bool:
    return each.tier >= first.tier and each.rank[1] - first.rank[1] >= _MUCH_LATER


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))
