r"""Turn LaTeX as people type it into a field (``\hat{y} - y``, ``w_{21}``, ``\frac{1}{3}``) into a plain formula.

It knows only what formulas of this course need. It leaves an unknown command as it is, and the parser stops there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.formulas.wording import GREEK
from tutor.reading.source import Source

Sign = tuple[str, int]
"""A character and the offset that it came from."""

_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_NOTHING = frozenset({"left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "!"})
_WORDS = frozenset({"text", "mathrm", "mathit", "mathbf", "operatorname"})
_FRACTIONS = frozenset({"frac", "dfrac", "tfrac"})
_HATS = frozenset({"hat", "widehat"})
_SIGNS = {"cdot": "*", "times": "*", "ast": "*", "div": "/", "prime": "'", "partial": "d", **dict.fromkeys(",;: ", " ")}
_NAMES = frozenset({"exp", "ln", "log", "tanh", "max", "min", "sin", "cos"})
_GREEK = {**GREEK, "varepsilon": "ε"}


def without_latex(source: Source) -> Source:
    """Return the text with LaTeX's commands and braces translated; a text without any stays unchanged."""
    if not any(mark in source.plain for mark in ("\\", "_{", "^{", "{,}")):
        return source
    signs = _Reader(source.plain).read()
    places = tuple(source.places[place] for _, place in signs)
    return Source(source.typed, "".join(sign for sign, _ in signs), (*places, source.places[-1]))


class _Reader:
    """Translates a text in one pass."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.is_closed = False  # whether a name has just ended, so that what follows is another factor

    def read(self, end: int | None = None) -> list[Sign]:
        """Return the signs up to the offset ``end``, by default the end of the text."""
        end = len(self.text) if end is None else end
        found: list[Sign] = []
        last = ""
        while self.place < end:
            start, char = self.place, self.text[self.place]
            if char == "\\":
                match = _COMMAND.match(self.text, start)
                piece = self._command(start)
                found += [*_glue(found, piece, last, start), *piece]
                last = match[1] if match else ""
                self.is_closed = last in _HATS
            elif self.text.startswith("{,}", start):  # a decimal comma; without braces, LaTeX adds a space after it
                self.place += 3
                found.append((".", start))
            elif char == "'" and self.text[start + 1 : start + 3] == "_{":  # w'_{21} is w_{21}'
                self.place += 2
                found += [*self._argument(), (char, start)]
                self.is_closed, last = True, ""
            elif char in "_^" and self.text[start + 1 : start + 2] in ("{", "\\"):
                self.place += 1
                found += self._script(char, start)
                self.is_closed, last = char == "_", ""
            else:
                self.place += 1
                if self.is_closed and char.isalnum():
                    found.append(("*", start))
                found.append((char, start))
                self.is_closed, last = self.is_closed and char == "'", ""
        return found

    def _script(self, char: str, start: int) -> Iterator[Sign]:
        inner = self._argument()
        written = "".join(sign for sign, _ in inner)
        if char == "_" or (written and set(written) == {"'"}):
            if char == "^" and self.text[self.place : self.place + 2] == "_{":  # w^{\prime}_{21}
                self.place += 1
                yield from self._argument()
            yield from inner
        elif written in ("T", "⊤"):
            yield from ((sign, start) for sign in "^T")
        else:
            yield from (("^", start), ("(", start), *inner, (")", start))

    def _command(self, start: int) -> list[Sign]:
        match = _COMMAND.match(self.text, start)
        name = match[1] if match else ""
        self.place = match.end() if match else start + 1
        if name in _FRACTIONS:
            return self._fraction(start)
        if name in _HATS:
            return [*self._argument(), *((sign, start) for sign in "hat")]
        if name == "sqrt":
            return [*((sign, start) for sign in "sqrt("), *self._argument(), (")", start)]
        if name in _WORDS:
            return self._argument()
        if name == "partial":
            self._skip_spaces()
        if name in _SIGNS or name in _NOTHING:
            return [(sign, start) for sign in _SIGNS.get(name, "")]
        if name in _GREEK or name in _NAMES:
            return [(sign, start) for sign in _GREEK.get(name, name)]
        return [(sign, start + place) for place, sign in enumerate(self.text[start : self.place])]

    def _fraction(self, start: int) -> list[Sign]:
        is_slope = [self.text.startswith(r"\partial", self.place + 1)]
        above = self._argument()
        is_slope.append(self.text.startswith(r"\partial", self.place + 1))
        below = self._argument()
        if all(is_slope):  # the name of a slope, not a quotient
            return [*above, ("/", start), *below]
        opened, closed = ("(", start), (")", start)
        return [opened, opened, *above, closed, ("/", start), opened, *below, closed, closed]

    def _argument(self) -> list[Sign]:
        """Return what is in braces, or the next character or command."""
        self._skip_spaces()
        if self.place >= len(self.text):
            return []
        if self.text[self.place] == "\\":
            return self._command(self.place)
        if self.text[self.place] != "{":
            self.place += 1
            return [(self.text[self.place - 1], self.place - 1)]
        end = self._closing(self.place)
        self.place += 1
        inner = self.read(end)
        self.place = min(end + 1, len(self.text))
        return inner

    def _closing(self, start: int) -> int:
        """Return the offset where the brace opened at ``start`` is closed, or the end of the text."""
        depth = 0
        for place in range(start, len(self.text)):
            depth += {"{": 1, "}": -1}.get(self.text[place], 0)
            if not depth:
                return place
        return len(self.text)

    def _skip_spaces(self) -> None:
        while self.text[self.place : self.place + 1].isspace():
            self.place += 1


def _glue(found: list[Sign], piece: list[Sign], last: str, start: int) -> list[Sign]:
    """Return the sign between a name and the command after it: ``w\\hat{y}`` is a product, ``\\ln\\hat{y}`` is not."""
    if not found or not piece or last == "partial":
        return []
    before, behind = found[-1][0], piece[0][0]
    if not (before.isalnum() or before in "')") or not (behind.isalnum() or behind == "("):
        return []
    return [(" " if last in _NAMES or last in _WORDS else "*", start)]
