"""One or several of some options."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Question
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
        """The places of the options in the order in which they are offered: the same on the screen, on paper, in the
        key and to ``mark``, and on every machine. Authors write the right one first."""
        places = range(len(self.options))
        return tuple(sorted(places, key=lambda place: _chance(self.id, place)) if self.shuffle else places)


def _chance(block: str, place: int) -> bytes:
    return sha256(f"{block}\0{place}".encode()).digest()


def letter(place: int) -> str:
    """``a``, ``b`` … for options in the order in which they are offered."""
    return chr(ord("a") + place) if place < 26 else str(place + 1)
