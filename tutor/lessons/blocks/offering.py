"""Questions that offer options or steps, their order and their letters.

The order is shuffled because authors tend to write the right option first. It depends on the block alone, so that
"option b" is the same one on the screen, on paper, in the key and to ``tutor mark``, for everybody.
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
    """A question whose answer is picked from options. The key of an option is its index in the author's list."""

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts of the options, in the author's order."""
        raise NotImplementedError

    @property
    def offered(self) -> tuple[int, ...]:
        """The indices of the texts in the order in which they are offered."""
        raise NotImplementedError

    @property
    def field_options(self) -> tuple[FieldOption, ...]:
        """The options in the order offered; ``filled`` adds their texts."""
        return tuple(FieldOption(str(place), "") for place in self.offered)

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        """Return the field with the texts of its options."""
        texts = self.texts
        options = (FieldOption(option.key, texts[int(option.key)].fill(is_shown)) for option in field.options)
        return replace(field, options=tuple(options))

    def lettered(self) -> tuple[str, ...]:
        """Return the options with their letters, as a sheet prints them."""
        texts = self.texts
        return tuple(f"{letter(n)}  {texts[place].fill()}" for n, place in enumerate(self.offered))

    def has_places(self, keys: Sequence[str]) -> bool:
        """Return whether all keys are in the author's list; a stored answer may be older than the list."""
        return {str(place) for place in range(len(self.texts))}.issuperset(keys)


def still_to_come(count: int) -> str:
    """Return "one more", "2 more" and so on."""
    return "one more" if count == 1 else f"{count} more"


def shuffled(block: str, count: int) -> tuple[int, ...]:
    """Return the indices 0 to ``count`` − 1 in an order that depends only on the block's id."""
    return tuple(sorted(range(count), key=lambda place: sha256(f"{block}\0{place}".encode()).digest()))


def letter(place: int) -> str:
    """Return the letter ``a``, ``b`` … of an index in the order offered; from the 27th on, a number."""
    return chr(ord("a") + place) if place < 26 else str(place + 1)


def place_of(typed: str) -> int | None:
    """Return the index that a letter names (``b``, ``B``, ``b)`` or ``(b)``); None if the text is no letter."""
    word = typed.strip().strip("().").casefold()
    return ord(word) - ord("a") if len(word) == 1 and "a" <= word <= "z" else None
