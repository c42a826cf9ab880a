"""Lessons: read YAML safely, report every error with its place, and resolve every name in a lesson.

    lesson = load("lessons/02-the-forward-pass.yaml")
    lesson.screens[0].blocks, lesson.models["lab2"], lesson.graph("lab2")

Begin with ``loader.py``. ``yaml`` reads the file, ``validate.py`` checks it, ``networks.py`` builds the models,
``building`` builds the blocks, and ``blocks`` defines them.

Importing the package imports almost nothing, so that the first screen can list the lessons at once. The blocks are
imported when they are first used, pydantic and YAML by the first ``load``.
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
    """Return the lesson in a file, with every name resolved.

    Raises:
        LessonProblems: The file has errors; it lists all of them.
    """
    from tutor.lessons import loader

    return loader.load(path)


def load_source(path: Path | str) -> Lesson:
    """Return the lesson in a file that may also be a bare network or worksheet: then it has no screens.

    Raises:
        LessonProblems: The file has errors; it lists all of them.
    """
    from tutor.lessons import loader

    return loader.load(path, sources=True)


def with_models(lesson: Lesson, specs: Specs, variant: str) -> Lesson:
    """Return a lesson built again from its text, with other specs for the models that ``specs`` names.

    Raises:
        LessonProblems: The lesson has errors with these specs.
    """
    from tutor.lessons.loader import load_text
    from tutor.lessons.yaml.document import Document

    document = Document(lesson.text, str(lesson.path))
    return load_text(document, lesson.path, models=specs, variant=variant, sources=lesson.form != "lesson")


def __getattr__(name: str) -> type:
    """Import a name that the list of lessons does not need when it is first used."""
    if name == "Lesson":
        from tutor.lessons.blocks import Lesson

        return Lesson
    if name in ("LessonProblems", "Problem"):
        from tutor.lessons import problems

        found: type = getattr(problems, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Catalogue", "Entry", "Lesson", "LessonProblems", "Problem", "load", "load_source", "with_models"]
