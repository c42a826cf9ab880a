"""The verdicts on an answer: the one list that marking, the session, the screen and the tools for authors share."""

from __future__ import annotations

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
