"""Statistics of a class's marks, for each question and each mistake. Pure functions over marks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation

from tutor.classroom.assignment import Assignment
from tutor.classroom.marking import MarkedHandIn

#: The fewest learners for which figures that compare learners are meaningful.
LEAST = 20
_GROUP = 0.27
_SAME = 2


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """The figures of one question over the class.

    ``discrimination`` is the share of right answers among the upper 27 % by points minus the share among the lower
    27 %; ``point_biserial`` correlates a right answer with the points for the other questions. Both are None for fewer
    than 20 learners, and the latter if one of the two does not vary. ``mistakes`` holds (id, sentence, count).
    """

    lesson: str
    field: str
    label: str
    answered: int
    right_at_once: int
    right: int
    given_up: int
    discrimination: float | None
    point_biserial: float | None
    mistakes: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """The figures of the whole class.

    ``alpha`` is Cronbach's α, None for fewer than 20 learners. ``alike`` holds groups of learners who gave the same
    wrong answer to different numbers: (question, answer, learners).
    """

    learners: int
    mean: float | None
    questions: tuple[QuestionFigures, ...]
    mistakes: tuple[tuple[str, str, int], ...]
    alpha: float | None
    alike: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


def class_figures(marks: Sequence[MarkedHandIn], assignment: Assignment) -> ClassFigures:
    """Return all figures of a class."""
    if not marks:
        return ClassFigures(0, None, (), (), None)
    questions = tuple(_question(place, marks) for place in range(len(assignment.questions)))
    mean = sum(mark.points for mark in marks) / len(marks)
    alike = _same_wrong_answers(marks, assignment)
    return ClassFigures(len(marks), mean, questions, _mistakes(marks), cronbach_alpha(marks), alike)


def _question(place: int, marks: Sequence[MarkedHandIn]) -> QuestionFigures:
    here = [mark.marks[place] for mark in marks]
    first = here[0]
    right = [mark.is_right for mark in here]
    rest = [sum(each.points for at, each in enumerate(mark.marks) if at != place) for mark in marks]
    return QuestionFigures(
        first.lesson,
        first.field,
        first.label,
        sum(mark.verdict != "unanswered" for mark in here),
        sum(mark.first in ("correct", "imprecise", "follows") for mark in here),
        sum(right),
        sum(mark.verdict == "given-up" for mark in here),
        discrimination(right, rest),
        point_biserial(right, rest),
        _counted(mark.mistakes[0] for mark in here if mark.mistakes),
    )


def discrimination(right: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the share of right answers in the upper 27 % by score minus the share in the lower 27 %.

    None for fewer than 20 answers.
    """
    if len(right) < LEAST:
        return None
    ranked = [answer for _, answer in sorted(zip(scores, right, strict=True), key=lambda pair: pair[0])]
    size = max(1, round(len(ranked) * _GROUP))
    return (sum(ranked[-size:]) - sum(ranked[:size])) / size


def point_biserial(right: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return Pearson's correlation of a right answer (0 or 1) with a score.

    None for fewer than 20 answers, or if either does not vary.
    """
    if len(right) < LEAST:
        return None
    try:
        return correlation([float(answer) for answer in right], scores)
    except StatisticsError:
        return None


def cronbach_alpha(marks: Sequence[MarkedHandIn]) -> float | None:
    """Return Cronbach's α over the questions; None for fewer than 20 learners, one question, or no variation."""
    if len(marks) < LEAST or len(marks[0].marks) < _SAME:
        return None
    items = len(marks[0].marks)
    table = [[each.points for each in mark.marks] for mark in marks]
    total = _variance([sum(row) for row in table])
    single = sum(_variance([row[place] for row in table]) for place in range(items))
    return items / (items - 1) * (1 - single / total) if total else None


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _mistakes(marks: Sequence[MarkedHandIn]) -> tuple[tuple[str, str, int], ...]:
    """Count the named mistakes over the class by (id, question), each learner once for each."""
    found: Counter[tuple[str, str]] = Counter()
    for mark in marks:
        found.update({(each.mistakes[0][0], each.label) for each in mark.marks if each.mistakes})
    return tuple((name, label, count) for (name, label), count in found.most_common())


def _counted(mistakes: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    counts: Counter[str] = Counter()
    says: dict[str, str] = {}
    for name, sentence in mistakes:
        counts[name] += 1
        says.setdefault(name, sentence)
    return tuple((name, says[name], count) for name, count in counts.most_common())


def _same_wrong_answers(
    marks: Sequence[MarkedHandIn], assignment: Assignment
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Find learners who typed the same wrong number for different numbers: worth a look, but no proof."""
    if assignment.seed != "per-learner":
        return ()
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in marks:
        for each in mark.marks:
            digits = sum(character.isdigit() for character in each.answer.strip("0.-−"))
            if each.verdict == "wrong" and not each.mistakes and digits > _SAME:
                found[each.label, each.answer.strip()].append(mark.learner)
    return tuple(
        (label, answer, tuple(learners)) for (label, answer), learners in found.items() if len(learners) >= _SAME
    )
