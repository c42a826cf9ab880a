"""A worked solution whose last lines are the learner's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.lessons.blocks.base import Block, Question, Reference


@dataclass(frozen=True, kw_only=True, eq=False)
class Worked(Question):
    """The worked solution of a quantity, the last ``open`` lines left to the learner. In a lesson it is the lines that
    are shown and an ``ask`` of the others."""

    reference: Reference
    open: int = 1
    decimals: int | None = None

    def parts(self) -> Sequence[Block]:
        """The lines as a text, and the open ones as questions."""
        from tutor.lessons.worked import worked_blocks

        return worked_blocks(self)
