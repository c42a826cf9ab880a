"""Marks a hand-in again, from its answers alone, against the instructor's own lessons."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tutor.classroom.assignment import Assignment, Question
from tutor.classroom.hand_in import HANDED_IN, STARTED, EntryData, HandIn, differences, is_after_exam
from tutor.lessons import Lesson
from tutor.session import Session
from tutor.session.answers import from_text
from tutor.session.model import FieldKind, Verdict
from tutor.session.opening import with_variant
from tutor.store import Store

#: From this level on a hint costs what ``credit: {hint: …}`` says.
_COSTLY_LEVEL = 3
_NOT_ANSWERED = "unanswered"
_GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """What came of one question. ``verdict`` is that of the answer that counts, ``unanswered`` or ``given-up``;
    ``first`` is that of the first answer; ``answer`` is what was typed."""

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
        """Whether the answer that counts is right or follows from an earlier one."""
        return self.verdict in ("correct", "imprecise", "follows")


@dataclass(frozen=True, slots=True)
class MarkedHandIn:
    """A learner's marks. ``points`` is after the deduction for lateness (``lateness`` is the share that remains)."""

    learner: str
    handed_in: datetime
    points: float
    total: float
    lateness: float
    marks: tuple[QuestionMark, ...]
    notes: tuple[str, ...] = ()
    minutes: float = 0.0

    @property
    def first_wrong(self) -> QuestionMark | None:
        """The first question, in the lessons' order, whose answer is wrong."""
        return next((mark for mark in self.marks if mark.verdict == "wrong"), None)

    def to_json(self) -> dict[str, Any]:
        """Plain data: what is kept so that nothing is marked twice."""
        from dataclasses import asdict

        return {**asdict(self), "handed_in": self.handed_in.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MarkedHandIn:
        """The marks that ``to_json`` wrote."""
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
    hints: int = 0
    given_up: bool = False


def mark_hand_in(hand_in: HandIn, assignment: Assignment) -> MarkedHandIn:
    """The marks of a hand-in. Verdicts come from the answers; programs of labs are not run here."""
    variant = assignment.variant(hand_in.learner)
    marks: dict[tuple[str, str], QuestionMark] = {}
    for lesson in assignment.lessons:
        questions = {each.field: each for each in assignment.questions if each.lesson == lesson.id}
        marks.update(_mark_lesson(with_variant(lesson, variant), questions, hand_in, assignment))
    listed = tuple(marks[each.lesson, each.field] for each in assignment.questions)
    if assignment.same_mistake == "once":
        listed = _once(listed)
    lateness = assignment.lateness(hand_in.learner, hand_in.made_at)
    points = round(sum(mark.points for mark in listed) * lateness, 2)
    notes = tuple(each.message for each in differences(hand_in, assignment))
    return MarkedHandIn(
        hand_in.learner, hand_in.made_at, points, assignment.total, lateness, listed, notes, _minutes(hand_in)
    )


def _mark_lesson(
    lesson: Lesson, questions: Mapping[str, Question], hand_in: HandIn, assignment: Assignment
) -> dict[tuple[str, str], QuestionMark]:
    """Submit the answers in the order in which they were given, so that follow-through is as it was."""
    session = Session(lesson, Store(None, learner=hand_in.learner))
    work = {name: _Work() for name in questions}
    firsts: dict[str, str] = {}
    for entry in hand_in.entries:
        if entry.lesson != lesson.id or entry.field not in work:
            continue
        if is_after_exam(hand_in, assignment, entry.when):
            continue
        mine = work[entry.field]
        if entry.kind == "answer":
            if assignment.exam is not None and len(mine.answers) >= assignment.exam.attempts:
                continue
            verdict = _submit(session, entry)
            if verdict in ("undecided", "unreadable"):
                continue
            mine.answers.append(entry)
            firsts.setdefault(entry.field, verdict)
        elif entry.kind == "hint":
            mine.hints += 1
        elif entry.kind == _GIVEN_UP and not session.state(entry.field).solved:
            mine.given_up = True
            session.give_up(entry.field)
    return {
        (lesson.id, name): _question_mark(session, questions[name], mine, firsts.get(name, ""), assignment)
        for name, mine in work.items()
    }


def _submit(session: Session, entry: EntryData) -> str:
    kind = session.field(entry.field).kind
    if kind in (FieldKind.LAB, FieldKind.RUN):
        return "kept"
    return session.submit(entry.field, from_text(kind, entry.answer)).result.verdict.value


def _question_mark(
    session: Session, question: Question, work: _Work, first: str, assignment: Assignment
) -> QuestionMark:
    state = session.state(question.field)
    credit = assignment.credit
    if work.given_up:
        verdict = _GIVEN_UP
    elif not work.answers or state.result is None:
        verdict = _NOT_ANSWERED
    else:
        verdict = Verdict.CORRECT.value if state.solved else state.result.verdict.value
    share = credit.get(verdict, 0.0)
    if share > 0:
        share = max(0.0, share + credit.get("hint", 0.0) * max(0, work.hints - _COSTLY_LEVEL + 1))
    mistakes = state.result.mistakes if state.result is not None and verdict == "wrong" else ()
    return QuestionMark(
        question.lesson,
        question.field,
        question.label,
        round(share * question.points, 4),
        question.points,
        verdict,
        first,
        work.answers[-1].answer if work.answers else "",
        tuple((each.id, each.message) for each in mistakes),
        len(work.answers),
        work.hints,
    )


def _once(marks: tuple[QuestionMark, ...]) -> tuple[QuestionMark, ...]:
    """A mistake that shows in several answers costs once: the later ones have their points."""
    from dataclasses import replace

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
    """How long was worked: the time between entries, pauses of more than ten minutes left out."""
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
