"""How one number was judged, before anything is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tutor.marking.mark import Verdict
from tutor.marking.variants import RANK, Variant


class Tier(IntEnum):
    """How a mistake was found, the surest first."""

    AUTHOR = -1
    EXACT = 0
    WRITING = 1
    REPLAY = 2
    BOUND = 3
    OTHER = 4
    EVERYWHERE = 5
    EARLIER = 6
    PAIR = 7


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake that gives the number typed; of a pair, ``other`` is the earlier slip."""

    variant: Variant
    tier: Tier
    value: float
    other: Variant | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """The surer tier first, then the likelier mistake."""
        return (self.tier, RANK.get(self.variant.id, len(RANK)))


@dataclass(frozen=True)
class Judgement:
    """A verdict with what led to it; ``found`` are the mistakes that fit (a right answer's: its digits beyond those
    asked for).

    ``cut``: right, with digits cut off where rounding gives another last one. ``short``: too few decimals. ``early``:
    intermediates rounded too early, or an earlier answer that this follows from. ``blamed``: the learner's number for
    the first of ``because``. ``tie``: within the bound, and a
    mistake fits to the last digit. ``every``: all that fit, those of the same number too: what a grid chooses from.
    """

    verdict: Verdict
    found: tuple[Found, ...] = ()
    because: tuple[str, ...] = ()
    blamed: float = 0.0
    cut: bool = False
    short: bool = False
    early: bool = False
    tie: bool = False
    every: tuple[Found, ...] = ()


def best(found: list[Found], most: int = 2) -> tuple[Found, ...]:
    """The likeliest mistakes, one for each id and each number."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: one.rank):
        same_id = any(each.variant.id == one.variant.id and each.tier != Tier.AUTHOR for one in kept)
        same_number = any(abs(each.value - one.value) <= 1e-9 * max(1.0, abs(one.value)) for one in kept)
        if not same_id and not same_number:
            kept.append(each)
    return tuple(kept[:most])
