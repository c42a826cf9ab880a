"""Problems in a lesson's file: where each is, what it says, and all of them as one error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutor.errors import LessonError

#: More than this many are not listed: the first ones are usually the cause of the others.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong; ``line`` and ``column`` count from 1, ``source`` is the line, ``length`` the caret's.

    ``name`` is empty for an error, or a warning's name, which ``allow:`` accepts.
    """

    file: str
    line: int
    column: int
    message: str
    source: str = ""
    length: int = 1
    name: str = ""

    @property
    def heading(self) -> str:
        """``file:line:column: message``."""
        kind = f"warning[{self.name}]: " if self.name else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.message}"

    def __str__(self) -> str:
        if not self.source.strip():
            return self.heading
        source, shift = _window(self.source, self.column - 1)
        number = str(self.line)
        caret = "^" * max(1, min(self.length, len(source) - shift))
        return f"{self.heading}\n  {number} | {source}\n  {' ' * len(number)} | {' ' * shift}{caret}"


def _window(source: str, column: int) -> tuple[str, int]:
    """At most 110 characters of a line with the column in sight, and where the column is in them."""
    source = source.replace("\t", " ")
    if len(source) <= 110:
        return source, column
    start = max(0, column - 40)
    return ("…" if start else "") + source[start : start + 108], column - start + (1 if start else 0)


class LessonProblems(LessonError):
    """Everything that is wrong with a lesson, with the place of each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(sorted(set(problems)))
        report = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            report.append(f"… and {len(self.problems) - MOST_SHOWN} more.")
        super().__init__(report)
