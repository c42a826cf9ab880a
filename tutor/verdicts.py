"""The verdicts on an answer and what is said with them: the same for marking, the session, the screen and authors."""

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
    KEPT = "kept"  # for what is never marked

    @property
    def counts(self) -> bool:
        """Whether an answer with this verdict counts as an attempt."""
        return self not in (Verdict.UNDECIDED, Verdict.UNREADABLE)

    @property
    def sign(self) -> str:
        """The sign that stands beside it, the same wherever it is shown."""
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
    """A mistake that explains an answer: its id in the guide's table, the sentence that names it, and the name of the
    number that it was made at (empty where that is not known any more)."""

    id: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell's verdict; ``message`` is empty where an earlier cell's explanation holds."""

    verdict: Verdict
    message: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The mark of one answer. ``message`` is what to show beside it; ``because`` are the fields' quantities further up
    that were wrong (``follows``); ``column`` is where reading stopped, from 1 (``unreadable``)."""

    verdict: Verdict
    message: str = ""
    mistakes: tuple[Mistake, ...] = ()
    cells: tuple[CellResult, ...] = ()
    because: tuple[str, ...] = ()
    value: float | None = None
    column: int | None = None
