"""A worked solution with a mistake in it, to be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.lessons.blocks.base import Block, Question, Reference


@dataclass(frozen=True, kw_only=True, eq=False)
class Find(Question):
    """The worked solution of a quantity with a typical mistake carried through: the one of the id ``mistake`` where it
    can be made here, a likely one where that is empty, none at all where it is "none"."""

    reference: Reference
    mistake: str = ""
    seed: str = ""
    decimals: int | None = None

    def parts(self) -> Sequence[Block]:
        """The lines as a text; which is wrong first, what went wrong there, and the right number as questions."""
        from tutor.lessons.worked import find_blocks

        return find_blocks(self)
