"""Choose the networks and worksheets of a file that a command is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.lessons import Lesson
    from tutor.lessons.blocks import Model


def chosen(lesson: Lesson, of: str | None) -> Mapping[str, Model]:
    """Return the part that ``--of`` names, or all parts.

    Raises:
        TutorError: There is no such part, or none at all.
    """
    if not lesson.parts:
        raise TutorError(f"{lesson.path.name} has no network and no worksheet.", hint="Add one under 'networks:'.")
    if of is None:
        return lesson.parts
    return {of: part(lesson, of)}


def part(lesson: Lesson, name: str) -> Model:
    """Return one network or worksheet by its name.

    Raises:
        TutorError: There is no such part.
    """
    if name not in lesson.parts:
        raise TutorError(
            f"There is no network or worksheet {name!r} in {lesson.path.name}.",
            hint=f"It has {', '.join(lesson.parts) or 'none'}.",
        )
    return lesson.parts[name]


def only(lesson: Lesson, of: str | None) -> Model:
    """Return the part that ``--of`` names, or the only one.

    Raises:
        TutorError: There is no such part, or there are several and none is named.
    """
    parts = chosen(lesson, of)
    if len(parts) > 1:
        raise TutorError(
            f"{lesson.path.name} has several networks and worksheets: {', '.join(parts)}.",
            hint=f"Name one: --of {next(iter(parts))}.",
        )
    return next(iter(parts.values()))
