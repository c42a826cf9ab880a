"""Practice: one question at a time, chosen by what the learner cannot do yet.

    run = PracticeRun(store, now=now)
    session = run.next()          # a lesson of one screen, or None at the end
    …                             # answered like any other lesson
    run.summary()                 # the skills practised, before and after

Nothing is lost by leaving: every answer is stored as evidence at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tutor.errors import TutorError
from tutor.formulas.wording import counted, times
from tutor.learning.choice import SECONDS, SESSION, Choice, Form, choose, due_skills, needed_first
from tutor.learning.forms import practice_lesson
from tutor.learning.index import SkillIndex, load_index, read_aside
from tutor.learning.record import LearnerRecord
from tutor.learning.replay import carry_over
from tutor.learning.skills import capital, title
from tutor.lessons import Catalogue
from tutor.lessons.blocks import Lesson
from tutor.lessons.cache import load
from tutor.session.session import Session
from tutor.store import Store
from tutor.store.records import utc_now


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a practice session; ``questions`` is 0 if nothing is due."""

    questions: int
    minutes: int
    skills: tuple[str, ...]

    @property
    def words(self) -> str:
        """The plan in words: ``6 questions, about 8 minutes: error signal of a hidden unit, update by SGD``."""
        if not self.questions:
            return ""
        minutes = "a minute" if self.minutes <= 1 else f"{self.minutes} minutes"
        skills = ", ".join(title(skill) for skill in self.skills[:3])
        return f"{counted(self.questions, 'question')}, about {minutes}: {skills}"


_STATE_WORDS = {
    "mastered": "mastered",
    "rusty": "fading",
    "learning": "learning",
    "new": "ready to start",
    "open": "not yet",
}


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill as it is shown. ``recall`` is the probability of a right answer now, ``before`` the same at the beginning
    of a practice session. ``state`` is ``mastered``, ``rusty``, ``learning``, ``new`` or ``open``: not ready to start,
    because the skills in ``needs`` come first, or because ``lesson``, the first that asks it, was not opened yet."""

    skill: str
    title: str
    recall: float
    state: str
    right: int = 0
    seen: int = 0
    mistake: str = ""
    due: datetime | None = None
    before: float | None = None
    needs: tuple[str, ...] = ()
    lesson: str = ""

    @property
    def state_words(self) -> str:
        """The state in words for the learner."""
        return _STATE_WORDS[self.state]

    @property
    def mistake_words(self) -> str:
        """The most frequent mistake in words for the learner, or empty."""
        return self.mistake.replace("-", " ")


class Learner:
    """A learner's skills in all known lessons, estimated from the evidence in the store."""

    def __init__(
        self, store: Store, *, files: Iterable[Path] | None = None, now: Callable[[], datetime] = utc_now
    ) -> None:
        """``files`` are the lesson files (default: every lesson of the catalogue)."""
        if files is None:
            files = [entry.path for entry in Catalogue().entries if not entry.is_broken]
            read_aside(files)
        self.store = store
        self._now = now
        self.index: SkillIndex = load_index(files)
        carry_over(store, self.index)
        self.record = LearnerRecord(store.evidence(), now=now())

    @property
    def opened(self) -> frozenset[str]:
        """The lessons that the learner has opened, or answered a question of."""
        return frozenset((*self.store.lessons_answered(), *(place.lesson for place in self.store.positions())))

    def refresh(self) -> None:
        """Read the evidence from the store again."""
        self.record = LearnerRecord(self.store.evidence(), now=self._now())

    def plan(self, only: str = "") -> Plan:
        """Return the plan of a session that starts now; ``only`` names the one skill to drill."""
        skills = (only,) if only else due_skills(self.index, self.record, self.opened)
        if not skills:
            return Plan(0, 0, ())
        rusty = sum(self.record.is_rusty(skill) for skill in skills)
        weak = len(skills) - rusty
        questions = min(SESSION, rusty + 3 * weak)
        return Plan(questions, max(1, round(questions * SECONDS[Form.SOLVE] / 60)), skills)

    def lines(self) -> tuple[SkillLine, ...]:
        """Return every skill that a lesson asks, prerequisites first, then those whose lessons no longer exist."""
        asked = self.index.in_order()
        gone = [skill for skill in self.record.skills if skill not in self.index.asked]
        return tuple(self.line(skill) for skill in (*asked, *gone))

    def line(self, skill: str) -> SkillLine:
        """Return the present estimate of a skill."""
        known = self.record.skills.get(skill)
        opened = self.opened
        taught = self.index.is_taught(skill, opened)
        needs = needed_first(self.index, self.record, opened, skill)
        if self.record.is_rusty(skill):
            state = "rusty"
        elif self.record.is_mastered(skill):
            state = "mastered"
        elif known is not None:
            state = "learning"
        else:
            state = "open" if needs or not taught else "new"
        recall = self.record.recall(skill) if known is not None else 0.0
        mistake = known.commonest_mistake if known is not None else ""
        right, seen = (known.right, known.seen) if known is not None else (0, 0)
        asked = self.index.asked.get(skill)
        lesson = self.index.lessons[asked[0][0]].title if asked and not taught else ""
        due = self.record.due(skill)
        return SkillLine(skill, title(skill), recall, state, right, seen, mistake, due, needs=needs, lesson=lesson)

    def skill_named(self, text: str) -> str:
        """Return the skill with this id or title.

        Raises:
            TutorError: There is no such skill; the hint names the nearest one.
        """
        import difflib

        names = {name: skill for skill in self.index.asked for name in (title(skill).lower(), skill)}
        typed = text.strip().lower()
        if typed in names:
            return names[typed]
        near = difflib.get_close_matches(typed, names, 1, 0.4) or [each for each in names if typed in each]
        hint = f"Did you mean: {names[near[0]]}?" if near else "`tutor skills` lists them."
        raise TutorError(f"There is no skill {text!r}.", hint=hint)


class PracticeRun:
    """One practice session. ``only`` drills a single skill."""

    def __init__(
        self, store: Store, *, learner: Learner | None = None, only: str = "", now: Callable[[], datetime] = utc_now
    ) -> None:
        self.store = store
        self.learner = learner or Learner(store, now=now)
        self.only = only
        self._now = now
        self.plan = self.learner.plan(only)
        self.asked: list[Choice] = []
        self.choice: Choice | None = None
        self._before = {skill: self.learner.record.recall(skill) for skill in self.learner.index.asked}
        self._loaded: dict[str, Lesson] = {}

    @property
    def total(self) -> int:
        """The number of questions in this session."""
        return self.plan.questions

    @property
    def is_over(self) -> bool:
        """Whether all planned questions were asked."""
        return len(self.asked) >= self.total

    def next(self) -> Session | None:
        """Return the next question as a session of one screen; None at the end. A lesson that is missing, broken or
        cannot be varied is skipped."""
        self.learner.refresh()
        while not self.is_over:
            choice = choose(self.learner.index, self.learner.record, self.learner.opened, self.asked, only=self.only)
            if choice is None:
                return None
            self.asked.append(choice)
            try:
                lesson = practice_lesson(self._with_numbers(choice), choice)
            except TutorError:
                continue
            self.choice = choice
            return Session(lesson, self.store, now=self._now, practising=choice.form.value, skills=(choice.skill,))
        return None

    def _with_numbers(self, choice: Choice) -> Lesson:
        from tutor.practice import vary

        if choice.lesson not in self._loaded:
            self._loaded[choice.lesson] = load(self.learner.index.lessons[choice.lesson].path)
        lesson = self._loaded[choice.lesson]
        return vary(lesson, choice.variant) if choice.variant else lesson

    def why(self) -> str:
        """Return why this question is asked, in a sentence."""
        if self.choice is None:
            return ""
        skill = self.choice.skill
        line = self.learner.line(skill)
        if self.choice.reason == "new":
            return f"New: {line.title}."
        if self.choice.reason == "rusty":
            return f"You could do this; {line.title} is fading."
        if line.mistake:
            count = self.learner.record.skills[skill].mistakes[line.mistake]
            return f"{capital(line.title)}: {line.mistake_words}, {times(count)} so far."
        return f"Not sure yet: {line.title}."

    def summary(self) -> tuple[SkillLine, ...]:
        """Return the skills that were practised, each with its estimate before and now."""
        self.learner.refresh()
        lines = [self.learner.line(skill) for skill in dict.fromkeys(asked.skill for asked in self.asked)]
        return tuple(replace(line, before=self._before.get(line.skill, 0.0)) for line in lines if line.seen)

    def comes_next(self) -> Sequence[SkillLine]:
        """Return up to three skills that are due after this session, the most urgent first."""
        due = due_skills(self.learner.index, self.learner.record, self.learner.opened)
        return [self.learner.line(skill) for skill in due[:3]]


def nothing_due(learner: Learner) -> str:
    """Return what to say if there is nothing to practise: no lesson opened yet, or nothing due."""
    if not learner.opened:
        return "There is nothing to practise yet. Open a lesson and answer a few questions; then come back."
    dates = [due for skill in learner.index.asked if (due := learner.record.due(skill)) is not None]
    if not dates:
        return "There is nothing to practise yet. Answer a few questions of a lesson; then come back."
    return f"Everything is fresh. The next skill is due on {min(dates).astimezone():%d %B}."
