"""Fills in the gradebook that a learning management system exported; nothing else in the file is touched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tutor.classroom.marking import MarkedHandIn, hundredths
from tutor.classroom.roster import Person, RosterError, column, read_sheet
from tutor.cleaning import cell
from tutor.formulas.numbers import plain

#: Moodle's offline grading worksheet, by the place of its columns: headings may be in the site's language.
_MOODLE = {"identifier": 0, "name": 1, "email": 2, "status": 3, "grade": 4, "maximum": 5, "feedback": -1}
_MOODLE_HEADINGS = {
    "identifier": ("identifier", "identificador", "identifiant", "id"),
    "name": ("full name", "nombre completo", "nom complet", "vollständiger name"),
    "email": ("email address", "dirección de correo", "adresse de courriel", "e-mail-adresse"),
    "grade": ("grade", "calificación", "note", "bewertung"),
    "maximum": ("maximum grade", "calificación máxima", "note maximale", "bestwertung"),
    "feedback": ("feedback comments", "comentarios de retroalimentación", "feedback par commentaires",
                 "feedback als kommentar"),
}  # fmt: skip
_CANVAS_IDS = ("sis login id", "sis user id")


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of filling in: the file's content, who was written, and who could not be found in it."""

    content: bytes
    written: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def fill_moodle(
    path: Path,
    marks: Sequence[MarkedHandIn],
    columns: Mapping[str, int] | None = None,
    *,
    people: Sequence[Person] = (),
) -> Filled:
    """Moodle's offline grading worksheet with grades and feedback.

    ``columns`` gives the places (from 0) of ``name``, ``email``, ``grade``, ``maximum``, ``feedback`` where they are
    not where Moodle puts them. A learner is found by the participant's number in a download, by email address, by what
    stands before its @, or by full name, with what the class list (``people``) knows of them.

    Raises:
        RosterError: the file is no such worksheet.
    """
    sheet = read_sheet(path)
    header = sheet.rows[0]
    place = {**_moodle_columns(header), **(columns or {})}
    if max(place.values()) >= len(header):
        raise RosterError(f"{path.name} has {len(header)} columns; is it Moodle's grading worksheet?")
    rows = [(at, row) for at, row in enumerate(sheet.rows[1:], 1) if len(row) >= len(header)]
    if any(_number(row[place["maximum"]]) is None for _, row in rows):
        raise RosterError(
            f"Column {place['maximum'] + 1} of {path.name} is not a maximum grade.",
            hint="Say where the columns are: --columns email=3,grade=5,maximum=6,feedback=10",
        )
    names = [row[place["name"]] if "name" in place else "" for _, row in rows]
    found = _Learners(marks, people, names)
    written: list[str] = []
    for (at, row), name in zip(rows, names, strict=True):
        email = row[place["email"]].strip() if "email" in place else ""
        number = row[place["identifier"]].split()[-1:] if "identifier" in place else []
        mark = found.take(*(f"moodle:{each}" for each in number), email, email.partition("@")[0], name=name)
        if mark is None:
            continue
        highest = row[place["maximum"]]
        grade = _shown(_scaled(mark, _number(highest)))
        sheet.write(at, place["grade"], grade.replace(".", ",") if "," in highest else grade)
        sheet.write(at, place["feedback"], cell(feedback(mark)))
        written.append(mark.learner)
    return Filled(sheet.to_bytes(), tuple(written), found.left())


def fill_canvas(path: Path, marks: Sequence[MarkedHandIn], assignment: str, *, people: Sequence[Person] = ()) -> Filled:
    """Canvas's gradebook with the grades in the column ``assignment`` (``Week 3 (4711)``, or its beginning).

    Raises:
        RosterError: the file is no such gradebook, or no one column has that name.
    """
    sheet = read_sheet(path)
    header = sheet.rows[0]
    at_column = _canvas_column(path, header, assignment)
    ids = [at for name in _CANVAS_IDS if (at := column(header, (name,))) is not None]
    number, student = column(header, ("id",)), column(header, ("student",))
    if student is None and not ids:
        raise RosterError(f"{path.name} has no column Student or SIS Login ID; is it Canvas's gradebook?")
    rows = [(at, row) for at, row in enumerate(sheet.rows[1:], 1) if len(row) > at_column and not _is_possible(row)]
    names = [row[student] if student is not None else "" for _, row in rows]
    found = _Learners(marks, people, names)
    written: list[str] = []
    possible = next((_number(row[at_column]) for row in sheet.rows[1:3] if _is_possible(row)), None)
    for (at, row), name in zip(rows, names, strict=True):
        known = [row[place].strip() for place in ids]
        if number is not None:  # Canvas's own number is nobody's login, unless there is nothing else
            known = [f"canvas:{row[number].strip()}", *known, *([] if any(known) else [row[number].strip()])]
        mark = found.take(*known, name=name)
        if mark is not None:
            sheet.write(at, at_column, _shown(_scaled(mark, possible)))
            written.append(mark.learner)
    return Filled(sheet.to_bytes(), tuple(written), found.left())


def _canvas_column(path: Path, header: list[str], assignment: str) -> int:
    """Return the place of the column of an assignment: the one that has its title, else the one that begins with it."""
    title = assignment.strip().lower()
    headings = [heading.strip().lower() for heading in header]
    exact = [at for at, heading in enumerate(headings) if re.sub(r" \(\d+\)$", "", heading) == title]
    fitting = exact or [at for at, heading in enumerate(headings) if heading.startswith(title)]
    if len(fitting) != 1:
        listed = "; ".join(heading for heading in header[5:]) or "none"
        what = "No column" if not fitting else "More than one column"
        raise RosterError(f"{what} of {path.name} is headed {assignment!r}.", hint=f"Its columns: {listed}.")
    return fitting[0]


class _Learners:
    """Marks by any of a learner's names; each is given out once. A name that several have finds nobody."""

    def __init__(self, marks: Sequence[MarkedHandIn], people: Sequence[Person], rows: Sequence[str]) -> None:
        listed = {person.learner.strip().lower(): person for person in people}
        self._left = dict(enumerate(marks))
        self._ids: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        self._rows = Counter(map(_in_any_order, rows))
        for place, mark in self._left.items():
            learner = mark.learner.strip().lower()
            person = listed.get(learner)
            email = person.email.strip().lower() if person is not None else ""
            for name in {mark.person, learner, email, email.partition("@")[0]} - {""}:
                self._ids.setdefault(name, set()).add(place)
            for name in {learner, person.name if person is not None else ""}:
                self._names.setdefault(_in_any_order(name), set()).add(place)

    def take(self, *ids: str, name: str = "") -> MarkedHandIn | None:
        """The marks of whoever has one of these ids, or else this name, if nobody else has it."""
        found = [self._ids.get(each.lower(), set()) for each in ids if each]
        words = _in_any_order(name)
        if words and self._rows[words] == 1:
            found.append(self._names.get(words, set()))
        place = next((each for places in found if len(places) == 1 for each in places if each in self._left), None)
        return self._left.pop(place) if place is not None else None

    def left(self) -> tuple[str, ...]:
        """Who was not found; how many, where several have one name."""
        counts = Counter(mark.learner for mark in self._left.values())
        return tuple(f"{learner} ({count} people)" if count > 1 else learner for learner, count in counts.items())


def _in_any_order(name: str) -> str:
    """Return a name such that ``Lee, Ann`` and ``Ann Lee`` are the same."""
    return " ".join(sorted(re.findall(r"\w+", name.casefold())))


def _is_possible(row: Sequence[str]) -> bool:
    return bool(row) and row[0].strip() == "Points Possible"


def feedback(mark: MarkedHandIn) -> str:
    """Return what a learner is told in the gradebook: the points, and each named mistake in words."""
    lines = [f"{_shown(mark.points)} of {_shown(mark.total)} points."]
    if mark.late:
        lines.append(mark.late)
    for each in mark.marks:
        if each.verdict == "wrong":
            said = each.mistakes[0][1] if each.mistakes else "Not right."
            lines.append(f"{each.label}: {said}")
    unanswered = [each.label for each in mark.marks if each.verdict == "unanswered"]
    if unanswered:
        shown = ", ".join(unanswered[:8]) + (" …" if len(unanswered) > 8 else "")
        lines.append(f"Not answered: {shown}.")
    return " ".join(lines)


def _moodle_columns(header: list[str]) -> dict[str, int]:
    """Return the places of Moodle's columns: by their headings where those are known, else where Moodle puts them."""
    found = {name: at for name, headings in _MOODLE_HEADINGS.items() if (at := column(header, headings)) is not None}
    default = {name: at if at >= 0 else len(header) + at for name, at in _MOODLE.items() if name != "status"}
    return found if {"grade", "maximum", "feedback"} <= set(found) else {**default, **found}


def _scaled(mark: MarkedHandIn, maximum: float | None) -> float:
    """Return a learner's points on the scale of the gradebook."""
    return mark.points * maximum / mark.total if maximum and mark.total else mark.points


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _shown(points: float) -> str:
    return plain(hundredths(points), 2, trim=True)
