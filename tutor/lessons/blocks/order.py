"""Steps to put in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutor.lessons.blocks.base import Question
from tutor.lessons.blocks.offering import shuffled
from tutor.lessons.template import Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Order(Question):
    """Steps to put in order: ``groups`` in a right order, the steps within one in any; ``extra`` belong nowhere.

    ``before`` are the pairs of places (earlier, later) that a right order keeps; where there are several sets of them,
    a right order keeps one.
    """

    groups: tuple[tuple[Template, ...], ...]
    extra: tuple[Template, ...] = ()
    before: tuple[tuple[tuple[int, int], ...], ...] = ()

    def misplaced(self, places: Sequence[int]) -> tuple[int, ...]:
        """Return where a step stands before one that has to come first, by the set of pairs that goes well for
        longest."""
        found = [_too_early(places, pairs) for pairs in self.before]
        return max(found, key=lambda each: (each[0] if each else len(places), -len(each)))

    def keeps_order(self, places: Sequence[int]) -> bool:
        """Return whether steps, some of which may be missing, stand in a right order among themselves."""
        at = {place: index for index, place in enumerate(places)}
        return any(
            all(at[first] < at[later] for first, later in pairs if first in at and later in at) for pairs in self.before
        )

    @property
    def steps(self) -> tuple[Template, ...]:
        """The right steps, one after the other."""
        return tuple(step for group in self.groups for step in group)

    @property
    def offered(self) -> tuple[int, ...]:
        """The places of the steps, with those that belong nowhere, as they are offered: never in a right order."""
        mixed = shuffled(self.id, len(self.steps) + len(self.extra))
        for _ in mixed:
            if self.misplaced([place for place in mixed if place < len(self.steps)]):
                break
            mixed = mixed[1:] + mixed[:1]
        return mixed


def _too_early(places: Sequence[int], pairs: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Return the indices of the steps that stand before one of those that have to come first."""
    return tuple(
        index
        for index, place in enumerate(places)
        if any(later == place and first not in places[:index] for first, later in pairs)
    )
