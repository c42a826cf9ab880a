"""Collect what was answered in a lesson, for looking back."""

from __future__ import annotations

from tutor.lessons.blocks import Lesson
from tutor.session.answers import from_text, readable, readable_alone
from tutor.session.entries import Questions, with_texts
from tutor.session.model import Attempt, LookBack, Verdict
from tutor.session.visibility import Visibility
from tutor.store import AttemptRecord, Store


def look_back(
    lesson: Lesson, store: Store, questions: Questions, visibility: Visibility, *, is_practising: bool
) -> LookBack:
    """Return everything answered in a lesson, in all its variants, oldest first; while practising, only the answers to
    these questions."""
    rows = store.attempts(lesson.id, renamed=questions.renamed, archived=True)
    if is_practising:
        rows = tuple(row for row in rows if questions.find(row.field) is not None)
    return LookBack(lesson.title, tuple(_attempt(row, lesson, questions, visibility) for row in rows))


def _attempt(row: AttemptRecord, lesson: Lesson, questions: Questions, visibility: Visibility) -> Attempt:
    entry = questions.find(row.field)
    label, screen, answer = row.field, "", readable_alone(row.answer)
    if entry is not None:
        field = with_texts(entry, visibility.is_shown)
        label = field.label or str(getattr(entry.block, "prompt", "")) or field.id
        listed = row.field in questions.listed
        screen = lesson.screens[entry.screen].title if listed else "Worksheet"
        answer = readable(field, from_text(field.kind, row.answer))
    verdict = Verdict(row.verdict) if row.verdict in set(Verdict) else Verdict.KEPT
    return Attempt(row.field, label, screen, answer, verdict, row.message, row.when, row.variant, row.archived)
