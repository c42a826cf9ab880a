"""In which order options and steps are offered, and the letters that they have there.

It is the same on the screen, on paper, in the key and to ``mark``, for everybody and on every machine: people speak of
"option b", and authors write the right one first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from tutor.lessons.blocks.base import Question
from tutor.lessons.blocks.field import Field, FieldOption
from tutor.lessons.template import IsShown, Template
from tutor.verdicts import Result, Verdict

NO_SUCH = Result(Verdict.UNREADABLE, "That is not one of the options.")


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferingQuestion(Question):
    """A question whose answer is picked from what it offers. The key of each is its place in the author's list."""

    @property
    def texts(self) -> tuple[Template, ...]:
        """What is offered, in the author's order."""
        raise NotImplementedError

    @property
    def offered(self) -> tuple[int, ...]:
        """The places of the texts in the order in which they are offered."""
        raise NotImplementedError

    @property
    def field_options(self) -> tuple[FieldOption, ...]:
        """What is offered, its texts still to be filled in."""
        return tuple(FieldOption(str(place), "") for place in self.offered)

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        """Return the field with the texts of its options."""
        texts = self.texts
        options = (FieldOption(option.key, texts[int(option.key)].fill(is_shown)) for option in field.options)
        return replace(field, options=tuple(options))

    def lettered(self) -> tuple[str, ...]:
        """Return what is offered as a sheet prints it."""
        texts = self.texts
        return tuple(f"{letter(n)}  {texts[place].fill()}" for n, place in enumerate(self.offered))

    def has_places(self, keys: Sequence[str]) -> bool:
        """Return whether all are places in the author's list; a stored answer may be older than the list."""
        return {str(place) for place in range(len(self.texts))}.issuperset(keys)


def still_to_come(count: int) -> str:
    """Return "one more", "two more"."""
    return "one more" if count == 1 else f"{count} more"


def shuffled(block: str, count: int) -> tuple[int, ...]:
    """Return the places 0 to ``count`` − 1 in an order that the id of the block alone decides."""
    return tuple(sorted(range(count), key=lambda place: sha256(f"{block}\0{place}".encode()).digest()))


def letter(place: int) -> str:
    """Return ``a``, ``b`` … for a place from 0 in the order that is offered; its number from the 27th on."""
    return chr(ord("a") + place) if place < 26 else str(place + 1)


def place_of(typed: str) -> int | None:
    """Return the place, from 0, that a letter names: ``b``, ``B``, ``b)`` or ``(b)``; None where it is none."""
    word = typed.strip().strip("().").casefold()
    return ord(word) - ord("a") if len(word) == 1 and "a" <= word <= "z" else None
