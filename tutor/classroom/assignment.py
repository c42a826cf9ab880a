"""An assignment: its lessons, the variant of each learner, the points and the dates."""

from __future__ import annotations

import difflib
import hashlib
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PlainValidator

from tutor.classroom.roster import folded
from tutor.lessons import Catalogue, Lesson, LessonProblems
from tutor.lessons.cache import content_hash, load
from tutor.lessons.field_types import FileModel, describe, written
from tutor.lessons.problems import Problem
from tutor.lessons.validate import Checker
from tutor.lessons.yaml.document import read_document

if TYPE_CHECKING:
    from tutor.session.entries import Entry

PER_LEARNER = "per-learner"
SHARED = "shared"

_NAME = re.compile(r"[^\w.@+-]+")
_SEED = re.compile(r"[\w.\-@+]{1,64}")


class AssignmentError(LessonProblems):
    """An assignment that cannot be used, with every problem and its place."""

    title = "This assignment cannot be used"


# -- the file -------------------------------------------------------------------------------------------------------


def _moment(value: object) -> datetime:
    text = written(value)
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise ValueError(f"Write a date with its time zone, such as 2027-03-14T23:59+01:00, not {text!r}.") from None
    if moment.tzinfo is None:
        raise ValueError(f"Add the time zone to {text}, for example {text}+01:00.")
    return moment


def _number(value: object, what: str, lowest: int, highest: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise ValueError(f"Write {what} from {lowest} to {highest}, not {describe(value)}.")
    return float(value)


def _points_table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"Write points as {{default: 1, LESSON: {{QUESTION: 3}}}}, not {describe(value)}.")
    for name, worth in value.items():
        for points in worth.values() if isinstance(worth, dict) else (worth,):
            try:
                _number(points, "points", 0, 1000)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return value


def _paths(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str) for each in listed):
        raise ValueError("List the lesson files, such as [04-backpropagation.yaml].")
    return tuple(listed)


def _seed(value: object) -> str:
    text = written(value)
    if isinstance(value, dict | list) or value is None or not _SEED.fullmatch(text):
        raise ValueError("Write per-learner, shared, or a number or word that names the variant.")
    return text


Moment = Annotated[datetime, PlainValidator(_moment)]
Share = Annotated[float, PlainValidator(lambda value: _number(value, "a number", -1, 1))]


class LateFile(FileModel):
    """A period in which a late hand-in still counts, and the share of the points that it earns."""

    until: Moment
    credit: Share


class CreditFile(FileModel):
    """The share of a question's points for each verdict; ``hint`` is added for each hint from level 3 on."""

    correct: Share = 1.0
    imprecise: Share = 1.0
    follows: Share = 1.0
    wrong: Share = 0.0
    hint: Share = 0.0


class Exam(FileModel):
    """An exam's time in minutes, the attempts at each question, and whether verdicts are shown after the end."""

    minutes: int = Field(gt=0, le=10_000)
    attempts: int = Field(default=1, gt=0, le=100)
    feedback: Literal["after", "none"] = "after"


class AssignmentFile(FileModel):
    """The fields of an assignment file."""

    tutor: int = 1
    assignment: str
    id: str = ""
    lessons: Annotated[tuple[str, ...], PlainValidator(_paths)]
    seed: Annotated[str, PlainValidator(_seed)] = PER_LEARNER
    due: Moment | None = None
    late: tuple[LateFile, ...] = ()
    extensions: Mapping[str, Moment] = Field(default_factory=dict)
    points: Annotated[Mapping[str, Any], PlainValidator(_points_table)] = Field(default_factory=dict)
    credit: CreditFile = CreditFile()
    same_mistake: Literal["once", "each"] = "each"
    exam: Exam | None = None


# -- the assignment -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """A marked question of the assignment, with its lesson, its field and its points."""

    lesson: str
    field: str
    label: str
    points: float


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """An assignment with its lessons loaded. ``hashes`` holds a hash of each lesson's content, by lesson id."""

    path: Path
    id: str
    title: str
    lessons: tuple[Lesson, ...]
    seed: str = PER_LEARNER
    due: datetime | None = None
    late: tuple[tuple[datetime, float], ...] = ()
    extensions: Mapping[str, datetime] = field(default_factory=dict)
    credit: Mapping[str, float] = field(default_factory=dict)
    same_mistake: Literal["once", "each"] = "each"
    exam: Exam | None = None
    questions: tuple[Question, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The highest number of points."""
        return sum(question.points for question in self.questions)

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Return the lesson with this id."""
        return next((each for each in self.lessons if each.id == lesson_id), None)

    def variant(self, learner: str) -> str:
        """Return the id of a learner's variant; "" for the lesson's original numbers."""
        if self.seed == SHARED:
            return ""
        if self.seed != PER_LEARNER:
            return self.seed
        return variant_of(learner)

    def due_for(self, learner: str) -> datetime | None:
        """Return a learner's deadline, with any extension."""
        return next((due for name, due in self.extensions.items() if folded(name) == folded(learner)), self.due)

    def lateness(self, learner: str, handed_in: datetime) -> float:
        """Return the share of the points that a hand-in at this moment earns: 1 in time, 0 after the last late date."""
        due = self.due_for(learner)
        if due is None or handed_in <= due:
            return 1.0
        return next((credit for until, credit in self.late if handed_in <= until), 0.0)


def variant_of(learner: str) -> str:
    """Return the variant id for a learner's name: the name if it is a valid id, else a cleaned name with a hash."""
    name = folded(learner)
    if _SEED.fullmatch(name):
        return name
    plain = _NAME.sub("-", name).strip("-")[:40] or "learner"
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def load_assignment(path: Path | str) -> Assignment:
    """Load an assignment with its lessons, and resolve its points.

    Raises:
        AssignmentError: the assignment or one of its lessons cannot be used; it lists every problem with its place.
    """
    file = Path(path)
    document = read_document(file)
    if isinstance(document.data, dict) and "assignment" not in document.data and "screens" in document.data:
        raise AssignmentError(
            [Problem(document.name, 1, 1, "This is a lesson, not an assignment. An assignment lists lessons.")]
        )
    checker = Checker(document)
    made = checker.model(AssignmentFile, document.data, ())
    if made is None or checker.problems:
        raise AssignmentError(checker.problems)
    lessons = tuple(_lessons(made, file, checker))
    questions = tuple(_questions(made, lessons, checker))
    if checker.problems:
        raise AssignmentError(checker.problems)
    return Assignment(
        path=file,
        id=made.id or file.stem,
        title=made.assignment,
        lessons=lessons,
        seed=made.seed,
        due=made.due,
        late=tuple(sorted((each.until, each.credit) for each in made.late)),
        extensions=made.extensions,
        credit=made.credit.model_dump(),
        same_mistake=made.same_mistake,
        exam=made.exam,
        questions=questions,
        hashes={lesson.id: content_hash(lesson) for lesson in lessons},
    )


def _place_of(name: str, folder: Path) -> Path | None:
    """Return the file of a lesson: by its path from the assignment's folder, else by id or file name from the list that
    Home shows."""
    path = folder / name
    if path.is_file():
        return path
    listed = Catalogue(glimpse=True).entries
    return next((each.path for each in listed if name in (each.id, each.path.name)), None)


def _lessons(made: AssignmentFile, file: Path, checker: Checker) -> Iterator[Lesson]:
    seen: dict[str, str] = {}
    for place, name in enumerate(made.lessons):
        path = _place_of(name, file.parent)
        if path is None:
            said = f"There is no lesson {name!r}: no file with this path from here, and no lesson of the course."
            checker.add(("lessons", place), said)
            continue
        try:
            lesson = load(path)
        except LessonProblems as error:
            checker.add(("lessons", place), f"This lesson cannot be used: {error.report[0] if error.report else error}")
            continue
        if lesson.id in seen:
            checker.add(("lessons", place), f"{name} and {seen[lesson.id]} both have the id {lesson.id}.")
            continue
        seen[lesson.id] = name
        yield lesson


def _questions(made: AssignmentFile, lessons: tuple[Lesson, ...], checker: Checker) -> Iterator[Question]:
    """Yield every marked question with its points; report names in ``points`` that no lesson has."""
    from tutor.session.entries import collect
    from tutor.session.model import FieldKind

    known = {"default", "labs", *(lesson.id for lesson in lessons)}
    for name in made.points:
        if name not in known:
            listed = ", ".join(sorted(known))
            checker.add(("points", name), f"No lesson here has the id {name!r}. Write one of {listed}.", at_key=True)
    default, labs = float(made.points.get("default", 1)), float(made.points.get("labs", 1))
    for lesson in lessons:
        own = made.points.get(lesson.id, {})
        table = dict(own) if isinstance(own, dict) else {}
        each = float(own) if isinstance(own, int | float) else default
        used = set()
        for entry in collect(lesson).entries.values():
            kind = entry.field.kind
            if not kind.earns_points:
                continue
            named = next((name for name in table if _names(name, entry)), None)
            used.add(named)
            worth = float(table[named]) if named else labs if kind is FieldKind.LAB else each
            yield Question(lesson.id, entry.field.id, _label(entry), worth)
        for name in table:
            if name not in used:
                message = f"{lesson.id} has no question {name!r}. {_suggestion(name, lesson)}"
                checker.add(("points", lesson.id, name), message, at_key=True)


def _label(entry: Entry) -> str:
    """Return a question's label in a report: its quantity, or the beginning of its prompt."""
    if entry.field.label:
        return entry.field.label
    from tutor.session.export import in_words

    prompt = getattr(entry.block, "prompt", "")
    words = re.sub(r"[*`]", "", in_words(getattr(prompt, "source", str(prompt))))
    return textwrap.shorten(words, 50, placeholder=" …") or entry.field.block_id


def _suggestion(name: str, lesson: Lesson) -> str:
    """Return a suggestion for a name that no question has."""
    from tutor.session.entries import collect

    known = dict.fromkeys(
        entry.item.quantity.name if entry.item is not None else entry.field.block_id
        for entry in collect(lesson).entries.values()
    )
    near = difflib.get_close_matches(name, known, 3, 0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Name a quantity that it asks, or a block by its id: {', '.join(list(known)[:12])} …"


def _names(name: str, entry: Entry) -> bool:
    """Return whether a name in ``points`` means this question: its id, its block's, or any spelling of its quantity."""
    if name in (entry.field.id, entry.field.block_id):
        return True
    return entry.item is not None and entry.item.graph.canonical(name) == entry.item.quantity.name
