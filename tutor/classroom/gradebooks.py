"""Fill in the gradebook that a learning management system exported, changing nothing else in the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.classroom.marking import MarkedHandIn, hundredths
from tutor.classroom.roster import Person, RosterError, column, folded, read_sheet
from tutor.cleaning import cell
from tutor.formulas.numbers import plain

#: The columns of Moodle's offline grading worksheet, by index: the headings may be in the site's language.
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
    """The filled-in file's content, the learners who got a grade, and the learners who were not found in it."""

    content: bytes
    written: tuple[str, ...]
    missing: tuple[str, ...]


def fill_moodle(
    path: Path,
    marks: Sequence[MarkedHandIn],
    columns: Mapping[str, int] | None = None,
    *,
    people: Sequence[Person] = (),
) -> Filled:
    """Fill grades and feedback into Moodle's offline grading worksheet.

    ``columns`` gives the indices (from 0) of ``name``, ``email``, ``grade``, ``maximum`` and ``feedback`` if they are
    not Moodle's usual ones. A learner is found by the participant's number in a download, the email address, the part
    before its @, or the full name, all completed from the class list (``people``).

    Raises:
        RosterError: the file is not such a worksheet.
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
    """Fill grades into the column ``assignment`` (``Week 3 (4711)``, or its beginning) of Canvas's gradebook.

    Raises:
        RosterError: the file is not such a gradebook, or not exactly one column has that name.
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
        if number is not None:  # Canvas's number is used as a login only if there is no other id
            known = [f"canvas:{row[number].strip()}", *known, *([] if any(known) else [row[number].strip()])]
        mark = found.take(*known, name=name)
        if mark is not None:
            sheet.write(at, at_column, _shown(_scaled(mark, possible)))
            written.append(mark.learner)
    return Filled(sheet.to_bytes(), tuple(written), found.left())


def _canvas_column(path: Path, header: list[str], assignment: str) -> int:
    """Return the index of an assignment's column: the column with that title, else the one that begins with it."""
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
    """Marks by any of a learner's names. Each is returned once; a name that several learners have finds none."""

    def __init__(self, marks: Sequence[MarkedHandIn], people: Sequence[Person], rows: Sequence[str]) -> None:
        listed = {folded(person.learner): person for person in people}
        self._left = dict(enumerate(marks))
        self._ids: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        self._rows = Counter(map(_in_any_order, rows))
        for place, mark in self._left.items():
            learner = folded(mark.learner)
            person = listed.get(learner)
            email = person.email.strip().lower() if person is not None else ""
            for name in {mark.person, learner, email, email.partition("@")[0]} - {""}:
                self._ids.setdefault(name, set()).add(place)
            for name in {learner, person.name if person is not None else ""}:
                self._names.setdefault(_in_any_order(name), set()).add(place)

    def take(self, *ids: str, name: str = "") -> MarkedHandIn | None:
        """Return the marks of the learner with one of these ids, or else with this name, if nobody else has it."""
        found = [self._ids.get(each.lower(), set()) for each in ids if each]
        words = _in_any_order(name)
        if words and self._rows[words] == 1:
            found.append(self._names.get(words, set()))
        place = next((each for places in found if len(places) == 1 for each in places if each in self._left), None)
        return self._left.pop(place) if place is not None else None

    def left(self) -> tuple[str, ...]:
        """Return the learners who were not found, with a count if several share a name."""
        counts = Counter(mark.learner for mark in self._left.values())
        return tuple(f"{learner} ({count} people)" if count > 1 else learner for learner, count in counts.items())


def _in_any_order(name: str) -> str:
    """Return a name with its words sorted, so that ``Lee, Ann`` and ``Ann Lee`` are the same."""
    return " ".join(sorted(re.findall(r"\w+", name.casefold())))


def _is_possible(row: Sequence[str]) -> bool:
    return bool(row) and row[0].strip() == "Points Possible"


def feedback(mark: MarkedHandIn) -> str:
    """Return a learner's feedback for the gradebook: the points, and each named mistake in words."""
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
    """Return the indices of Moodle's columns: by their headings if those are known, else Moodle's usual ones."""
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
