"""Choose what to ask next.

Skills that are being forgotten come first, then the skill furthest below mastery among those whose prerequisites are
mastered. The same skill is not asked more than twice in a row if there is another, and the numbers are always new.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tutor.learning.index import Practisable, SkillIndex
from tutor.learning.record import MASTERY, LearnerRecord
from tutor.learning.skills import MATRIX_FORM

#: Roughly how many seconds a question takes, by form; not measured, so the screen only says "about 8 minutes".
SECONDS = {"worked": 60, "solve": 80, "find": 90, "why": 30}
SESSION = 6
_TWICE = 2
_FIND_EVERY = 5
_WHY_EVERY = 7


class Form(StrEnum):
    """How a question is asked."""

    WORKED = "worked"  # a worked solution with its last lines left to the learner
    SOLVE = "solve"
    FIND = "find"  # a worked solution with a mistake in it
    WHY = "why"  # which rule gave this line?


@dataclass(frozen=True, slots=True)
class Choice:
    """The next question.

    ``open`` is the number of lines of a worked solution left to the learner; ``mistake`` is the id of the mistake that
    a solution with a mistake in it should preferably have ("" for any); ``reason`` says why this is asked.
    """

    skill: str
    lesson: str
    item: Practisable
    variant: str
    form: Form = Form.SOLVE
    open: int = 0
    mistake: str = ""
    reason: str = ""


def needed_first(index: SkillIndex, record: LearnerRecord, opened: Collection[str], skill: str) -> tuple[str, ...]:
    """Return a skill's prerequisites that are not mastered yet, except those that no opened lesson practises."""
    return tuple(
        each for each in index.prerequisites(skill) if index.is_taught(each, opened) and not record.is_mastered(each)
    )


def due_skills(index: SkillIndex, record: LearnerRecord, opened: Collection[str]) -> tuple[str, ...]:
    """Return the skills worth practising now, the most urgent first; none if all are mastered and fresh."""
    taught = [skill for skill in index.in_order() if index.is_taught(skill, opened)]
    rusty = sorted((each for each in taught if record.is_rusty(each)), key=lambda each: record.retention(each))
    weak = [
        skill
        for skill in taught
        if not record.is_rusty(skill) and not record.is_mastered(skill)
        and not needed_first(index, record, opened, skill)
    ]  # fmt: skip
    weak.sort(key=lambda each: MASTERY - record.recall(each), reverse=True)
    return (*rusty, *weak)


def choose(
    index: SkillIndex, record: LearnerRecord, opened: Collection[str], asked: Sequence[Choice] = (), *, only: str = ""
) -> Choice | None:
    """Return the next question for a learner who has opened the lessons ``opened``, or None if nothing is left.

    ``asked`` are the questions of this session so far; with ``only``, just that skill is practised.
    """
    skills = (only,) if only else due_skills(index, record, opened)
    latest = [each.skill for each in asked[-_TWICE:]]
    rested = [skill for skill in skills if latest != [skill] * _TWICE]
    for skill in rested or skills:
        item = _item(index, record, opened, asked, skill)
        if item is not None:
            return _put(record, asked, skill, *item)
    return None


def _item(
    index: SkillIndex, record: LearnerRecord, opened: Collection[str], asked: Sequence[Choice], skill: str
) -> tuple[str, Practisable] | None:
    """Return the question of a skill that was asked least in this session, then least ever, then the first one."""
    here = [(each.lesson, each.item.field) for each in asked]
    found = [(lesson, item) for lesson, item in index.asked.get(skill, ()) if lesson in opened]
    # a question without numbers is the same each time, so it is asked once in a session
    numbers = [each for each in found if each[1].quantity] or [
        each for each in found if (each[0], each[1].field) not in here
    ]

    def asked_before(each: tuple[str, Practisable]) -> tuple[int, int]:
        name = (each[0], each[1].field)
        return here.count(name), record.met[name]

    return min(numbers, key=asked_before, default=None)


def _put(record: LearnerRecord, asked: Sequence[Choice], skill: str, lesson: str, item: Practisable) -> Choice:
    """Choose the form of a question, and its numbers."""
    choice = Choice(skill, lesson, item, _fresh(record, asked, lesson), reason=_reason(record, skill))
    known = record.skills.get(skill)
    if not item.quantity or skill == MATRIX_FORM:  # a grid is asked as a whole
        return choice
    if known is None or (known.seen < _TWICE and not known.right):
        return replace(choice, form=Form.WORKED, open=1 if known is None else known.seen + 1)
    since = _since(asked, Form.FIND)
    if since >= _FIND_EVERY or (
        known.commonest_mistake and since >= _TWICE and known.mistakes.total() > known.right // _TWICE
    ):
        return replace(choice, form=Form.FIND, mistake=known.commonest_mistake)
    return replace(choice, form=Form.WHY) if _since(asked, Form.WHY) >= _WHY_EVERY else choice


def _since(asked: Sequence[Choice], form: Form) -> int:
    """Return how many questions were asked since the last one in this form."""
    return next((place for place, each in enumerate(reversed(asked)) if each.form is form), len(asked))


def _fresh(record: LearnerRecord, asked: Sequence[Choice], lesson: str) -> str:
    """Return a variant of a lesson with numbers that the learner has not seen."""
    used = record.numbers[lesson]
    number = len(used) + sum(each.lesson == lesson for each in asked) + 1
    while f"practice-{number}" in used:
        number += 1
    return f"practice-{number}"


def _reason(record: LearnerRecord, skill: str) -> str:
    """Return why a skill is asked: an id for which the screen has a sentence."""
    known = record.skills.get(skill)
    if known is None:
        return "new"
    if record.is_rusty(skill):
        return "rusty"
    return "mistake" if known.commonest_mistake and not record.observations[-1].right else "weak"
