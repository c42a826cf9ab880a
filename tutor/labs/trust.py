"""Whose programs run only where they can be contained."""

from __future__ import annotations

from tutor import paths
from tutor.errors import SandboxError
from tutor.labs.sandbox.level import Level, level
from tutor.lessons import Lesson
from tutor.lessons.packs import FILE_NAME


def must_be_contained(lesson: Lesson, chosen: Level | None = None) -> None:
    """Raise ``SandboxError`` where this machine has no box and the program may be a stranger's: that of a pack, or of
    somebody who works on another one's machine."""
    if paths.is_room():
        whose = "Programs of people who work on this machine"
    elif any(source.name == FILE_NAME for source in lesson.sources):
        whose = "Programs of a pack"
    else:
        return
    found = chosen or level()
    if not found.is_isolated:
        raise SandboxError(f"{whose} run only where they can be contained.", hint=found.better)
