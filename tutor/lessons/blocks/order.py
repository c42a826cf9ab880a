"""Steps to put in order."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Question
from tutor.lessons.template import Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Order(Question):
    """Steps to put in order: ``groups`` in the right order, the steps within one in any; ``extra`` belong nowhere."""

    groups: tuple[tuple[Template, ...], ...]
    extra: tuple[Template, ...] = ()

    @property
    def steps(self) -> tuple[Template, ...]:
        """The right steps, one after the other."""
        return tuple(step for group in self.groups for step in group)
