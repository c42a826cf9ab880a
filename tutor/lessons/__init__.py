"""Lessons: read YAML safely, report every error with its place, and resolve everything in a lesson.

    lesson = load("lessons/02-the-forward-pass.yaml")
    lesson.screens[0].blocks, lesson.models["lab2"], lesson.graph("lab2")

Begin with ``loader.py``. ``yaml`` reads the file, ``validate.py`` checks it, ``networks.py`` builds its models,
``building`` its blocks, and ``blocks`` says what they are.

Importing this imports next to nothing, so that the first screen has its list of lessons at once: the blocks come when
they are first named, pydantic and YAML with the first ``load``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.lessons.catalogue import Catalogue, Entry

if TYPE_CHECKING:
    from tutor.lessons.blocks import Lesson
    from tutor.lessons.problems import LessonProblems, Problem

Specs = Mapping[str, Mapping[str, object]]


def load(path: Path | str) -> Lesson:
    """Return the lesson in a file, everything resolved; raises ``LessonProblems`` with all that is wrong."""
    from tutor.lessons import loader

    return loader.load(path)


def load_source(path: Path | str) -> Lesson:
    """Return the same, for a lesson or a file of one ``network:`` or ``worksheet:`` (a ``Lesson`` without screens)."""
    from tutor.lessons import loader

    return loader.load_source(path)


def with_models(lesson: Lesson, specs: Specs, variant: str) -> Lesson:
    """Return a lesson as it stands in its file, with other specs for the named models, everything in it resolved
    anew."""
    from tutor.lessons import loader

    return loader.with_models(lesson, specs, variant)


def __getattr__(name: str) -> type:
    """Return what is not needed for the list of lessons, when it is first named."""
    if name == "Lesson":
        from tutor.lessons.blocks import Lesson

        return Lesson
    if name in ("LessonProblems", "Problem"):
        from tutor.lessons import problems

        found: type = getattr(problems, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Catalogue",
    "Entry",
    "Lesson",
    "LessonProblems",
    "Problem",
    "load",
    "load_source",
    "with_models",
]
