"""A lesson watched while it is written: read again at every save, errors beside the last good version.

Without a screen: the application asks ``poll`` a few times a second, which looks at times and sizes and works where
file events do not arrive (network folders, WSL mounts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.authoring.lint import inspect, unused_allowances
from tutor.authoring.lint_context import Subject
from tutor.authoring.typical import author_mistakes, typical_mistakes
from tutor.errors import TutorError
from tutor.formulas.numbers import as_typed
from tutor.lessons import LessonProblems, Problem
from tutor.lessons.blocks import AskItem, Block, Lesson, Question, Screen
from tutor.lessons.blocks.field import Answer
from tutor.paths import file_stamp, split_variant
from tutor.practice import open_variant

Loader = Callable[[str], Lesson]


@dataclass(frozen=True)
class Sample:
    """An answer to put into a question's field: of ``block_id``, for an ``ask`` of ``quantity`` of ``of``.

    ``about`` is the mistake's id and ``message`` what it says; both are empty for the right answer.
    """

    block_id: str
    answer: Answer
    of: str = ""
    quantity: str = ""
    about: str = ""
    message: str = ""


class Preview:
    """``lesson`` is the last version without errors (None until there is one), ``problems`` what is wrong with the file
    as it stands now, ``warnings`` what is doubtful in ``lesson`` once ``is_checked``; ``version`` grows with every
    change. A lesson is there to be shown as soon as it is read: the next ``poll`` looks for what is doubtful in it."""

    def __init__(self, which: str, *, load: Loader = open_variant) -> None:
        """``which`` is ``FILE`` or ``FILE#variant``."""
        self.which = which
        self.path = Path(split_variant(which)[0])
        self.lesson: Lesson | None = None
        self.problems: tuple[Problem, ...] = ()
        self.warnings: tuple[Problem, ...] = ()
        self.is_checked = False
        self.version = 0
        self._load = load
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self.poll()

    @property
    def is_stale(self) -> bool:
        """Whether the file has errors, so that what is shown is an earlier version."""
        return bool(self.problems)

    def poll(self) -> bool:
        """Read the lesson again where it or a file that it rests on has changed, else look once for what is doubtful
        in it. Return whether there is anything new."""
        now = self._signature()
        if now == self._seen:
            return self._check()
        self._seen = now
        self._read()
        # a lesson that loads may rest on other files than before
        self._seen = self._signature()
        self.version += 1
        return True

    def _signature(self) -> tuple[tuple[str, int, int], ...]:
        files = (self.path, *(self.lesson.sources if self.lesson is not None else ()))
        return tuple((str(path), *file_stamp(path)) for path in files)

    def _read(self) -> None:
        try:
            lesson = self._load(self.which)
        except LessonProblems as error:
            self.problems = tuple(error.problems)
        except TutorError as error:
            self.problems = (Problem(str(self.path), 1, 1, str(error)),)
        except Exception as error:  # the author goes on writing, and may write it otherwise
            self.problems = (self._own_error(error),)
        else:
            self.problems = self.warnings = ()
            self.lesson = lesson
            self.is_checked = False

    def _check(self) -> bool:
        if self.is_checked or self.lesson is None or self.problems:
            return False
        try:
            self.warnings = quick_warnings(self.lesson)
        except TutorError as error:
            self.problems = (Problem(str(self.path), 1, 1, str(error)),)
        except Exception as error:
            self.problems = (self._own_error(error),)
        self.is_checked = True
        self.version += 1
        return True

    def _own_error(self, error: Exception) -> Problem:
        said = f"The tutor stopped with an internal error when it read this: {type(error).__name__}: {error}"
        return Problem(str(self.path), 1, 1, f"{said}\n`tutor check` shows where it was.")


def quick_warnings(lesson: Lesson) -> tuple[Problem, ...]:
    """Return what is doubtful, as far as it can be found while somebody types: no PyTorch, no programs."""
    subject = Subject(lesson, str(lesson.path))
    inspect(subject)
    unused_allowances(subject, with_programs=False)
    return tuple(sorted(subject.found))


def same_screen(before: Lesson, index: int, after: Lesson) -> int:
    """Return the screen of the new version on which the author was in the old one: by its blocks, its title, its
    place."""
    if not after.screens:
        return 0
    if not 0 <= index < len(before.screens):
        return min(max(index, 0), len(after.screens) - 1)
    old = before.screens[index]
    scores = [(_likeness(old, new), -abs(place - index), place) for place, new in enumerate(after.screens)]
    return max(scores)[2]


def _likeness(old: Screen, new: Screen) -> int:
    """Return how much two screens have in common: a title counts as three blocks."""
    shared = {_content(block) for block in old.blocks} & {_content(block) for block in new.blocks}
    return len(shared) + 3 * bool(old.title and old.title == new.title)


def _content(block: Block) -> str:
    """Return what a block is, wherever it stands."""
    return block.id if isinstance(block, Question) else f"{block.kind} {getattr(block, 'text', '')}"


# -- answers to put in ------------------------------------------------------------------------------------------------


def right_answers(screen: Screen) -> tuple[Sample, ...]:
    """Return the right answer of every question of a screen, as it would be typed or picked."""
    return tuple(sample for block in screen.blocks if isinstance(block, Question) for sample in _right(block))


def _right(block: Question) -> list[Sample]:
    answer = block.right_answer()
    asked = [_sample(block, item, [item.graph.values[cell] for cell in item.quantity.cells]) for item in block.asked]
    return asked if answer is None else [Sample(block.id, answer)]


def mistaken_answers(screen: Screen) -> tuple[Sample, ...]:
    """Return an answer for every mistake that a screen's questions have a message for, question by question."""
    return tuple(sample for block in screen.blocks if isinstance(block, Question) for sample in _mistaken(block))


def _mistaken(block: Question) -> Iterator[Sample]:
    for item in block.asked:
        yield from _item_mistakes(block, item)
    for answer, about, message in block.mistaken_answers():
        yield Sample(block.id, answer, about=about, message=message)


def _item_mistakes(block: Question, item: AskItem) -> list[Sample]:
    """Return each mistake in its cell, the other cells right."""
    cells = item.quantity.cells
    found = []
    typical = [each for cell in cells for each in typical_mistakes(item.graph, cell)]
    for mistake in (*author_mistakes(item), *typical):
        values = [mistake.value if cell == mistake.cell else item.graph.values[cell] for cell in cells]
        found.append(_sample(block, item, values, mistake.id, mistake.message))
    return found


def _sample(block: Question, item: AskItem, values: list[float], about: str = "", message: str = "") -> Sample:
    decimals = item.asked_decimals
    typed = tuple(as_typed(value, decimals) for value in values)
    answer: Answer = typed if item.quantity.shape else typed[0]
    return Sample(block.id, answer, item.of, item.quantity.name, about, message)
