"""The report of a class: who handed in, each learner's points, and figures for each question and mistake; as CSV.

``report_html`` writes the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tutor.classroom.assignment import Assignment
from tutor.classroom.collect import Found, Spool
from tutor.classroom.hand_in import HandIn
from tutor.classroom.marking import MarkedHandIn
from tutor.classroom.roster import Person, folded
from tutor.classroom.statistics import ClassFigures, class_figures
from tutor.cleaning import as_csv


@dataclass(frozen=True, slots=True)
class Received:
    """Each learner's hand-in that counts, and remarks about the others.

    ``twice`` holds (learner, files, the file that counts), ``namesakes`` (learner, files of several people with that
    name), ``damaged`` (file, error). ``people`` is ``collect.Found.person`` for each hand-in.
    """

    hand_ins: Sequence[HandIn]
    twice: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    damaged: tuple[tuple[str, str], ...] = ()
    namesakes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    people: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A class's marks and figures, with remarks.

    ``missing`` did not hand in; ``strangers`` handed in but are not on the class list; ``failed`` holds (learner,
    error). ``names`` are the full names in the class list, by learner in lower case.
    """

    assignment: Assignment
    marks: tuple[MarkedHandIn, ...]
    figures: ClassFigures
    received: Received
    missing: tuple[Person, ...] = ()
    strangers: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, learner: str) -> str:
        """Return a learner's full name, or "" if the class list has no other name."""
        name = self.names.get(folded(learner), "")
        return "" if name == learner else name


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept in memory about a hand-in in the spool."""

    place: int
    name: str
    person: str
    made_at: datetime
    is_copy: bool
    learner: str


def received(found: Iterable[Found]) -> Received:
    """Choose the last hand-in of each learner, and list the others.

    Hand-ins of several people under one name are told apart if the download says who handed in each.
    """
    spool, chosen = Spool(), Spool()
    by_learner: dict[str, list[_Kept]] = {}
    damaged = []
    for file in found:
        if file.hand_in is None:
            damaged.append((file.name, file.error))
        else:
            learner, place = file.hand_in.learner, spool.add(file.hand_in)
            kept = _Kept(place, file.name, file.person, file.hand_in.made_at, file.is_copy, learner)
            by_learner.setdefault(folded(learner), []).append(kept)
    twice, namesakes, people, learners = [], [], [], []
    for everything in by_learner.values():
        several, learner = _by_person(everything), everything[-1].learner
        if len(several) > 1:
            namesakes.append((learner, tuple(each[-1].name for each in several)))
        for each in several:
            each = [file for file in each if not (file.is_copy and any(_is_same(spool, file, other) for other in each))]
            chosen.add(spool[each[-1].place])
            people.append(each[-1].person)
            learners.append(learner)
            if len(each) > 1:
                twice.append((learner, tuple(file.name for file in each), each[-1].name))
    return Received(chosen, tuple(twice), tuple(damaged), tuple(namesakes), tuple(people), tuple(learners))


def _by_person(kept: Sequence[_Kept]) -> list[list[_Kept]]:
    """Group the hand-ins under one name by person, each group in order of time.

    They belong to different people only if one system has several numbers; those without a number then form a group.
    """
    ordered = sorted(kept, key=lambda each: each.made_at)
    persons = list(dict.fromkeys(each.person for each in ordered if each.person))
    systems = [person.partition(":")[0] for person in persons]
    if len(systems) == len(set(systems)):
        return [ordered]
    groups = [[each for each in ordered if each.person == person] for person in persons]
    nobodys = [each for each in ordered if not each.person]
    return [*groups, nobodys] if nobodys else groups


def _is_same(spool: Spool, copy: _Kept, other: _Kept) -> bool:
    """Return whether a hand-in from a progress store was also handed in as a file."""
    return not other.is_copy and copy.made_at == other.made_at and spool[copy.place] == spool[other.place]


def make_report(
    assignment: Assignment,
    marks: Sequence[MarkedHandIn],
    what: Received,
    roster: Sequence[Person] = (),
    failed: Sequence[tuple[str, str]] = (),
) -> Report:
    """Make a report, with learners in the order of the class list and others after them, sorted by name."""
    places = {folded(person.learner): place for place, person in enumerate(roster)}

    def place(learner: str) -> tuple[int, str]:
        return places.get(folded(learner), len(places)), learner

    ordered = tuple(sorted(marks, key=lambda mark: place(mark.learner)))
    there = {folded(learner) for learner in what.learners}
    missing = tuple(person for person in roster if folded(person.learner) not in there)
    strangers = tuple(mark.learner for mark in ordered if roster and folded(mark.learner) not in places)
    names = {folded(person.learner): person.name for person in roster if person.name}
    figures = class_figures(ordered, assignment)
    return Report(assignment, ordered, figures, what, missing, strangers, tuple(failed), names)


def learners_csv(report: Report) -> str:
    """Return one line per learner: points, state, hints, minutes, and the points for each question."""
    questions = report.assignment.questions
    header = ["learner", "name", "points", "of", "handed_in", "credit", "open", "first_wrong", "hints", "minutes",
              "notes", *(f"{question.lesson}:{question.field}" for question in questions)]  # fmt: skip
    rows: list[list[object]] = []
    for mark in report.marks:
        wrong = mark.first_wrong
        rows.append(
            [mark.learner, report.name(mark.learner), mark.points, mark.total,
             mark.handed_in.isoformat(timespec="seconds"), mark.lateness,
             sum(each.verdict == "unanswered" for each in mark.marks), wrong.label if wrong else "",
             sum(each.hints for each in mark.marks), mark.minutes, " ".join(mark.notes),
             *(each.points for each in mark.marks)]
        )  # fmt: skip
    for person in report.missing:
        who = (person.learner, report.name(person.learner))
        rows.append([*who, 0, report.assignment.total, "", "", len(questions), "", "", "", "not handed in"])
    return as_csv([header, *rows])


def questions_csv(report: Report) -> str:
    """Return one line per question."""
    header = ["lesson", "question", "label", "answered", "right_at_once", "right", "given_up", "discrimination",
              "point_biserial", "commonest_mistake", "times"]  # fmt: skip
    rows: list[list[object]] = []
    for each in report.figures.questions:
        name, count = (each.mistakes[0][0], each.mistakes[0][2]) if each.mistakes else ("", "")
        figures = ["" if figure is None else round(figure, 2) for figure in (each.discrimination, each.point_biserial)]
        counts = [each.answered, each.right_at_once, each.right, each.given_up]
        rows.append([each.lesson, each.field, each.label, *counts, *figures, name, count])
    return as_csv([header, *rows])


def mistakes_csv(report: Report) -> str:
    """Return one line per named mistake and question, the commonest first."""
    return as_csv([["mistake", "question", "learners"], *map(list, report.figures.mistakes)])
