"""Errors in a lesson's YAML: what the parser reported, and what to tell the author."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_VALUE = re.compile(r"^(?P<lead>\s*(?:- +)*(?:[\w.@/-]+ *:[ \t]+)?)(?P<value>\S.*)$")


@dataclass(frozen=True, slots=True)
class Explained:
    """A YAML error in words for an author. ``line`` and ``column`` count from 0; ``repaired`` replaces the line."""

    line: int
    column: int
    message: str
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class YamlError:
    """What the parser reported. Lines and columns count from 0; ``context_line`` is −1 if there is no context."""

    lines: Sequence[str]
    problem: str
    line: int
    column: int
    context_line: int
    context_column: int

    @property
    def text(self) -> str:
        """The line on which the parser stopped."""
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def character(self) -> str:
        """The character at which it stopped."""
        return self.text[self.column : self.column + 1]

    @property
    def indent(self) -> int:
        """The indentation of that line."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def line_above(self) -> int:
        """The nearest line above that is neither empty nor a comment."""
        return max(_line_above(self.lines, self.line), 0)


def _line_above(lines: Sequence[str], line: int) -> int:
    for number in range(min(line, len(lines)) - 1, -1, -1):
        stripped = lines[number].strip()
        if stripped and not stripped.startswith("#"):
            return number
    return -1


def quoted(line: str) -> str | None:
    """Return the line with its value in single quotes, or None if that makes no sense."""
    match = _VALUE.match(line)
    if match is None or (match["value"][0] in "'\"|>" and len(match["value"]) < 3):
        return None
    return match["lead"] + "'" + match["value"].rstrip().replace("'", "''") + "'"


def value_column(line: str) -> int:
    """Return the column in which a line's value begins."""
    match = _VALUE.match(line)
    return match.start("value") if match else 0


def aligned(lines: Sequence[str], number: int) -> str:
    """Return the line with the indentation of the one above or of its list, or with more if that line opens
    something."""
    text = lines[number].strip()
    place = _line_above(lines, number)
    above = lines[place] if place >= 0 else ""
    dash = len(above) - len(above.lstrip(" "))
    column = len(above) - len(above.lstrip(" -"))
    if re.search(r":( +[|>][-+]?)?\s*$", above):
        return " " * (column + 2) + text
    return " " * (dash if text.startswith("- ") else column) + text
