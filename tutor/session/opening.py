"""Load a lesson by id, number or path, and make variants of it."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.lessons import Catalogue, cache
from tutor.lessons.blocks import Lesson


def load_lesson(name: str) -> Lesson:
    """Return the lesson with this id, number or path, with the author's numbers.

    Raises:
        LessonError: The lesson cannot be found or used.
    """
    path = os.path.expanduser(name)
    return cache.load(Path(path) if os.path.isfile(path) else Catalogue().find(name).path)


def with_variant(lesson: Lesson, variant: str) -> Lesson:
    """Return a variant of the lesson; an empty ``variant`` means the author's numbers."""
    if variant == (lesson.variant or ""):
        return lesson
    original = lesson if lesson.variant is None else cache.load(lesson.path)
    if not variant:
        return original
    from tutor.practice import vary  # imports YAML and pydantic, which a cached lesson does not need

    return vary(original, variant)
