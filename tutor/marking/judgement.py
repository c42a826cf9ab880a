"""The judgement of one number, before it is put into words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from tutor.marking.mark import Verdict
from tutor.mistakes import MISTAKES, TWICE_WRONG, MistakenFormula, rank


class Tier(IntEnum):
    """How a mistake was found, the surest first.

    REPLAY: with rounded intermediate results. COARSE: by an answer with too few decimals. OTHER: another quantity's
    number. EVERYWHERE: at every node. EARLIER: at an earlier step. BOUND: within its rounding, or by unusual rounding.
    """

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

#: How many places later in the order of likelihood a mistake comes that has e = 2.718 forms rather than one.
_MANY_FORMS_LATER = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake that gives the number typed; in a pair, ``other`` is the earlier mistake.

    ``at_true`` is the mistake's number at the true values, or nan if it makes no difference there. It shows whether two
    formulas are the same mistake, even if they were found on different values. ``forms``: how many forms the mistake
    has at its step, one for each term for example; the more there are, the likelier one of them fits by chance.
    ``is_shown``: an earlier mistake where a number is worked out that the lesson shows.
    """

    mistaken: MistakenFormula
    tier: Tier
    value: float
    other: MistakenFormula | None = None
    at_true: float = math.nan
    forms: int = 1
    is_shown: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """The sort key: the surer tier first, then the likelier mistake; a formula that is wrong twice comes later."""
        return (max(self.tier, Tier.COARSE) if self.mistaken.later >= TWICE_WRONG else self.tier, rank(self.mistaken))

    @property
    def rank_by_chance(self) -> tuple[int, int]:
        """The sort key among different numbers with the same digits: a mistake with many forms comes later."""
        tier, place = self.rank
        return tier, place + round(_MANY_FORMS_LATER * math.log(self.forms))

    def is_same_number(self, other: Found) -> bool:
        """Return whether both give the same number, here or at the true values, as −(ŷ − y) and y − ŷ do."""
        return _is_same(self.value, other.value) or _is_same(self.at_true, other.at_true)


@dataclass(frozen=True)
class Judgement:
    """A verdict and what led to it.

    ``found``: the mistakes that fit; for a right answer, those that fit its digits beyond the ones asked for.
    ``because``: the earlier wrong answers that this one follows from.
    ``blamed``: the learner's number for the first of them.
    ``cut``: right, but digits were cut off and rounding would change the last one.
    ``short``: too few decimals.
    ``early``: intermediate results, or an earlier answer that this one follows from, were or may have been rounded too
    early.
    ``keep``: how many decimals intermediate results need.
    ``tie``: within the bound of the right value, or of what follows from ``because``, but a mistake fits to the last
    digit.
    ``every``: all mistakes that fit, even with the same number, for a grid to choose from.
    ``several``: more earlier mistakes fit than are worth naming.
    ``before``: it is the value before an update.
    ``whole``: a fraction was typed for a count.
    ``one_digit``: something explains the answer, but one digit does not tell it from chance.
    ``little``: the right value, rounded so far that it could be many numbers, such as 6 for 5.847.
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
    little: bool = False
    one_digit: bool = False


#: The most mistakes that are named.
MOST_NAMED = 2


def best(found: Sequence[Found], most: int = MOST_NAMED) -> tuple[Found, ...]:
    """Return the likeliest mistakes, one for each id and each number."""
    kept: list[Found] = []
    for number in sorted(found, key=lambda one: one.rank_by_chance):
        if any(number.is_same_number(one) for one in kept):
            continue
        same = [number, *(one for one in found if one.is_same_number(number))]  # an infinite one is not equal to itself
        each = min(same, key=lambda one: one.rank)
        if not any(each.mistaken.id == one.mistaken.id and each.tier != Tier.AUTHOR for one in kept):
            kept.append(each)
    likeliest = min(kept, key=lambda one: one.rank, default=None)
    return tuple(each for each in kept if likeliest and not _is_outdone(each, likeliest))[:most]


def without_doubtful_terms(found: Sequence[Found]) -> list[Found]:
    """Return the mistakes, without naming a term or factor if the mistake at any of several of a step would give this
    number."""
    terms = {(each.mistaken.id, each.mistaken.at, each.mistaken.about) for each in found}
    several = Counter((mistake_id, at) for mistake_id, at, _ in terms)
    return [
        replace(each, mistaken=replace(each.mistaken, about=""))
        if several[each.mistaken.id, each.mistaken.at] > 1
        and (mistake := MISTAKES.get(each.mistaken.id))
        and mistake.one_of_many
        else each
        for each in found
    ]


#: A second mistake that is no surer is not worth telling if it comes this many places later in the order of likelihood.
_MUCH_LATER = 400


def _is_outdone(each: Found, first: Found) -> bool:
    return each.tier >= first.tier and each.rank[1] - first.rank[1] >= _MUCH_LATER


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))
