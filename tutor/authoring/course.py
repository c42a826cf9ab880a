"""Lint across several lessons: the lessons they require, and duplicate ids."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tutor.authoring.lint_context import Subject
from tutor.lessons.packs import PackError, pack_beside


def check_course(
    subjects: Sequence[Subject], known: Mapping[str, Sequence[str]], shipped: Mapping[tuple[str, str], Path]
) -> None:
    """Warn about required lessons that do not exist, circular requirements and duplicate ids.

    ``known`` maps the ids of other lessons to what they require; ``shipped`` maps id and language to a lesson of the
    course.
    """
    requires_of: dict[str, Sequence[str]] = {**known}
    requires_of.update(
        {subject.lesson.id: subject.lesson.requires for subject in subjects if subject.lesson.form == "lesson"}
    )
    seen: dict[tuple[str, str], Subject] = {}
    for subject in subjects:
        lesson = subject.lesson
        if lesson.form != "lesson":
            continue
        for place, required in enumerate(lesson.requires):
            path = ("requires", place) if ("requires", place) in subject.document.nodes else ("requires",)
            if required not in requires_of:
                near = difflib.get_close_matches(required, requires_of, 1, 0.5)
                meant = f"; did you mean '{near[0]}'?" if near else "."
                subject.on_lesson("requires", f"There is no lesson '{required}'{meant}", *path)
            elif circle := _circle(lesson.id, required, requires_of):
                subject.on_lesson("requires", f"These require one another: {' → '.join(circle)}.", *path)
        other = seen.setdefault((lesson.id, lesson.language), subject)
        if other is not subject:
            message = f"{other.name} also has the id '{lesson.id}', under which progress is stored."
            subject.on_lesson("duplicate-id", message, "id")
        course = shipped.get((lesson.id, lesson.language))
        is_that = course is not None and course.name == lesson.path.name
        if course is not None and not is_that and not _replaces(lesson.path, lesson.id):
            message = (
                f"The course's {course.name} also has the id '{lesson.id}', so this lesson replaces it in the list and "
                "shares its progress. Give this lesson another id."
            )
            subject.on_lesson("duplicate-id", message, "id")


def _replaces(path: Path, lesson_id: str) -> bool:
    """Return whether a lesson is in a pack that names its id under ``replaces:``."""
    with suppress(PackError):
        pack = pack_beside(path)
        return pack is not None and lesson_id in pack.replaces
    return False


def _circle(start: str, required: str, requires_of: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the lessons on a path from ``start`` over ``required`` back to ``start``; empty if there is none."""
    stack = [[start, required]]
    seen = {required}
    while stack:
        chain = stack.pop()
        if chain[-1] == start:
            return chain
        for following in requires_of.get(chain[-1], ()):
            if following == start or following not in seen:
                seen.add(following)
                stack.append([*chain, following])
    return []
