"""Write and read lines, on a terminal with line editing or through pipes."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

from tutor.cleaning import clean, shows_mathematics, whole
from tutor.plain.ascii import to_ascii
from tutor.plain.markdown import one_line, to_lines


class Terminal:
    """Writes to ``out`` and reads from ``source``; ``ascii_only`` writes everything in ASCII."""

    def __init__(self, source: TextIO | None = None, out: TextIO | None = None, *, ascii_only: bool = False) -> None:
        self.source = source or sys.stdin
        self.out = out or sys.stdout
        self.ascii_only = ascii_only or not shows_mathematics(self.out)
        self.is_interactive = self.source is sys.stdin and self.source.isatty()
        if isinstance(self.source, io.TextIOWrapper):
            self.source.reconfigure(errors="replace")  # an undecodable byte must not end the tutor
        if self.is_interactive:
            _edit_lines()

    @property
    def width(self) -> int:
        """The number of characters in a line: what fits the terminal now, from 20 to 90."""
        return min(max(shutil.get_terminal_size((80, 24)).columns - 2, 20), 90)

    def spell(self, text: str) -> str:
        """Return text cleaned, and in ASCII if that is needed."""
        shown = clean(text)
        return to_ascii(shown) if self.ascii_only else shown

    def say(self, *lines: str) -> None:
        """Write lines; without arguments, an empty line."""
        for line in lines or ("",):
            self.out.write(self.spell(line) + "\n")
        self.out.flush()

    def say_markdown(self, markdown: str, indent: str = "") -> None:
        """Write a Markdown text, filled to the width."""
        lines = to_lines(markdown, self.width - len(indent), ascii_only=self.ascii_only)
        self.say_all(indent + line if line else line for line in lines)

    def say_filled(self, text: str, first: str = "", rest: str | None = None) -> None:
        """Write a text filled to the width, ``first`` before its first line and ``rest`` before the others."""
        following = " " * len(first) if rest is None else rest
        self.say_all(
            textwrap.wrap(
                " ".join(self.spell(text).split()),
                self.width,
                initial_indent=first,
                subsequent_indent=following,
                break_long_words=False,
                break_on_hyphens=False,
            )
            or [first.rstrip()]
        )

    def say_all(self, lines: Iterable[str]) -> None:
        """Write lines, if there are any."""
        for line in lines:
            self.say(line)

    def in_line(self, markdown: str) -> str:
        """Return a short Markdown text (a title, an option, a message) on one line."""
        return one_line(markdown, ascii_only=self.ascii_only)

    def ask(self, prompt: str) -> str | None:
        """Return the next typed line without its end, or None if there are no more.

        A line from a pipe is written out too, so that a transcript is complete.
        """
        shown = self.spell(prompt)
        if self.is_interactive:
            try:
                return whole(input(shown))
            except EOFError:
                return None
        self.out.write(shown)
        line = whole(self.source.readline())
        self.out.write(self.spell(line.rstrip("\r\n")) + "\n")
        self.out.flush()
        return line.rstrip("\r\n") if line else None


def _edit_lines() -> None:
    """Enable arrow keys and history while typing, if the platform has them."""
    try:
        import readline  # noqa: F401
    except ImportError:
        return
