"""One or several of some options."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Question
from tutor.lessons.blocks.offering import shuffled
from tutor.lessons.template import EMPTY, Template


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One option: ``condition`` is what made it right or wrong, where that depends on the numbers."""

    text: Template
    correct: bool
    why: Template = EMPTY
    condition: Tree | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Choose(Question):
    """One or ``several`` of some options; ``prompt`` is the question."""

    options: tuple[Option, ...]
    several: bool = False
    shuffle: bool = True

    @property
    def offered(self) -> tuple[int, ...]:
        """The places of the options in the order in which they are offered."""
        count = len(self.options)
        return shuffled(self.id, count) if self.shuffle else tuple(range(count))
