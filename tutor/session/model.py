"""What the session shows and says: plain frozen data, the same for the screen, the plain mode and the tests.

A lesson is a row of ``ScreenView``s; a screen is a row of views, one for each block that can be seen (each kind's view
is declared beside the block, in ``tutor.lessons.blocks``); a block that asks has one ``Field`` or several. What the
learner has done with a field is its ``FieldState``. Texts are Markdown with ``$…$`` and ``$$…$$``; their ``{{…}}`` are
already filled in, with ``?`` for what is asked and not found yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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
    """How a text is read, before it is marked. ``text`` is what to show beside the field ("I read −0.7", or what was
    expected when not ``ok``). An empty text reads as ("", ok)."""

    text: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class FieldState:
    """Where the learner is with a field: ``answer`` was submitted last, ``draft`` is what stands in it now.

    Once ``solved`` it stays so, whatever is tried afterwards; ``kept`` is for what is not marked (a write, a cell run).
    ``hints_opened`` does not count the hint about the last answer, which comes and goes: that one is ``about_opened``.
    ``shown`` is the answer of a question that was given up, as it may be shown.
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

    @property
    def done(self) -> bool:
        """Whether nothing more is needed here."""
        return self.solved or self.given_up or self.kept

    @property
    def took_hints(self) -> bool:
        """Whether any hint was opened."""
        return self.about_opened or self.hints_opened > 0

    @property
    def to_mend(self) -> bool:
        """Whether it is answered and the answer should be looked at again."""
        return not self.done and self.result is not None and self.result.verdict.counts


@dataclass(frozen=True, slots=True)
class Hint:
    """A rung of the ladder. ``cost`` is said before it is opened; ``text`` (Markdown) is empty until then. The one that
    is about the last answer (``is_about``) comes and goes with that, so it is not counted."""

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
        """``Hint 2 of 5``; for the one about the last answer ``Hint`` alone."""
        counted = [each.number for each in self.rungs if not each.is_about]
        return "Hint" if rung.is_about else f"Hint {counted.index(rung.number) + 1} of {len(counted)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer (or giving up) led to. ``changed`` are other fields whose marks changed because of it. ``focus``
    is the field to go to next: this one where its answer should be corrected, ``None`` when the screen is done.
    ``notice`` must be shown (progress could not be saved)."""

    field: str
    result: Result
    changed: tuple[tuple[str, Result], ...] = ()
    focus: str | None = None
    screen_done: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Questions ``done`` of ``total``, of them ``given_up``; ``to_mend`` are answered and not right."""

    done: int
    total: int
    to_mend: int = 0
    given_up: int = 0

    @classmethod
    def of(cls, states: Iterable[FieldState]) -> Progress:
        """Count these fields."""
        counted = tuple(states)
        done, given_up = sum(state.done for state in counted), sum(state.given_up for state in counted)
        return cls(done, len(counted), sum(state.to_mend for state in counted), given_up)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.done / self.total if self.total else 1.0


# -- screens ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LockedView(View):
    """A question that may not be seen yet: the labels of the fields that it waits for, and the index of the screen that
    the first of them is on."""

    waits_for: tuple[str, ...]
    screen: int

    def sentence(self, here: int) -> str:
        """Return what to do first, as it is said on the screen with the index ``here``."""
        place = "" if self.screen == here else f" on screen {self.screen + 1}"
        names = [label for label in self.waits_for if label]
        if len(names) < len(self.waits_for):  # a question in words has no label
            names.append("a question" if place else "the question above")
        return f"A question opens here once {enumerated(names)}{place} {'is' if len(names) == 1 else 'are'} answered."


@dataclass(frozen=True, slots=True)
class ScreenView:
    """A screen as it stands now: only the blocks that may be seen yet (``after:``). ``waits_for`` are the indexes of
    other screens where an answer is needed before the rest is shown."""

    index: int
    title: str
    blocks: tuple[View, ...]
    waits_for: tuple[int, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """Everything to answer here, in order."""
        return tuple(field for block in self.blocks for field in block.asked_fields)


# -- looking at more than a screen ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorksheetRow:
    """A line of the worksheet: a quantity of the network, its group, and what stands there. ``field`` is where it is
    asked (so that it can be answered from here), ``None`` for what is given; where the lesson does not ask it, it is
    ``extra``: a field of the worksheet alone. ``step`` is the training step or round."""

    group: str
    name: str
    label: str
    value: str
    field: Field | None = None
    extra: bool = False
    step: int = 1

    @property
    def cell(self) -> int | None:
        """The index of this row's cell in its field; None where the field is one number."""
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
    """A line of a derivation; numbers that the learner has still to find are shown as ``?``."""

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
    attempts: tuple[Attempt, ...] = field(default=())
