"""Lessons: YAML read safely, every slip told with its place, everything in a lesson resolved.

    lesson = load("lessons/02-the-forward-pass.yaml")
    lesson.screens[0].blocks, lesson.models["lab2"], lesson.graph("lab2")

Importing this imports neither pydantic nor YAML; ``load`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tutor.lessons.blocks import Lesson
from tutor.lessons.catalogue import Catalogue, Entry, load_catalogue
from tutor.lessons.problems import LessonProblems, Problem

Specs = Mapping[str, Mapping[str, object]]


def load(path: Path | str, *, models: Specs | None = None, variant: str | None = None) -> Lesson:
    """The lesson in a file, everything resolved; raises ``LessonProblems`` with all that is wrong.

    ``models`` are specs by name that take the place of the file's own numbers, for the ``variant`` of that name.
    """
    from tutor.lessons import loader

    return loader.load(path, models=models, variant=variant)


def load_source(path: Path | str, *, models: Specs | None = None, variant: str | None = None) -> Lesson:
    """The same, for a lesson or a file of one ``network:`` or ``worksheet:`` (a ``Lesson`` without screens)."""
    from tutor.lessons import loader

    return loader.load_source(path, models=models, variant=variant)


__all__ = ["Catalogue", "Entry", "Lesson", "LessonProblems", "Problem", "load", "load_catalogue", "load_source"]
