"""Find the lesson that is meant: an id, a number or a file, optionally followed by ``#`` and a variant."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tutor.lessons import Catalogue, cache
from tutor.lessons.blocks import Lesson
from tutor.paths import split_variant
from tutor.session.session import Session
from tutor.store import Store
from tutor.store.records import utc_now


def open_lesson(which: str, store: Store, *, resume: bool = False, now: Callable[[], datetime] = utc_now) -> Session:
    """Open a session of a lesson by id, number or path. With ``resume`` and no variant named, continue with the
    variant that was open last.

    Raises:
        LessonError: The lesson cannot be found or used.
    """
    name, variant = split_variant(which)
    lesson = load_lesson(name)
    if not variant and resume:
        variant = next((one.variant for one in store.positions() if one.lesson == lesson.id), "")
    return Session(with_variant(lesson, variant), store, now=now)


def load_lesson(name: str) -> Lesson:
    """Return a lesson by id, number or path, with the author's own numbers."""
    path = os.path.expanduser(name)
    return cache.load(Path(path) if os.path.isfile(path) else Catalogue().find(name).path)


def with_variant(lesson: Lesson, variant: str) -> Lesson:
    """Return the lesson with other numbers; with an empty variant, with the author's own."""
    if variant == (lesson.variant or ""):
        return lesson
    original = lesson if lesson.variant is None else cache.load(lesson.path)
    if not variant:
        return original
    from tutor.practice import vary  # not before: it reads the lesson's file again, with all that this takes

    return vary(original, variant)
