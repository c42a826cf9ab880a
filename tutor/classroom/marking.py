"""Mark a hand-in again, from its answers alone, against the instructor's copy of the lessons."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from tutor.classroom.assignment import Assignment, Question
from tutor.classroom.hand_in import HANDED_IN, STARTED, EntryData, HandIn, differences, is_after_exam
from tutor.classroom.replay import LessonReplay, Replay
from tutor.errors import SandboxError
from tutor.session.model import FieldKind, Verdict

#: From this level on, each hint changes the credit by ``credit: {hint: …}``.
_COSTLY_LEVEL = 3
_NOT_ANSWERED = "unanswered"
_GIVEN_UP = "given-up"
#: The verdict of a program that could not be run on this machine.
NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """The mark of one question.

    ``verdict`` is the verdict on the answer that counts, or ``unanswered``, ``given-up`` or ``not-run``; ``first`` is
    the verdict on the first answer; ``answer`` is the typed text.
    """

    lesson: str
    field: str
    label: str
    points: float
    worth: float
    verdict: str
    first: str = ""
    answer: str = ""
    mistakes: tuple[tuple[str, str], ...] = ()
    attempts: int = 0
    hints: int = 0

    @property
    def is_right(self) -> bool:
        """Whether the answer that counts is right, or follows from an earlier wrong one."""
        return self.verdict in ("correct", "imprecise", "follows")


@dataclass(frozen=True, slots=True)
class MarkedHandIn:
    """A learner's marks. ``points`` includes the deduction for lateness (``lateness`` is the share that remains);
    ``person`` is ``collect.Found.person``."""

    learner: str
    handed_in: datetime
    points: float
    total: float
    lateness: float
    marks: tuple[QuestionMark, ...]
    notes: tuple[str, ...] = ()
    minutes: float = 0.0
    person: str = ""

    @property
    def first_wrong(self) -> QuestionMark | None:
        """The first question, in the lessons' order, with a wrong answer."""
        return next((mark for mark in self.marks if mark.verdict == "wrong"), None)

    @property
    def late(self) -> str:
        """A sentence about the deduction for lateness, or ""."""
        if self.lateness >= 1:
            return ""
        return f"Late: {self.lateness:.0%} of the points count." if self.lateness > 0 else "Too late: no points."

    def to_json(self) -> dict[str, Any]:
        """Return the marks as plain data, to store them."""
        return {**asdict(self), "handed_in": self.handed_in.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MarkedHandIn:
        """Return the marks that ``to_json`` wrote."""
        marks = tuple(
            QuestionMark(**{**mark, "mistakes": tuple(tuple(each) for each in mark["mistakes"])})
            for mark in data["marks"]
        )
        moment = datetime.fromisoformat(data["handed_in"])
        return cls(**{**data, "handed_in": moment, "marks": marks, "notes": tuple(data["notes"])})


@dataclass(slots=True)
class _Work:
    """What a learner did at one question."""

    answers: list[EntryData] = field(default_factory=list)
    first: str = ""
    hints: int = 0
    given_up: bool = False


def mark_hand_in(
    hand_in: HandIn, assignment: Assignment, replays: dict[str, LessonReplay] | None = None
) -> MarkedHandIn:
    """Mark a hand-in. Verdicts come from the answers; programs of labs run only on machines that can contain them.

    Pass the same ``replays`` for many hand-ins, so that the work on a lesson is shared.
    """
    variant = assignment.variant(hand_in.learner)
    replays = {} if replays is None else replays
    marks: dict[tuple[str, str], QuestionMark] = {}
    notes = [each.message for each in differences(hand_in, assignment)]
    for lesson in assignment.lessons:
        questions = {each.field: each for each in assignment.questions if each.lesson == lesson.id}
        replay = replays.setdefault(lesson.id, LessonReplay(lesson)).learner(variant)
        marks.update(_mark_lesson(replay, questions, hand_in, assignment))
    listed = tuple(marks[each.lesson, each.field] for each in assignment.questions)
    if any(mark.verdict == NOT_RUN for mark in listed):
        notes.append("Its programs were not run: this machine cannot contain them.")
    if assignment.same_mistake == "once":
        listed = _repeats_once(listed)
    lateness = assignment.lateness(hand_in.learner, hand_in.made_at)
    points = hundredths(sum(mark.points for mark in listed) * lateness)
    return MarkedHandIn(
        hand_in.learner, hand_in.made_at, points, assignment.total, lateness, listed, tuple(notes), _minutes(hand_in)
    )


def hundredths(points: float) -> float:
    """Round points to two decimals, half up, as a person does."""
    return math.floor(points * 100 + 0.5 + 1e-6) / 100


def _mark_lesson(
    replay: Replay, questions: Mapping[str, Question], hand_in: HandIn, assignment: Assignment
) -> dict[tuple[str, str], QuestionMark]:
    """Submit the answers in the order in which they were given, so that follow-through works as it did then."""
    lesson = replay.lesson.id
    work = {name: _Work() for name in questions}
    for entry in hand_in.entries:
        if entry.lesson != lesson or entry.field not in work or is_after_exam(hand_in, assignment, entry.when):
            continue
        mine = work[entry.field]
        if entry.kind == "answer":
            _take_answer(replay, entry, mine, assignment)
        elif entry.kind == "hint":
            mine.hints += 1
        elif entry.kind == _GIVEN_UP and not replay.state(entry.field).solved:
            mine.given_up = True
            replay.give_up(entry.field)
    for name, mine in work.items():
        if replay.kind(name) is FieldKind.LAB and mine.answers and not mine.given_up:
            mine.first = mine.first or _run_lab(replay, name, mine.answers[-1].answer)
    return {(lesson, name): _question_mark(replay, questions[name], mine, assignment) for name, mine in work.items()}


def _take_answer(replay: Replay, entry: EntryData, mine: _Work, assignment: Assignment) -> None:
    """Mark an answer, if it counts; of a lab's programs, only the last is run, at the end."""
    if replay.kind(entry.field) is FieldKind.LAB:
        mine.answers.append(entry)
        return
    if assignment.exam is not None and len(mine.answers) >= assignment.exam.attempts:
        return
    verdict = replay.submit(entry.field, entry.answer)
    if verdict.counts:
        mine.answers.append(entry)
        mine.first = mine.first or verdict.value


def _run_lab(replay: Replay, field: str, source: str) -> str:
    """Run a lab's program with its checks in a sandbox; return its verdict, or NOT_RUN."""
    from tutor.labs.sandbox.level import level
    from tutor.session.batch import mark_program

    if not level().is_isolated:
        return NOT_RUN
    try:
        result = mark_program(replay.lab(field), replay.lesson, source)
    except SandboxError:
        return NOT_RUN
    replay.finish(field, source, result)
    return result.verdict.value


def _question_mark(replay: Replay, question: Question, work: _Work, assignment: Assignment) -> QuestionMark:
    state = replay.state(question.field)
    credit = assignment.credit
    if work.given_up:
        verdict = _GIVEN_UP
    elif work.first == NOT_RUN:
        verdict = NOT_RUN
    elif not work.answers or state.result is None:
        verdict = _NOT_ANSWERED
    else:
        verdict = Verdict.CORRECT.value if state.solved else state.result.verdict.value
    share = credit.get(verdict, 0.0)
    if share > 0:
        share = max(0.0, share + credit.get("hint", 0.0) * max(0, work.hints - _COSTLY_LEVEL + 1))
    mistakes = state.result.mistakes if state.result is not None and verdict == "wrong" else ()
    return QuestionMark(
        question.lesson, question.field, question.label, round(share * question.points, 4), question.points, verdict,
        first=work.first,
        answer=work.answers[-1].answer if work.answers else "",
        mistakes=tuple((each.id, each.message) for each in mistakes),
        attempts=len(work.answers),
        hints=work.hints,
    )  # fmt: skip


def _repeats_once(marks: tuple[QuestionMark, ...]) -> tuple[QuestionMark, ...]:
    """Return the marks with a repeated mistake counted once: later answers with the same mistake get full points."""
    seen: set[str] = set()
    found = []
    for mark in marks:
        named = mark.mistakes[0][0] if mark.mistakes else ""
        if mark.verdict == "wrong" and named and named in seen:
            mark = replace(mark, points=mark.worth)
        elif named:
            seen.add(named)
        found.append(mark)
    return tuple(found)


def _minutes(hand_in: HandIn) -> float:
    """Return the working time in minutes: the time between entries, without pauses of more than ten minutes."""
    moments = []
    for entry in hand_in.entries:
        if entry.kind in (STARTED, HANDED_IN):
            continue
        try:
            moments.append(datetime.fromisoformat(entry.when))
        except ValueError:
            continue
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(moments)]
    return round(sum(gap for gap in gaps if 0 <= gap <= 600) / 60, 1)
