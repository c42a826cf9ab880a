"""Watch a lesson while its author writes it: reload it at every save, and keep the last version without errors.

The application calls ``poll`` a few times a second. It compares the files' times and sizes, which also works where file
events do not arrive (network folders, WSL mounts).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from tutor.authoring.lint import inspect
from tutor.authoring.lint_context import Subject
from tutor.authoring.typical import author_mistakes, typical_mistakes
from tutor.errors import TutorError
from tutor.formulas.numbers import as_typed
from tutor.lessons import LessonProblems, Problem
from tutor.lessons.blocks import AskItem, Block, Lesson, Question, Screen
from tutor.lessons.blocks.field import Answer
from tutor.paths import file_stamp, split_variant
from tutor.practice import open_variant

#: The most wrong answers of one screen; nobody steps through more.
MOST_SAMPLES = 1_000


@dataclass(frozen=True)
class Sample:
    """An answer to put into a field: that of ``block_id``, or of ``quantity`` in the network ``of`` for an ``ask``.

    ``about`` is the mistake's id and ``message`` its sentence; both are empty for the right answer.
    """

    block_id: str
    answer: Answer
    of: str = ""
    quantity: str = ""
    about: str = ""
    message: str = ""


class Preview:
    """Watches one lesson file.

    ``lesson`` is the last version without errors, or None until there is one. ``problems`` are the errors in the
    present file, ``warnings`` those about ``lesson``, complete once ``is_checked``. ``version`` grows with every
    change. A lesson can be shown as soon as it is read: the next ``poll`` looks for its warnings.
    """

    def __init__(self, which: str) -> None:
        """``which`` is ``FILE`` or ``FILE#variant``."""
        self.which = which
        self.path = Path(split_variant(which)[0])
        self.lesson: Lesson | None = None
        self.problems: tuple[Problem, ...] = ()
        self.warnings: tuple[Problem, ...] = ()
        self.is_checked = False
        self.version = 0
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self.poll()

    @property
    def is_stale(self) -> bool:
        """Whether the file has errors, so that an earlier version is shown."""
        return bool(self.problems)

    def poll(self) -> bool:
        """Read the lesson again if it or a file that it uses has changed; otherwise look for warnings, once. Return
        whether anything is new."""
        now = self._signature()
        if now == self._seen:
            return self._check()
        self._seen = now
        self._read()
        # the new version may use other files
        self._seen = self._signature()
        self.version += 1
        return True

    def _signature(self) -> tuple[tuple[str, int, int], ...]:
        files = (self.path, *(self.lesson.sources if self.lesson is not None else ()))
        return tuple((str(path), *file_stamp(path)) for path in files)

    def _read(self) -> None:
        try:
            lesson = open_variant(self.which)
        except Exception as error:  # keep watching: the author's next save may avoid an internal error too
            self.problems = self._problems_in(error)
        else:
            self.problems = self.warnings = ()
            self.lesson = lesson
            self.is_checked = False

    def _check(self) -> bool:
        if self.is_checked or self.lesson is None or self.problems:
            return False
        try:
            self.warnings = quick_warnings(self.lesson)
        except Exception as error:
            self.problems = self._problems_in(error)
        self.is_checked = True
        self.version += 1
        return True

    def _problems_in(self, error: Exception) -> tuple[Problem, ...]:
        if isinstance(error, LessonProblems):
            return tuple(error.problems)
        message = str(error)
        if not isinstance(error, TutorError):
            message = f"The tutor stopped with an internal error when it read this: {type(error).__name__}: {error}"
            message += "\n`tutor check` shows where it was."
        return (Problem(str(self.path), 1, 1, message),)


def quick_warnings(lesson: Lesson) -> tuple[Problem, ...]:
    """Return the warnings that can be found while the author types: without PyTorch and without running programs."""
    subject = Subject(lesson, str(lesson.path))
    inspect(subject)
    subject.unused_allowances(with_programs=False)
    return tuple(sorted(subject.found))


def same_screen(before: Lesson, index: int, after: Lesson) -> int:
    """Return the index of the screen in the new version that is most like a screen of the old one, judging by blocks,
    title and position."""
    if not after.screens:
        return 0
    if not 0 <= index < len(before.screens):
        return min(max(index, 0), len(after.screens) - 1)
    old = before.screens[index]
    scores = [(_likeness(old, new), -abs(place - index), place) for place, new in enumerate(after.screens)]
    return max(scores)[2]


def _likeness(old: Screen, new: Screen) -> int:
    """Return the number of blocks that two screens have in common; the same title counts as three."""
    shared = {_content(block) for block in old.blocks} & {_content(block) for block in new.blocks}
    return len(shared) + 3 * bool(old.title and old.title == new.title)


def _content(block: Block) -> str:
    """Return what identifies a block, whatever its position."""
    return block.id if isinstance(block, Question) else f"{block.kind} {getattr(block, 'text', '')}"


# -- sample answers ---------------------------------------------------------------------------------------------------


def right_answers(screen: Screen) -> tuple[Sample, ...]:
    """Return the right answer to every question of a screen, as it would be typed or picked."""
    return tuple(sample for block in screen.blocks if isinstance(block, Question) for sample in _right(block))


def _right(block: Question) -> list[Sample]:
    answer = block.right_answer()
    asked = [_sample(block, item, [item.graph.values[cell] for cell in item.quantity.cells]) for item in block.asked]
    return asked if answer is None else [Sample(block.id, answer)]


def mistaken_answers(screen: Screen) -> tuple[Sample, ...]:
    """Return a wrong answer for each mistake that the questions of a screen recognise, question by question.

    Return no more than ``MOST_SAMPLES``: a product of two large matrices has tens of thousands.
    """
    found = (sample for block in screen.blocks if isinstance(block, Question) for sample in _mistaken(block))
    return tuple(islice(found, MOST_SAMPLES))


def _mistaken(block: Question) -> Iterator[Sample]:
    for item in block.asked:
        yield from _item_mistakes(block, item)
    for answer, about, message in block.mistaken_answers():
        yield Sample(block.id, answer, about=about, message=message)


def _item_mistakes(block: Question, item: AskItem) -> Iterator[Sample]:
    """Yield an answer for each mistake, with the other cells right."""
    cells = item.quantity.cells
    typical = (each for cell in cells for each in typical_mistakes(item.graph, cell))
    for mistake in chain(author_mistakes(item), typical):
        values = [mistake.value if cell == mistake.cell else item.graph.values[cell] for cell in cells]
        yield _sample(block, item, values, mistake.id, mistake.message)


def _sample(block: Question, item: AskItem, values: list[float], about: str = "", message: str = "") -> Sample:
    decimals = item.asked_decimals
    typed = tuple(as_typed(value, decimals) for value in values)
    answer: Answer = typed if item.quantity.shape else typed[0]
    return Sample(block.id, answer, item.of, item.quantity.name, about, message)
