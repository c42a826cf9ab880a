"""A learner's work on an assignment: the lessons and what is done, the exam's clock, the hand-in. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tutor.classroom import is_assignment
from tutor.classroom.assignment import PER_LEARNER, Assignment, load_assignment
from tutor.classroom.hand_in import CLASS_NAME, HANDED_IN_AT, class_name, file_name, write
from tutor.errors import TutorError
from tutor.formulas.wording import times
from tutor.paths import is_room
from tutor.session import Session
from tutor.session.exam import ExamRules, exam_of, set_exam
from tutor.session.opening import with_variant
from tutor.store import Store
from tutor.store.records import utc_now

#: The text that a learner reads before an exam begins.
EXAM = (
    "This is an exam of {minutes} minutes. The clock starts now and keeps running when the tutor is closed. There are "
    "no hints and no derivations. {attempts} {feedback}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson of the assignment: how many of its questions are done, and the points for all of them."""

    lesson: str
    title: str
    done: int
    total: int
    points: float

    @property
    def words(self) -> str:
        """The line as text: ``2 of 5 done, 8 points``."""
        return f"{self.done} of {self.total} done, {_points(self.points)}"


class AssignmentRun:
    """An assignment with one learner's progress. Lessons are opened with the learner's numbers."""

    def __init__(
        self, assignment: Assignment, store: Store, *, now: Callable[[], datetime] = utc_now, is_room: bool = False
    ) -> None:
        """``is_room``: the learner works on the instructor's machine, so paths of files are not shown."""
        self.assignment = assignment
        self.store = store
        self.is_room = is_room
        self._now = now

    # -- who ----------------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The learner's name in the class list, or "" if it is not known yet."""
        return class_name(self.store)

    @property
    def needs_name(self) -> bool:
        """Whether the learner's numbers depend on a name that is not known yet."""
        return self.assignment.seed == PER_LEARNER and not self.name

    def take_name(self, name: str) -> None:
        """Store the learner's name in the class list.

        Raises:
            TutorError: it is empty or too long.
        """
        name = name.strip()
        if not name or len(name) > 100 or not name.isprintable():
            raise TutorError("Type your name exactly as it is in the class list.")
        self.store.set_setting(CLASS_NAME, name)

    @property
    def variant(self) -> str:
        """The id of the learner's variant."""
        return self.assignment.variant(self.name)

    # -- the lessons and the state ------------------------------------------------------------------------------------

    def lines(self) -> tuple[Line, ...]:
        """Return the lessons, in order."""
        done = {row.lesson: row.done for row in self.store.summaries() if row.variant == self.variant}
        found = []
        for lesson in self.assignment.lessons:
            questions = [each for each in self.assignment.questions if each.lesson == lesson.id]
            count = len(questions)
            points = sum(each.points for each in questions)
            found.append(Line(lesson.id, lesson.title, min(done.get(lesson.id, 0), count), count, points))
        return tuple(found)

    def head(self) -> str:
        """Return the deadline, what is done, and the points, in words."""
        lines = self.lines()
        done, total = sum(line.done for line in lines), sum(line.total for line in lines)
        said = [f"{done} of {total} questions done, {_points(self.assignment.total)} in all."]
        due = self.assignment.due_for(self.name)
        if due is not None:
            now = self._now()
            said.insert(0, f"{'Due' if now <= due else 'Was due'} on {_date(due)}.")
            late = next(((until, credit) for until, credit in self.assignment.late if now <= until), None)
            if now > due:
                said.insert(1, f"Late: {late[1]:.0%} until {_date(late[0])}." if late else "It no longer counts.")
        return " ".join(said)

    def state(self) -> str:
        """Return the state of the exam, and when and where the assignment was handed in, in words."""
        said = [f"You work as {self.name}."] if self.is_room else []
        if self.assignment.exam is not None:
            said.append(self.clock() or ("The exam is over." if self.exam else "The exam has not been begun."))
        kept = self.store.setting(HANDED_IN_AT.format(self.assignment.id), [])
        if len(kept) == 2 and all(isinstance(each, str) for each in kept):
            where = "" if self.is_room else f": {kept[1]}"
            said.append(f"Handed in on {_date(datetime.fromisoformat(kept[0]))}{where or '.'}")
        return " ".join(said)

    # -- the exam -----------------------------------------------------------------------------------------------------

    @property
    def exam(self) -> ExamRules | None:
        """The exam that was begun, or None."""
        if self.assignment.exam is None:
            return None
        return exam_of(self.store, self.assignment.lessons[0].id, self.variant)

    @property
    def is_to_begin(self) -> bool:
        """Whether this is an exam that has not been begun."""
        return self.assignment.exam is not None and self.exam is None

    @property
    def is_on(self) -> bool:
        """Whether an exam is running."""
        exam = self.exam
        return exam is not None and exam.is_on(self._now())

    def clock(self) -> str:
        """Return the time left, ``41:20 left``, or "" if no exam is running."""
        exam = self.exam
        return f"{exam.left(self._now())} left" if exam is not None and exam.is_on(self._now()) else ""

    def rules(self) -> str:
        """Return the text that a learner reads before the exam begins."""
        exam = self.assignment.exam
        if exam is None:
            return ""
        feedback = "Verdicts are shown after the end." if exam.feedback == "after" else "No verdicts are shown."
        attempts = f"Each question can be answered {times(exam.attempts)}."
        return EXAM.format(minutes=exam.minutes, attempts=attempts, feedback=feedback)

    def begin(self) -> None:
        """Start the clock. Earlier answers to these variants of the lessons do not count."""
        exam = self.assignment.exam
        if exam is None or self.exam is not None:
            return
        for lesson in self.assignment.lessons:
            self.store.reset(lesson.id, self.variant)
        now = self._now()
        self._set(ExamRules(now, now + timedelta(minutes=exam.minutes), exam.attempts, exam.feedback))

    def _set(self, rules: ExamRules) -> None:
        for lesson in self.assignment.lessons:
            set_exam(self.store, lesson.id, self.variant, rules)

    # -- working and handing in ---------------------------------------------------------------------------------------

    def open(self, lesson_id: str) -> Session:
        """Return a session of one of the lessons. It makes the learner's variant, so call it in a worker.

        Raises:
            TutorError: the name is not known yet, the exam was not begun, or the variant cannot be made.
        """
        if self.needs_name:
            raise TutorError("Type your name exactly as it is in the class list first.")
        if self.is_to_begin:
            raise TutorError("The exam has not been begun.")
        lesson = self.assignment.lesson(lesson_id)
        if lesson is None:
            raise TutorError(f"The assignment has no lesson {lesson_id!r}.")
        return Session(with_variant(lesson, self.variant), self.store, now=self._now)

    def after(self, lesson_id: str) -> Line | None:
        """Return the next lesson of the assignment, or None after the last one."""
        lines = self.lines()
        place = next(place for place, line in enumerate(lines) if line.lesson == lesson_id)
        return lines[place + 1] if place + 1 < len(lines) else None

    def hand_in(self, folder: Path | None = None) -> Path:
        """Write the hand-in (default: to the current folder), and end the exam if it is running.

        Raises:
            TutorError: the name is not known, nothing was answered, or the file cannot be written.
        """
        if not self.name:
            raise TutorError("Type your name exactly as it is in the class list first.")
        now, exam = self._now(), self.exam
        target = folder / file_name(self.assignment, self.name) if folder is not None else None
        path, _ = write(self.assignment, self.store, now=now, learner=self.name, target=target)
        if exam is not None and exam.is_on(now):
            self._set(replace(exam, ends=now))
        return path


def assignment_at(reference: str, store: Store) -> AssignmentRun | None:
    """Open the assignment in a file, to work on it; None if the file is not an assignment.

    Raises:
        AssignmentError: it cannot be used.
    """
    path = Path(reference).expanduser()
    if not path.is_file() or not is_assignment(path):
        return None
    return AssignmentRun(load_assignment(path), store, is_room=is_room())


def _date(moment: datetime) -> str:
    return f"{moment.astimezone():%A %d %B %Y, %H:%M}"


def _points(points: float) -> str:
    return f"{points:g} point{'s' if points != 1 else ''}"
