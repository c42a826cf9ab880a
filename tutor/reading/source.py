"""A typed text in plain characters, each with the column it came from.

Typography without meaning is normalised here: no-break and thin spaces, full-width forms, dashes used as minus signs,
quotation marks around an answer, invisible characters from a paste. Mathematical signs (superscripts, hats, Greek) are
left to the formula parser.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tutor.reading.errors import Unreadable

_SIGNS = {
    **dict.fromkeys("−–—‐‑‒﹣－˗─", "-"),
    **dict.fromkeys("×·⋅∗•∙✕✖", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("≈≃≅≐~∼", "="),
    **dict.fromkeys("【〔⟦", "["),
    **dict.fromkeys("】〕⟧", "]"),
    "٫": ".",
    "٬": ",",
    "、": ",",
}
_FRACTIONS = {"½": " 1/2", "⅓": " 1/3", "¼": " 1/4", "⅔": " 2/3", "¾": " 3/4", "⅕": " 1/5", "⅛": " 1/8"}
OPENING, CLOSING = "[({", "])}"
_QUOTES = "\"'“”„‟«»‹›‘’‚‛`´$"
#: How many layers of quotation marks are removed; each layer copies the text, and no real answer has more.
_DEEPEST_QUOTES = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A text as ``typed`` and in ``plain`` characters; ``places`` are the offsets of these, and of the end."""

    typed: str
    plain: str
    places: tuple[int, ...]

    def part(self, start: int, end: int) -> Source:
        """Return the part from ``start`` to ``end``, without spaces around it."""
        while start < end and self.plain[start].isspace():
            start += 1
        while end > start and self.plain[end - 1].isspace():
            end -= 1
        return Source(self.typed, self.plain[start:end], self.places[start : end + 1])

    def unbracketed(self, opening: str) -> Source:
        """Return the text without brackets of these kinds around the whole."""
        source = self
        while (close := whole_bracket(source.plain)) is not None and source.plain[0] in opening:
            source = source.part(1, close)
        return source

    def replaced(self, start: int, end: int, new: str) -> Source:
        """Return the text with some characters replaced; the new ones all get the place of the first."""
        places = (*self.places[:start], *(self.places[start],) * len(new), *self.places[end:])
        return Source(self.typed, self.plain[:start] + new + self.plain[end:], places)

    def blanked(self, spans: Iterable[tuple[int, int]]) -> Source:
        """Return the text with the characters in ``spans`` replaced by spaces."""
        marks = list(self.plain)
        for start, end in spans:
            marks[start:end] = " " * (end - start)
        return self.with_characters("".join(marks))

    def with_characters(self, plain: str) -> Source:
        """Return the text with other plain characters, one for each place."""
        return Source(self.typed, plain, self.places)

    @property
    def written(self) -> str:
        """The part of the typed text that this comes from."""
        return self.typed[self.places[0] : self.places[-1]]

    def error(self, message: str, offset: int = 0, *, hint: str = "") -> Unreadable:
        """Return the error at an offset into ``plain``."""
        place = self.places[max(0, min(offset, len(self.places) - 1))]
        return Unreadable(message, place + 1, text=self.typed, hint=hint)


def whole_bracket(text: str) -> int | None:
    """Return the offset where a bracket around the whole text closes, or None."""
    if not text or text[0] not in OPENING:
        return None
    depth = 0
    for offset, mark in enumerate(text):
        depth += (mark in OPENING) - (mark in CLOSING)
        if depth == 0:
            return offset if offset == len(text) - 1 else None
    return None


def clean(text: str, longest: int) -> Source:
    """Return the plain form of a typed text.

    Raises:
        Unreadable: It has a control character, or more than ``longest`` characters.
    """
    if len(text) > longest:
        raise Unreadable(f"This is longer than {longest} characters.", longest + 1, text=text, hint="Shorten it.")
    plain: list[str] = []
    places: list[int] = []
    for place, mark in enumerate(text):
        for each in _plain(mark, text, place):
            plain.append(each)
            places.append(place)
    source = Source(text, "".join(plain), (*places, len(text))).part(0, len(plain))
    return _unquoted(source)


def _plain(mark: str, text: str, place: int) -> str:
    if " " <= mark < "~" or mark in "\t\n":
        return mark
    if mark in _SIGNS or mark in _FRACTIONS:
        return _SIGNS.get(mark) or _FRACTIONS[mark]
    category = unicodedata.category(mark)
    if category == "Zs" or mark in "\r\v\f\u2028\u2029\x85":
        return "\n" if mark in "\u2028\u2029\x85\v\f" else " "
    if category == "Cf":
        return ""
    if category in ("Cc", "Cs"):
        raise Unreadable("There is an invisible control character here.", place + 1, text=text, hint="Type it again.")
    if category == "Nd":
        return str(unicodedata.decimal(mark))
    if "\uff01" <= mark <= "\uff5e" or "\ufe50" <= mark <= "\ufe6b":
        return unicodedata.normalize("NFKC", mark)
    return mark


def _unquoted(source: Source) -> Source:
    """Return the text without quotation marks around the whole; a prime at the end of a name stays."""
    for _ in range(_DEEPEST_QUOTES):
        if len(source.plain) < 2 or source.plain[0] not in _QUOTES or source.plain[-1] not in _QUOTES:
            break
        source = source.part(1, len(source.plain) - 1)
    return source
