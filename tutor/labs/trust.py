"""Whose programs run only where they can be contained."""

from __future__ import annotations

from tutor.errors import SandboxError
from tutor.labs.sandbox.level import Level, level
from tutor.lessons import Lesson
from tutor.lessons.packs import FILE_NAME


def must_be_contained(lesson: Lesson, chosen: Level | None = None) -> None:
    """Raise ``SandboxError`` for a lesson of a pack where this machine has no box: a pack may be a stranger's."""
    if not any(source.name == FILE_NAME for source in lesson.sources):
        return
    found = chosen or level()
    if not found.is_isolated:
        raise SandboxError("Programs of a pack run only where they can be contained.", hint=found.better)
