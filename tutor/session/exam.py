"""Exams: while one is on, answers are stored without a verdict.

The times of an exam are stored under the lesson and its variant. So the clock keeps running while the tutor is closed,
and reopening the lesson in another way does not reopen the exam.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tutor.formulas.wording import times
from tutor.session.answers import is_blank
from tutor.session.entries import Entry
from tutor.session.model import Answer, FieldKind, Result, Verdict
from tutor.store import Store

_NOT_ALL = "Fill in every cell."
_OVER = "The exam is over. What you answered before its end counts."


@dataclass(frozen=True, slots=True)
class ExamRules:
    """An exam under way: when it began, when it ends, how often a question may be answered, and whether verdicts are
    shown after its end (``after``) or never (``none``)."""

    started: datetime
    ends: datetime
    attempts: int = 1
    feedback: Literal["after", "none"] = "after"

    def is_on(self, now: datetime) -> bool:
        """Return whether answers are still accepted."""
        return now < self.ends

    def left(self, now: datetime) -> str:
        """Return the time left as a clock shows it: ``41:20``, ``1:30:00``."""
        seconds = max(0, math.ceil((self.ends - now).total_seconds()))
        hours, minutes = divmod(seconds // 60, 60)
        return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"

    def is_sealed(self, now: datetime) -> bool:
        """Return whether verdicts are withheld."""
        return self.feedback == "none" or self.is_on(now)


def set_exam(store: Store, lesson: str, variant: str, rules: ExamRules) -> None:
    """Begin an exam in this variant of a lesson, or change its times."""
    said = {"started": rules.started.isoformat(), "ends": rules.ends.isoformat()}
    store.set_setting(_name(lesson, variant), {**said, "attempts": rules.attempts, "feedback": rules.feedback})


def exam_of(store: Store, lesson: str, variant: str) -> ExamRules | None:
    """Return the exam that was begun in this variant of a lesson, whether it is over or not; None if there is none."""
    kept: dict[str, Any] = store.setting(_name(lesson, variant), {})
    try:
        started, ends = datetime.fromisoformat(kept["started"]), datetime.fromisoformat(kept["ends"])
        return ExamRules(started, ends, int(kept["attempts"]), "none" if kept["feedback"] == "none" else "after")
    except (KeyError, TypeError, ValueError):
        return None


def _name(lesson: str, variant: str) -> str:
    return f"exam:{lesson}#{variant}"


class ExamSeal:
    """Apply the rules of an exam to the answers of one lesson."""

    def __init__(self, rules: ExamRules, store: Store, key: tuple[str, str], now: Callable[[], datetime]) -> None:
        self.rules = rules
        self._now = now
        self.is_sealed = rules.is_sealed(now())
        kept = (row.field for row in store.attempts(*key) if row.verdict == Verdict.KEPT)
        self._given = Counter(kept)

    def refuses(self, entry: Entry) -> str:
        """Return why an answer is no longer accepted; empty if it is accepted."""
        if not entry.field.kind.earns_points:
            return ""
        if not self.rules.is_on(self._now()):
            return _OVER
        if entry.field.kind is FieldKind.LAB or self._given[entry.field.id] < self.rules.attempts:
            return ""
        which = "first" if self.rules.attempts == 1 else "last"
        return f"You can answer each question {times(self.rules.attempts)} here. Your {which} answer counts."

    def seal(self, entry: Entry, answer: Answer, result: Result) -> Result:
        """Reduce the mark of an answer to what may be said during an exam: that it cannot be read, or that it is kept.
        A kept answer uses up one of the field's attempts."""
        if not entry.field.kind.earns_points:
            return result
        if entry.field.kind is FieldKind.GRID and not all(part.strip() for part in answer):
            return Result(Verdict.UNREADABLE, _NOT_ALL)
        if entry.field.kind is FieldKind.LAB:
            return Result(Verdict.KEPT, "Kept. The checks are run after the exam.")
        # for partly filled gaps, naming only the empty ones would reveal that the others are right
        is_partly_filled = entry.field.kind is FieldKind.FILL and not is_blank(answer)
        if not result.verdict.counts and not is_partly_filled:
            return Result(result.verdict, result.message, column=result.column)
        self._given[entry.field.id] += 1
        left = self.rules.attempts - self._given[entry.field.id]
        return Result(Verdict.KEPT, f"Kept. You can change it {times(left)}." if left else "Kept.")
