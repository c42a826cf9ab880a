"""Which lesson practises which skill: read once from each lesson, kept as plain data beside the list of lessons."""

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
from tutor.lessons import load
from tutor.lessons.blocks import Lesson, Question

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Practisable:
    """Something a lesson asks. ``quantity`` is empty for a question that is not about a quantity of a model; only
    those with one can be asked with new numbers in every form."""

    field: str
    skills: tuple[str, ...]
    of: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class LessonSkills:
    """What a lesson practises, in the lesson's order. ``before`` are the prerequisites of each skill, in the first of
    the lesson's models that has it."""

    lesson: str
    path: str
    title: str
    items: tuple[Practisable, ...] = ()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def skills_of_lesson(lesson: Lesson) -> LessonSkills:
    """Return what a lesson asks, by skill; blocks and lessons that say ``practice: false`` are left out."""
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
    """The skills of several lessons together, in the lessons' order. A skill's prerequisites are those that the first
    lesson which asks it computes it from: a later lesson may feed a convolution into a sigmoid, and nobody needs the
    convolution for the sigmoid of lesson one."""

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
        """Place a skill after those that it needs. What only a later lesson asks is not waited for."""
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
        """Return the skills that must be mastered first; a step that no lesson asks stands for what it needs itself."""
        return self._prerequisites.get(skill, ())

    def is_taught(self, skill: str, opened: Collection[str]) -> bool:
        """Return whether one of the lessons that a learner has opened asks a skill."""
        return any(lesson in opened for lesson, _ in self.asked.get(skill, ()))

    def in_order(self) -> tuple[str, ...]:
        """Return every skill that is asked, prerequisites first, else as the lessons come."""
        return tuple(self._prerequisites)


def read_aside(files: Iterable[Path]) -> None:
    """Have another process read the lessons that the index does not know yet, and wait for it: the application keeps
    its memory. Should it fail, only time is lost."""
    import subprocess
    import sys

    listed = [str(path) for path in files]
    known = _read(paths.home() / "cache" / "skills.json")
    if all(each in known and known[each]["stamp"] == list(paths.file_stamp(each)) for each in listed):
        return
    program = "import sys, pathlib, tutor.learning.index as it; it.load_index(map(pathlib.Path, sys.argv[1:]))"
    command = [sys.executable, "-P", "-c", program, *listed]
    nothing = subprocess.DEVNULL
    environment = paths.child_environment()
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, env=environment, timeout=60, check=False)


def load_index(files: Iterable[Path], *, cache: Path | None = None) -> SkillIndex:
    """Return the index of these lessons. A file that was read before is not read again until it changes; one that
    cannot be read is left out."""
    kept_in = cache or paths.home() / "cache" / "skills.json"
    known, kept = _read(kept_in), {}
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
        with contextlib.suppress(OSError):  # a full disk stops nobody
            paths.write_whole(kept_in, text.encode(), lasting=False)
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


def _read(path: Path) -> dict[str, dict[str, object]]:
    try:
        data = from_json(path.read_text(encoding="utf-8"))
        if data["version"] == [_FORMAT, paths.tutor_stamp()]:
            return dict(data["files"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no index, or one of another version: it is made again
    return {}
