"""The verdicts on an answer and the results that carry them, for marking, the session, the screens and authors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How an answer was judged."""

    CORRECT = "correct"
    IMPRECISE = "imprecise"
    FOLLOWS = "follows"
    WRONG = "wrong"
    UNDECIDED = "undecided"
    UNREADABLE = "unreadable"
    KEPT = "kept"  # for answers that are never marked

    @property
    def counts(self) -> bool:
        """Whether an answer with this verdict counts as an attempt."""
        return self not in (Verdict.UNDECIDED, Verdict.UNREADABLE)

    @property
    def sign(self) -> str:
        """The sign that is shown beside the verdict."""
        return _SIGNS[self]


_SIGNS = {
    Verdict.CORRECT: "✓",
    Verdict.IMPRECISE: "≈",
    Verdict.FOLLOWS: "~",
    Verdict.WRONG: "✗",
    Verdict.UNDECIDED: "?",
    Verdict.UNREADABLE: "!",
    Verdict.KEPT: "•",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that explains an answer: its id in the guide's table and the sentence that names it.

    ``place`` is the name of the number in which it was made (empty where this is no longer known).
    """

    id: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell's verdict; ``message`` is empty where an earlier cell's message explains it already."""

    verdict: Verdict
    message: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The mark of one answer.

    ``message`` is shown beside it. For ``follows``, ``because`` names the earlier quantities that were wrong. For
    ``unreadable``, ``column`` is where reading stopped, from 1.
    """

    verdict: Verdict
    message: str = ""
    mistakes: tuple[Mistake, ...] = ()
    cells: tuple[CellResult, ...] = ()
    because: tuple[str, ...] = ()
    value: float | None = None
    column: int | None = None
