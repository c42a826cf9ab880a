"""Open what the commands for authors accept: ``FILE``, ``FILE#17``, or the id or number of a lesson of the course."""

from __future__ import annotations

from pathlib import Path

from tutor.errors import TutorError
from tutor.lessons import Catalogue, Lesson
from tutor.paths import split_variant
from tutor.practice import open_variant


def open_file(which: str) -> Lesson:
    """Return the lesson, network or worksheet, in the variant that ``which`` names.

    Raises:
        TutorError: There is no such file or lesson, or it has errors.
    """
    name, variant = split_variant(which)
    if Path(name).is_file():
        return open_variant(which)
    catalogue = Catalogue()
    if catalogue.has(name):
        path = str(catalogue.find(name).path)
        return open_variant(f"{path}#{variant}" if variant else path)
    if Path(name).is_dir():
        raise TutorError(f"{name} is a folder.", hint="Name a file in it.")
    raise TutorError(f"There is no file {name}.", hint="Name a lesson's file, or a lesson of the course by its id.")
