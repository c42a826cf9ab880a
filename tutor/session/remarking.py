"""Mark answers again: after an earlier answer changed, after the lesson changed, and after an exam."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from tutor.formulas.wording import enumerated
from tutor.lessons.blocks import Lesson
from tutor.lessons.cache import content_hash
from tutor.session.entries import Questions
from tutor.session.marks import Marks
from tutor.session.model import FieldState, Result, Verdict
from tutor.session.states import AGAIN
from tutor.store import Store

#: What the learner sees of a mark.
_SHOWN = attrgetter("verdict", "message", "because", "cells")


class Remarking:
    """Marks the answers of one lesson again and updates ``states``."""

    def __init__(
        self, marks: Marks, questions: Questions, states: dict[str, FieldState], store: Store, key: tuple[str, str]
    ) -> None:
        self._marks = marks
        self._questions = questions
        self._states = states
        self._store = store
        self._key = key

    def again(self, names: Iterable[str]) -> tuple[tuple[str, Result], ...]:
        """Mark the answers in these fields again, and return those whose mark changed."""
        self._marks.begin()
        changed = []
        for name in names:
            state = self._states[name]
            entry = self._questions.entries[name]
            if state.answer is None or state.given_up or state.result is None or entry.item is None:
                continue
            result = self._marks.mark(entry, state.answer)
            if _SHOWN(result) != _SHOWN(state.result):
                solved = state.solved or result.verdict is Verdict.CORRECT
                self._states[name] = replace(state, result=result, solved=solved)
                changed.append((name, result))
        return tuple(changed)

    def catch_up(self, lesson: Lesson) -> str:
        """Mark every answer again if the lesson has changed since it was last open. Return what changed, in words, or
        an empty text."""
        setting, content = f"content {lesson.id}#{lesson.variant or ''}", content_hash(lesson)
        if self._store.setting(setting, "") == content:
            return ""
        self._marks.begin()
        changed = [name for name in list(self._questions.entries) if self._changes(name)]
        self._store.set_setting(setting, content)
        if not changed:
            return ""
        now_right = [self._spoken(name) for name in changed if self._states[name].solved]
        now_wrong = [self._spoken(name) for name in changed if not self._states[name].solved]
        parts = [f"Not right any more: {enumerated(now_wrong)}."] if now_wrong else []
        parts += [f"Right now: {enumerated(now_right)}."] if now_right else []
        return " ".join(["This lesson was changed, so your answers were marked again.", *parts])

    def _changes(self, name: str) -> bool:
        """Mark an answer by the present lesson, store the mark if it differs from the stored one, and return whether a
        right answer became wrong or the reverse."""
        entry, state = self._questions.entries[name], self._states[name]
        if state.answer is None or state.result is None or state.given_up or not entry.field.kind.is_marked:
            return False
        result = self._marks.mark(entry, state.answer)
        is_right = result.verdict is Verdict.CORRECT
        if is_right == state.solved and (is_right or result.verdict is state.result.verdict):
            return False
        self._states[name] = replace(state, result=result, solved=is_right)
        self._store.note(*self._key, name, f"{AGAIN}{result.verdict}")
        return is_right != state.solved

    def _spoken(self, name: str) -> str:
        """Return the name of a field for use in a sentence."""
        entry = self._questions.entries[name]
        return entry.field.label or f"a question on screen {entry.screen + 1}"

    def after_exam(self) -> None:
        """Mark each answer that was kept unmarked during the exam."""
        self._marks.begin()
        for name, entry in self._questions.entries.items():
            state = self._states[name]
            if state.kept and state.answer is not None and entry.field.kind.is_marked:
                result = self._marks.mark(entry, state.answer)
                solved = result.verdict is Verdict.CORRECT
                self._states[name] = replace(state, result=result, kept=False, solved=solved)
