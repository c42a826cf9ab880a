"""Decide whose programs need containment."""

from __future__ import annotations

from tutor import paths
from tutor.errors import SandboxError
from tutor.labs.sandbox.level import Level, level
from tutor.lessons import Lesson
from tutor.lessons.packs import FILE_NAME


def must_be_contained(lesson: Lesson, chosen: Level | None = None) -> None:
    """Refuse programs that may be a stranger's: those of a pack, or of learners who work on an instructor's machine.

    Raises:
        SandboxError: The program may be a stranger's, and this machine cannot contain it.
    """
    if paths.is_room():
        whose = "Programs of people who work on this machine"
    elif any(source.name == FILE_NAME for source in lesson.sources):
        whose = "Programs of a pack"
    else:
        return
    found = chosen or level()
    if not found.is_isolated:
        raise SandboxError(f"{whose} run only where they can be contained.", hint=found.better)
