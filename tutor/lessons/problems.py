"""Problems in a lesson file, each with its place, and one error for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.errors import LessonError

MOST_SHOWN = 50
"""The largest number of problems that an error's text lists: the first ones are usually the cause of the others."""

MOST_KEPT = 100
"""The largest number of problems that are kept for a file; the others are only counted."""

MOST_GATHERED = 1_000
"""The number of problems after which the search for more ends. The first in the file are then kept."""


_LONGEST = 700
"""The largest length of a message."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One error or warning. ``line`` and ``column`` count from 1, ``source`` is the text of the line, and ``length`` is
    the number of carets under it.

    ``name`` is the warning's name, as ``allow:`` accepts it, or empty for an error.
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
        """The first line of the report: ``file:line:column: message``."""
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
    """Return at most 110 characters of a line around the column, and the position of the column in them."""
    source = source.replace("\t", " ")
    if len(source) <= 110:
        return source, column
    start = max(0, column - 40)
    return ("…" if start else "") + source[start : start + 108], column - start + (1 if start else 0)


def clipped(message: str) -> str:
    """Return a message without its middle if the lesson has made it too long to read."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 160]} … {message[-150:]}"


class ProblemList:
    """Collects the problems of a file. Beyond ``MOST_GATHERED``, further problems are only counted in ``more``."""

    def __init__(self, problems: Iterable[Problem] = (), more: int = 0) -> None:
        self._problems: dict[Problem, None] = {}
        self.more = more
        for problem in problems:
            self.add(problem)

    def add(self, problem: Problem | None) -> None:
        """Add a problem, unless it is None or there already."""
        if problem is None or problem in self._problems:
            return
        if self.is_full:
            self.more += 1
        else:
            self._problems[problem] = None

    def extend(self, others: ProblemList) -> None:
        """Add the problems of another list."""
        for problem in others:
            self.add(problem)
        self.more += others.more

    def drop_after(self, count: int) -> None:
        """Drop the problems that were added after the first ``count``."""
        self._problems = dict.fromkeys([*self._problems][:count])

    @property
    def is_full(self) -> bool:
        """Whether there are so many problems that the search for more should end."""
        return len(self._problems) >= MOST_GATHERED

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    def __len__(self) -> int:
        return len(self._problems)


class LessonProblems(LessonError):
    """A lesson has problems. ``problems`` are the first ``MOST_KEPT`` in the order of the file; ``more`` counts the
    others."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(set(problems))
        self.problems: Sequence[Problem] = tuple(found[:MOST_KEPT])
        self.more = len(found) - len(self.problems) + (problems.more if isinstance(problems, ProblemList) else 0)
        report = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if (rest := len(self.problems) - len(report) + self.more) > 0:
            report.append(and_more(rest))
        super().__init__(report)


def and_more(count: int) -> str:
    """Return the line that says how many more problems there are."""
    return f"… and {count:,} more."
