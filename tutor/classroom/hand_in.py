"""A hand-in: one JSON file with a learner's answers to an assignment.

The file only transports the answers: ``marking`` marks them again, so that nothing in it is trusted except what was
typed, when, and with how many hints. A hash chain over the entries detects a file that was cut or edited.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tutor import __version__
from tutor.classroom.assignment import Assignment, variant_of
from tutor.cleaning import from_json
from tutor.errors import TutorError, file_errors
from tutor.paths import write_whole
from tutor.session.exam import exam_of
from tutor.store import Store
from tutor.store.records import moment, utc_now

FORMAT = "tutor-hand-in"
VERSION = 1
SUFFIX = ".tutor"
#: The setting with a learner's name in the class list.
CLASS_NAME = "class-name"
#: The setting with the time at which an assignment was handed in, and the file.
HANDED_IN_AT = "handed-in:{}"
#: The kinds of the first entry of an exam, and of the last entry of every hand-in.
STARTED, HANDED_IN = "exam-started", "handed-in"
MOST_BYTES = 20_000_000
_MOST_ENTRIES = 50_000

Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=200_000)]


class HandInError(TutorError):
    """A file that cannot be marked as a hand-in; the message says why."""

    title = "This hand-in cannot be marked"


class NothingAnsweredError(TutorError):
    """Raised when there are no answers to hand in."""

    title = "There is nothing to hand in"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class EntryData(_Model):
    """An attempt (``kind`` is ``answer``) or an event (``hint``, ``given-up`` …), with its hash in the chain.

    The verdict and the mistakes come from the learner's tutor; they may be shown but are never trusted.
    """

    lesson: Short
    variant: Short
    field: Short
    kind: Short
    when: Short
    hash: Short
    answer: Long = ""
    verdict: Short = ""
    mistakes: tuple[Short, ...] = ()


class LessonData(_Model):
    """The learner's version of a lesson."""

    id: Short
    variant: Short
    hash: Short
    revision: int = 1


class HandIn(_Model):
    """A whole hand-in."""

    format: Literal["tutor-hand-in"]
    version: int = Field(ge=1)
    tutor: Short
    assignment: Short
    learner: Short
    made_at: datetime
    lessons: tuple[LessonData, ...]
    entries: tuple[EntryData, ...] = Field(max_length=_MOST_ENTRIES)

    @property
    def answers(self) -> tuple[EntryData, ...]:
        """The answers, in order."""
        return tuple(entry for entry in self.entries if entry.kind == "answer")

    @property
    def started_at(self) -> datetime | None:
        """The time at which the exam was begun, or None if this is not an exam."""
        when = next((entry.when for entry in self.entries if entry.kind == STARTED), "")
        try:
            return datetime.fromisoformat(when)
        except ValueError:
            return None

    @property
    def broken_at(self) -> int | None:
        """The index of the first entry whose hash is wrong, or None for an unchanged file."""
        previous = seal(self.assignment, self.learner)
        for place, entry in enumerate(self.entries):
            previous = _chained(previous, entry.model_dump(exclude={"hash"}))
            if previous != entry.hash:
                return place
        return None


@dataclass(frozen=True, slots=True)
class Difference:
    """Something about a hand-in that an instructor should know; the hand-in is marked nevertheless."""

    kind: Literal["edited", "other-lesson", "other-numbers", "other-assignment", "no-exam", "after-the-end"]
    message: str


def class_name(store: Store) -> str:
    """Return the learner's name in the class list: the name they typed, else the name of their progress."""
    return store.setting(CLASS_NAME, "") or store.learner


def make(assignment: Assignment, store: Store, *, now: datetime | None, learner: str = "") -> HandIn:
    """Make the hand-in of the store's learner, under ``learner``, the name in the class list (default: the store's).

    It has all answers since the last reset. Without ``now``, the time of the last answer is the time of the hand-in.
    """
    learner = learner or store.learner
    variant = assignment.variant(learner)
    found: list[dict[str, Any]] = []
    for lesson in assignment.lessons:
        place = {"lesson": lesson.id, "variant": variant}
        for attempt in store.attempts(lesson.id, variant):
            said = {"answer": attempt.answer, "verdict": attempt.verdict, "mistakes": attempt.mistakes}
            found.append({**place, "field": attempt.field, "kind": "answer", "when": attempt.when, **said})
        for event in store.events(lesson.id, variant):
            found.append({**place, "field": event.field, "kind": event.kind, "when": event.when})
    found.sort(key=lambda entry: str(entry["when"]))
    if now is None:
        now = moment(found[-1]["when"]) if found else utc_now()
    nowhere = {"lesson": "", "variant": variant, "field": ""}
    exams = [exam_of(store, lesson.id, variant) for lesson in assignment.lessons] if assignment.exam else []
    started = next((exam.started for exam in exams if exam is not None), None)
    if started is not None:
        found.insert(0, {**nowhere, "kind": STARTED, "when": started.isoformat()})
    found.append({**nowhere, "kind": HANDED_IN, "when": now.isoformat()})
    lessons = tuple(
        LessonData(id=lesson.id, variant=variant, hash=assignment.hashes[lesson.id], revision=lesson.revision)
        for lesson in assignment.lessons
    )
    return HandIn(
        format="tutor-hand-in",
        version=VERSION,
        tutor=__version__,
        assignment=assignment.id,
        learner=learner,
        made_at=now,
        lessons=lessons,
        entries=tuple(chain(found, assignment.id, learner)),
    )


def made_last(assignment: Assignment, store: Store) -> HandIn:
    """Make the hand-in of a store's learner with the time at which it was last handed in or, if there are later
    answers, with the time of the last answer."""
    name = class_name(store)
    last = make(assignment, store, now=None, learner=name)
    kept = store.setting(HANDED_IN_AT.format(assignment.id), [])
    try:
        handed_in = datetime.fromisoformat(kept[0])
    except (IndexError, TypeError, ValueError):
        return last
    return make(assignment, store, now=handed_in, learner=name) if handed_in >= last.made_at else last


def chain(entries: Iterable[Mapping[str, Any]], assignment: str, learner: str) -> Iterable[EntryData]:
    """Yield the entries, each with a hash of itself and all earlier entries."""
    previous = seal(assignment, learner)
    for entry in entries:
        data = EntryData(**entry, hash="").model_dump(exclude={"hash"})
        previous = _chained(previous, data)
        yield EntryData(**data, hash=previous)


def seal(assignment: str, learner: str) -> str:
    """Return the first hash of a chain, which depends on the assignment and the learner."""
    return hashlib.sha256(f"{FORMAT}\0{assignment}\0{learner}".encode("utf-8", "surrogatepass")).hexdigest()


def _chained(previous: str, data: Mapping[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def write(
    assignment: Assignment, store: Store, *, now: datetime, learner: str, target: Path | None = None
) -> tuple[Path, HandIn]:
    """Write the hand-in to a file (default: in the current folder), and store the time and the path.

    Raises:
        TutorError: nothing was answered, or the file cannot be written.
    """
    hand_in = make(assignment, store, now=now, learner=learner)
    if not hand_in.answers:
        raise NothingAnsweredError(f"{learner} has answered nothing in this assignment yet.")
    path = (target or Path(file_name(assignment, learner))).absolute()
    with file_errors(path):
        write_whole(path, to_bytes(hand_in))
    store.set_setting(HANDED_IN_AT.format(assignment.id), [now.isoformat(), str(path)])
    return path, hand_in


def file_name(assignment: Assignment, learner: str) -> str:
    """Return the name of a hand-in's file: ``week3.s1234567.tutor``."""
    return f"{assignment.id}.{variant_of(learner)}{SUFFIX}"


def to_bytes(hand_in: HandIn) -> bytes:
    """Return the file's content."""
    text = json.dumps(hand_in.model_dump(mode="json"), ensure_ascii=False, indent=1)
    return f"{text}\n".encode("utf-8", "surrogatepass")


def read(data: bytes, name: str) -> HandIn:
    """Return the hand-in in a file's content.

    Raises:
        HandInError: it is cut off, too large, not a hand-in, or of a later version; the message says which.
    """
    if len(data) > MOST_BYTES:
        raise HandInError(f"{name} is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        found = from_json(data.decode("utf-8", "surrogatepass"))
    except ValueError:
        raise HandInError(f"{name} is damaged or cut off: it is not a JSON file.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise HandInError(f"{name} is not a hand-in of the tutor.")
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise HandInError(f"{name} was made by a later tutor ({found.get('tutor')}).", hint="Update the tutor.")
    try:
        return HandIn.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise HandInError(f"{name} is damaged: {place or 'the file'} cannot be read.") from None


def differences(hand_in: HandIn, assignment: Assignment) -> tuple[Difference, ...]:
    """Return the ways in which a hand-in does not fit the assignment, and signs that it was edited."""
    found = []
    broken = hand_in.broken_at
    if broken is not None:
        said = f"Entry {broken + 1} of {len(hand_in.entries)} was changed after it was made."
        found.append(Difference("edited", said))
    elif not hand_in.entries or hand_in.entries[-1].kind != HANDED_IN:
        found.append(Difference("edited", "Entries at its end are missing."))
    elif hand_in.entries[-1].when != hand_in.made_at.isoformat():
        found.append(Difference("edited", "The time at which it was handed in was changed."))
    if hand_in.assignment != assignment.id:
        found.append(Difference("other-assignment", f"It was made for the assignment {hand_in.assignment!r}."))
    expected = assignment.variant(hand_in.learner)
    for lesson in hand_in.lessons:
        if lesson.id not in assignment.hashes:
            found.append(Difference("other-lesson", f"The lesson {lesson.id!r} is not part of this assignment."))
        elif lesson.hash != assignment.hashes[lesson.id]:
            found.append(Difference("other-lesson", f"The learner had another version of {lesson.id}."))
        if lesson.id in assignment.hashes and lesson.variant != expected:
            found.append(Difference("other-numbers", f"{lesson.id} was worked with the numbers #{lesson.variant}."))
    found += _exam_differences(hand_in, assignment)
    return tuple(found)


def is_after_exam(hand_in: HandIn, assignment: Assignment, when: str) -> bool:
    """Return whether a moment is after the end of the learner's exam."""
    started, exam = hand_in.started_at, assignment.exam
    if started is None or exam is None:
        return False
    try:
        return moment(when) > started + timedelta(minutes=exam.minutes)
    except ValueError:
        return True


def _exam_differences(hand_in: HandIn, assignment: Assignment) -> list[Difference]:
    if assignment.exam is None:
        return []
    if hand_in.started_at is None:
        return [Difference("no-exam", "It was not worked as an exam: it has no starting time.")]
    late = sum(is_after_exam(hand_in, assignment, entry.when) for entry in hand_in.answers)
    said = f"Answers after the end of the exam, which do not count: {late}."
    return [Difference("after-the-end", said)] if late else []
