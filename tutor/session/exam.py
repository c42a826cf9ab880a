"""An exam: while it is on, answers are kept and nothing is said about them.

Its times stand in the store under the lesson and its numbers, so the clock goes on when the tutor is closed, and the
lesson is closed in every way it can be opened.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tutor.session.entries import Entry
from tutor.session.model import Answer, FieldKind, Result, Verdict
from tutor.store import Store

_UNMARKED = (FieldKind.RUN, FieldKind.WRITE)
_NOT_ALL = "Fill in every cell."
_OVER = "The exam is over. What you answered before its end counts."


@dataclass(frozen=True, slots=True)
class ExamRules:
    """An exam as it is under way: when it began, when it ends, how often a question may be answered, and whether
    verdicts are shown after its end (``after``) or never (``none``)."""

    started: datetime
    ends: datetime
    attempts: int = 1
    feedback: Literal["after", "none"] = "after"

    def is_on(self, now: datetime) -> bool:
        """Whether answers are taken."""
        return now < self.ends

    def left(self, now: datetime) -> str:
        """The time that is left, as a clock shows it: ``41:20``, ``1:30:00``."""
        seconds = max(0, math.ceil((self.ends - now).total_seconds()))
        hours, minutes = divmod(seconds // 60, 60)
        return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"

    def is_sealed(self, now: datetime) -> bool:
        """Whether nothing is said about answers."""
        return self.feedback == "none" or self.is_on(now)


def set_exam(store: Store, lesson: str, variant: str, rules: ExamRules) -> None:
    """Begin an exam in a lesson with these numbers, or give it other times."""
    said = {"started": rules.started.isoformat(), "ends": rules.ends.isoformat()}
    store.set_setting(_name(lesson, variant), {**said, "attempts": rules.attempts, "feedback": rules.feedback})


def exam_of(store: Store, lesson: str, variant: str) -> ExamRules | None:
    """The exam that was begun in a lesson with these numbers, over or not."""
    kept: dict[str, Any] = store.setting(_name(lesson, variant), {})
    try:
        started, ends = datetime.fromisoformat(kept["started"]), datetime.fromisoformat(kept["ends"])
        return ExamRules(started, ends, int(kept["attempts"]), "none" if kept["feedback"] == "none" else "after")
    except (KeyError, TypeError, ValueError):
        return None


def _name(lesson: str, variant: str) -> str:
    return f"exam:{lesson}#{variant}"


class ExamSeal:
    """What an exam does to the answers of one lesson."""

    def __init__(self, rules: ExamRules, store: Store, key: tuple[str, str], now: Callable[[], datetime]) -> None:
        self.rules = rules
        self._now = now
        self.is_sealed = rules.is_sealed(now())
        kept = (row.field for row in store.attempts(*key) if row.verdict == Verdict.KEPT)
        self._given = Counter(kept)

    def refuses(self, entry: Entry) -> str:
        """Why an answer is not taken any more; nothing where it is."""
        if entry.field.kind in _UNMARKED:
            return ""
        if not self.rules.is_on(self._now()):
            return _OVER
        if entry.field.kind is FieldKind.LAB or self._given[entry.field.id] < self.rules.attempts:
            return ""
        if self.rules.attempts == 1:
            return "Each question is answered once here. Your first answer stands."
        return f"Each question is answered {self.rules.attempts} times here. Your last answer stands."

    def seal(self, entry: Entry, answer: Answer, result: Result) -> Result:
        """What may be said about an answer: that it cannot be read, or that it is kept."""
        if entry.field.kind in _UNMARKED:
            return result
        if entry.field.kind is FieldKind.GRID and not all(part.strip() for part in answer):
            return Result(Verdict.UNREADABLE, _NOT_ALL)
        if entry.field.kind is FieldKind.LAB:
            return Result(Verdict.KEPT, "Kept. The checks are run after the exam.")
        if not result.verdict.counts:
            return Result(result.verdict, result.message, column=result.column)
        self._given[entry.field.id] += 1
        left = self.rules.attempts - self._given[entry.field.id]
        return Result(Verdict.KEPT, f"Kept. You can change it {_times(left)}." if left else "Kept.")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
