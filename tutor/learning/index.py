"""The index of which lesson practises which skill, read once from each lesson and cached as plain data."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tutor import paths
from tutor.cleaning import from_json
from tutor.errors import TutorError
from tutor.learning.skills import prerequisites, skills_of
from tutor.lessons.blocks import Lesson, Question
from tutor.lessons.cache import load

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Practisable:
    """A question of a lesson. ``quantity`` is "" if it is not about a quantity of a model; only questions with a
    quantity can be asked with new numbers and in every form."""

    field: str
    skills: tuple[str, ...]
    of: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class LessonSkills:
    """What a lesson practises, in the lesson's order. ``before`` holds each skill's prerequisites, from the lesson's
    first model that has the skill."""

    lesson: str
    path: str
    title: str
    items: tuple[Practisable, ...] = ()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def skills_of_lesson(lesson: Lesson) -> LessonSkills:
    """Return the skills that a lesson practises; blocks and lessons with ``practice: false`` are left out."""
    before: dict[str, tuple[str, ...]] = {}
    for model in lesson.parts.values():
        for skill, needed in prerequisites(model.graph).items():
            before.setdefault(skill, needed)
    items = [item for block in lesson.questions for item in _items(block)] if lesson.practice else []
    return LessonSkills(lesson.id, str(lesson.path), lesson.title, tuple(dict.fromkeys(items)), before)


def _items(block: Question) -> Iterable[Practisable]:
    if not block.practice:
        return
    own = block.skills
    for item in block.asked:
        skills = own or skills_of(item.graph, item.quantity)
        yield Practisable(f"{item.of}:{item.quantity.name}", skills, item.of, item.quantity.name)
    if not block.asked and (skills := own or block.usual_skills):
        yield Practisable(block.id, skills)


class SkillIndex:
    """The skills of several lessons together, in the lessons' order.

    A skill's prerequisites come from the first lesson that practises it: a later lesson may feed a convolution into a
    sigmoid, but the sigmoid of the first lesson needs no convolution.
    """

    def __init__(self, lessons: Iterable[LessonSkills]) -> None:
        self.lessons = {each.lesson: each for each in lessons}
        self.asked: dict[str, list[tuple[str, Practisable]]] = {}
        self._prerequisites: dict[str, tuple[str, ...]] = {}
        for lesson in self.lessons.values():
            for item in lesson.items:
                for skill in item.skills:
                    self.asked.setdefault(skill, []).append((lesson.lesson, item))
            here = dict.fromkeys(skill for item in lesson.items for skill in item.skills)
            for skill in here:
                self._place(skill, lesson.before, here)

    def _place(self, skill: str, before: Mapping[str, tuple[str, ...]], here: Iterable[str], above: str = "") -> None:
        """Put a skill after its prerequisites, leaving out those that only a later lesson practises."""
        if skill in self._prerequisites:
            return
        found: dict[str, None] = {}
        seen = {skill, *above.split()}
        stack = list(before.get(skill, ()))
        while stack:
            needed = stack.pop(0)
            if needed in seen:
                continue
            seen.add(needed)
            if needed in here:
                self._place(needed, before, here, f"{above} {skill}")
            if needed in self._prerequisites:
                found[needed] = None
            else:
                stack.extend(before.get(needed, ()))
        self._prerequisites[skill] = tuple(found)

    def prerequisites(self, skill: str) -> tuple[str, ...]:
        """Return the skills to master first; a step that no lesson asks is replaced by its own prerequisites."""
        return self._prerequisites.get(skill, ())

    def is_taught(self, skill: str, opened: Collection[str]) -> bool:
        """Return whether one of the learner's opened lessons practises a skill."""
        return any(lesson in opened for lesson, _ in self.asked.get(skill, ()))

    def in_order(self) -> tuple[str, ...]:
        """Return every skill that is practised, prerequisites first, otherwise in the lessons' order."""
        return tuple(self._prerequisites)


def read_aside(files: Iterable[Path]) -> None:
    """Read the lessons that the cache does not have yet in another process, to save this one's memory, and wait for it.

    If that fails, ``load_index`` reads them itself.
    """
    import subprocess
    import sys

    listed = [str(path) for path in files]
    known = _read()
    if all(each in known and known[each]["stamp"] == list(paths.file_stamp(each)) for each in listed):
        return
    program = "import sys, pathlib, tutor.learning.index as it; it.load_index(map(pathlib.Path, sys.argv[1:]))"
    command = [sys.executable, "-P", "-c", program, *listed]
    nothing = subprocess.DEVNULL
    environment = paths.child_environment()
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, env=environment, timeout=60, check=False)


def load_index(files: Iterable[Path]) -> SkillIndex:
    """Return the index of these lessons. A file is read again only if it has changed; a file that cannot be read is
    left out."""
    known, kept = _read(), {}
    found = []
    for path in files:
        key, stamp = str(path), list(paths.file_stamp(path))
        record = known.get(key)
        if record is None or record["stamp"] != stamp:
            record = {"stamp": stamp, "skills": _loaded(path)}
        kept[key] = record
        if isinstance(record["skills"], dict):
            found.append(_from_record(record["skills"]))
    if kept != known:
        text = json.dumps({"version": [_FORMAT, paths.tutor_stamp()], "files": kept})
        with contextlib.suppress(OSError):  # without a cache, the lessons are read again next time
            paths.write_whole(_cache(), text.encode(), lasting=False)
    return SkillIndex(found)


def _loaded(path: Path) -> dict[str, object] | None:
    try:
        return asdict(skills_of_lesson(load(path)))
    except TutorError:
        return None


def _from_record(record: Mapping[str, Any]) -> LessonSkills:
    items = tuple(Practisable(**{**item, "skills": tuple(item["skills"])}) for item in record["items"])
    before = {skill: tuple(needed) for skill, needed in record["before"].items()}
    return LessonSkills(record["lesson"], record["path"], record["title"], items, before)


def _cache() -> Path:
    return paths.home() / "cache" / "skills.json"


def _read() -> dict[str, dict[str, object]]:
    try:
        data = from_json(_cache().read_text(encoding="utf-8"))
        if data["version"] == [_FORMAT, paths.tutor_stamp()]:
            return dict(data["files"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # there is no cache, or one of another version
    return {}
