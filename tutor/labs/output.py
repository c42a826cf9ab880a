"""Make a program's output safe to show: no escape sequences, no control characters, no endless lines.

A terminal obeys escape sequences. A learner's program must not move the tutor's cursor, set the title of the window or
fill the clipboard.
"""

from __future__ import annotations

import codecs
import re

LONGEST_LINE = 2_000
MOST_LINES = 5_000

_ESCAPES = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC and similar: titles, links, the clipboard
    r"|[ -/]*[0-~]"  # the short ones
    r")"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\x9c]{0,200}\x1b?|[ -/]*)?\Z")
# everything in Unicode that is not meant to be read: controls, marks that change the direction of writing, joiners
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def plain(text: str) -> str:
    """Return a text without escape sequences and control characters; newlines, tabs and carriage returns stay."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


class Cleaner:
    """Turns a stream of bytes into safe text; characters and sequences that arrive in pieces are joined."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes, *, is_last: bool = False) -> str:
        """Return the text that is complete so far."""
        text = self._rest + self._decoder.decode(data, is_last)
        cut = None if is_last else _UNFINISHED.search(text)
        self._rest = text[cut.start() :] if cut else ""
        return plain(text[: cut.start()] if cut else text)


class Output:
    """Collects output as lines, as a terminal would show them: a carriage return overwrites its line.

    Long lines are cut, with a note; of very many lines only the last ones are kept.
    """

    def __init__(self, most_lines: int = MOST_LINES, longest_line: int = LONGEST_LINE) -> None:
        self._most = most_lines
        self._longest = longest_line
        self._lines: list[str] = []
        self._current = ""
        self._cut = 0
        self._returned = False

    def feed(self, text: str) -> None:
        """Add printed text."""
        pieces = text.replace("\r\n", "\n").split("\n")
        for place, piece in enumerate(pieces):
            if place:
                self._end_line()
            self._add(piece)

    def _add(self, piece: str) -> None:
        if self._returned and piece:
            self._current, self._cut, self._returned = "", 0, False
        if "\r" in piece:
            *before, last = piece.split("\r")
            self._returned = not last
            piece = last or before[-1]
            self._current, self._cut = "", 0
        left = self._longest - len(self._current)
        self._current += piece[:left]
        self._cut += max(0, len(piece) - left)

    def _end_line(self) -> None:
        self._lines.append(self._shown())
        self._current, self._cut, self._returned = "", 0, False
        if len(self._lines) > self._most + self._most // 10:
            del self._lines[: -self._most]

    def take(self) -> list[str]:
        """Remove and return the complete lines, for callers that show each line at once."""
        taken, self._lines = self._lines, []
        return taken

    def _shown(self) -> str:
        return f"{self._current} … ({self._cut:,} more characters in this line)" if self._cut else self._current

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines so far; the last one may still grow."""
        return (*self._lines[-self._most :], *((self._shown(),) if self._current else ()))

    @property
    def text(self) -> str:
        """All lines as one text, ending in a newline unless the last line is unfinished or nothing was printed."""
        return "\n".join(self._lines) + ("\n" if self._lines else "") + self._shown()
