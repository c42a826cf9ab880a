"""Which lesson is meant: an id, a number, a title's beginning or a file, with ``#`` and the variant after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tutor.lessons.blocks import Lesson
from tutor.session.session import Session
from tutor.store import Store
from tutor.store.records import utc_now


def split_variant(text: str) -> tuple[str, str]:
    """``forward-pass#17`` is ``forward-pass`` with the numbers ``17``; a file whose name has a # is itself."""
    if Path(text).exists():
        return text, ""
    name, _, variant = text.partition("#")
    return name, variant.strip()


def open_lesson(which: str, store: Store, *, resume: bool = False, now: Callable[[], datetime] = utc_now) -> Session:
    """The session of a lesson by id, number or path. With ``resume`` and no variant named, the one that was open last.

    Raises ``LessonError`` where it can't be used or found.
    """
    name, variant = split_variant(which)
    lesson = load_lesson(name)
    if not variant and resume:
        variant = next((one.variant for one in store.positions() if one.lesson == lesson.id), "")
    return Session(with_variant(lesson, variant), store, now=now)


def load_lesson(name: str) -> Lesson:
    """A lesson by id, number or path, with the author's own numbers."""
    from tutor.lessons import Catalogue, load

    path = Path(name).expanduser()
    if path.is_file():
        return load(path)
    return load(Catalogue().find(name).path)


def with_variant(lesson: Lesson, variant: str) -> Lesson:
    """The lesson with other numbers; with an empty variant, the author's own."""
    from tutor.lessons import load
    from tutor.practice import vary

    if variant == (lesson.variant or ""):
        return lesson
    original = lesson if lesson.variant is None else load(lesson.path)
    return vary(original, variant) if variant else original
