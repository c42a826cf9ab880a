"""What the session returns: frozen data, the same for the screens, the plain mode and the tests.

A ``ScreenView`` holds a view of each visible block; the views are declared beside the blocks, in
``tutor.lessons.blocks``. A block that asks has one or more ``Field``s; a ``FieldState`` says what the learner has done
with one. Texts are Markdown with ``$…$`` and ``$$…$$``; their ``{{…}}`` are already filled in, with ``?`` for numbers
that the learner has yet to find.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tutor.formulas.wording import enumerated
from tutor.lessons.blocks.base import ProgramView as ProgramView
from tutor.lessons.blocks.base import QuestionView as QuestionView
from tutor.lessons.blocks.base import View
from tutor.lessons.blocks.field import Answer as Answer
from tutor.lessons.blocks.field import Field as Field
from tutor.lessons.blocks.field import FieldKind as FieldKind
from tutor.verdicts import CellResult as CellResult
from tutor.verdicts import Mistake as Mistake
from tutor.verdicts import Result as Result
from tutor.verdicts import Verdict as Verdict


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How a text is read, before it is marked. ``text`` is shown beside the field: the number or formula as read, or
    what was expected if not ``ok``."""

    text: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class FieldState:
    """What the learner has done with a field: ``answer`` was submitted last, ``draft`` is its present text.

    ``solved`` stays true, whatever is tried afterwards. ``kept`` is true for an answer that is stored but not marked (a
    written answer, a cell that ran, an exam). ``hints_opened`` does not count the hint about the last answer, which
    comes and goes; ``about_opened`` says whether that was opened. ``shown`` is the answer of a question that was given
    up, or empty. ``replaced`` are the last wrong answers that another one has replaced, the latest first.
    """

    draft: Answer = ""
    answer: Answer | None = None
    result: Result | None = None
    attempts: int = 0
    hints_opened: int = 0
    about_opened: bool = False
    solved: bool = False
    given_up: bool = False
    kept: bool = False
    shown: str = ""
    replaced: tuple[Answer, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the field needs no more work."""
        return self.solved or self.given_up or self.kept

    @property
    def took_hints(self) -> bool:
        """Whether any hint was opened."""
        return self.about_opened or self.hints_opened > 0

    @property
    def to_fix(self) -> bool:
        """Whether there is an answer that should be corrected."""
        return not self.done and self.result is not None and self.result.verdict.counts


@dataclass(frozen=True, slots=True)
class Hint:
    """A rung of the ladder. ``cost`` is shown before it is opened; ``text`` (Markdown) is empty until then. The hint
    about the last answer (``is_about``) comes and goes with that answer, so "Hint 2 of 5" does not count it."""

    number: int
    title: str
    cost: str
    text: str = ""
    opened: bool = False
    is_about: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """A field's hints, in order. ``opened`` of ``rungs`` are open."""

    rungs: tuple[Hint, ...]
    opened: int

    @property
    def following(self) -> Hint | None:
        """The next rung that can be opened."""
        return self.rungs[self.opened] if self.opened < len(self.rungs) else None

    def heading(self, rung: Hint) -> str:
        """Return ``Hint 2 of 5``, or just ``Hint`` for the one about the last answer."""
        counted = [each.number for each in self.rungs if not each.is_about]
        return "Hint" if rung.is_about else f"Hint {counted.index(rung.number) + 1} of {len(counted)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of answering or giving up. ``changed`` lists other fields whose marks changed because of it. ``focus``
    is the field to go to next: the same one if its answer should be corrected, None if the screen is done. ``notice``
    must be shown: it says that progress could not be saved."""

    field: str
    result: Result
    changed: tuple[tuple[str, Result], ...] = ()
    focus: str | None = None
    screen_done: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of questions: ``done`` of ``total``, ``given_up`` of those done, ``to_fix`` answered but not right."""

    done: int
    total: int
    to_fix: int = 0
    given_up: int = 0

    @classmethod
    def of(cls, states: Iterable[FieldState]) -> Progress:
        """Return the progress in these fields."""
        counted = tuple(states)
        done, given_up = sum(state.done for state in counted), sum(state.given_up for state in counted)
        return cls(done, len(counted), sum(state.to_fix for state in counted), given_up)

    @property
    def share(self) -> float:
        """The share of questions done, from 0 to 1."""
        return self.done / self.total if self.total else 1.0


# -- screens ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LockedView(View):
    """A question that may not be seen yet: the labels of the fields that it waits for, and the index of the screen with
    the first of them."""

    waits_for: tuple[str, ...]
    screen: int

    def sentence(self, here: int) -> str:
        """Return the sentence that says what to answer first. ``here`` is the index of the screen that shows it."""
        place = "" if self.screen == here else f" on screen {self.screen + 1}"
        names = [label for label in self.waits_for if label]
        if len(names) < len(self.waits_for):  # a question in words has no label
            names.append("a question" if place else "the question above")
        return f"A question opens here once {enumerated(names)}{place} {'is' if len(names) == 1 else 'are'} answered."


@dataclass(frozen=True, slots=True)
class ScreenView:
    """A screen as it is now, with only the blocks that may be seen yet (``after:``). ``waits_for`` are the indexes of
    other screens where an answer is needed before the rest is shown."""

    index: int
    title: str
    blocks: tuple[View, ...]
    waits_for: tuple[int, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of this screen, in order."""
        return tuple(field for block in self.blocks for field in block.asked_fields)


# -- the worksheet, derivations, looking back -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorksheetRow:
    """A row of the worksheet: a number of the network, its group, and its value as it may be shown. ``field`` is where
    it is answered, None for a given number. An ``extra`` field is one that only the worksheet has, because the lesson
    does not ask for the number. ``step`` is the training step or round."""

    group: str
    name: str
    label: str
    value: str
    field: Field | None = None
    extra: bool = False
    step: int = 1

    @property
    def cell(self) -> int | None:
        """The index of this row's cell in its field; None if the field is a single number."""
        field = self.field
        if field is None or field.kind is not FieldKind.GRID or self.label not in field.cells:
            return None
        return field.cells.index(self.label)

    def part_of(self, answer: Answer) -> str:
        """Return this row's part of the field's answer."""
        if self.cell is None:
            return answer if isinstance(answer, str) else ""
        return answer[self.cell] if isinstance(answer, tuple) and self.cell < len(answer) else ""


@dataclass(frozen=True, slots=True)
class DerivationLine:
    """A line of a derivation; numbers that the learner has yet to find are shown as ``?``."""

    what: str
    latex: str
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier answer, for looking back; ``when`` is ISO 8601 in UTC."""

    field: str
    label: str
    screen: str
    answer: str
    verdict: Verdict
    message: str
    when: str
    variant: str = ""
    archived: bool = False

    @property
    def local_time(self) -> str:
        """The local date and time: ``2026-03-01 14:05``."""
        return datetime.fromisoformat(self.when).astimezone().strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class LookBack:
    """Everything answered in a lesson, oldest first."""

    title: str
    attempts: tuple[Attempt, ...] = ()
