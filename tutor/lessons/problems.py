"""Problems in a lesson's file: where each is, what it says, and all of them as one error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.errors import LessonError

MOST_SHOWN = 50
"""How many problems an error's text lists: the first ones are usually the cause of the others."""

MOST_KEPT = 100
"""How many problems of a file are kept; of the others only their number is known."""

MOST_GATHERED = 1_000
"""How many are gathered before those that come first in the file are chosen. After so many nobody looks for more."""


_LONGEST = 700
"""Characters of a message."""


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


def clipped(message: str) -> str:
    """Return a message without its middle, where a lesson has made it far too long to read."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 160]} … {message[-150:]}"


class ProblemList:
    """What is wrong with a file, as it is found. Beyond ``MOST_GATHERED`` problems only their number grows."""

    def __init__(self, problems: Iterable[Problem] = (), more: int = 0) -> None:
        self._problems: dict[Problem, None] = {}
        self.more = more
        for problem in problems:
            self.add(problem)

    def add(self, problem: Problem) -> None:
        """Add a problem, once."""
        if problem in self._problems:
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
        """Whether it is of no use to look for more."""
        return len(self._problems) >= MOST_GATHERED

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    def __len__(self) -> int:
        return len(self._problems)


class LessonProblems(LessonError):
    """What is wrong with a lesson, with the place of each problem, in the order of the file.

    ``problems`` are at most ``MOST_KEPT``, and ``more`` is how many there are beside these.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(set(problems))
        self.problems: Sequence[Problem] = tuple(found[:MOST_KEPT])
        self.more = len(found) - len(self.problems) + (problems.more if isinstance(problems, ProblemList) else 0)
        report = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if (rest := len(self.problems) - len(report) + self.more) > 0:
            report.append(and_more(rest))
        super().__init__(report)


def and_more(count: int) -> str:
    """Say that there are more problems than are listed."""
    return f"… and {count:,} more."
