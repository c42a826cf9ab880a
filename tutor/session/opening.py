"""Find the lesson that is meant, by an id, a number or a file, and put other numbers into it."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.lessons import Catalogue, cache
from tutor.lessons.blocks import Lesson


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
