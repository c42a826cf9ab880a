"""Fills in the gradebook that a learning management system exported; nothing else in the file is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tutor.classroom.marking import MarkedHandIn
from tutor.classroom.roster import RosterError, Sheet, column, read_sheet
from tutor.cleaning import clean

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
_CANVAS_IDS = ("sis login id", "sis user id", "id", "student")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of filling in: the file's content, who was written, and who could not be found in it."""

    content: bytes
    written: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def fill_moodle(path: Path, marks: Sequence[MarkedHandIn], columns: Mapping[str, int] | None = None) -> Filled:
    """Moodle's offline grading worksheet with grades and feedback.

    ``columns`` gives the places (from 0) of ``name``, ``email``, ``grade``, ``maximum``, ``feedback`` where they are
    not where Moodle puts them. A learner is found by email address, by what stands before its @, or by full name.

    Raises:
        RosterError: the file is no such worksheet.
    """
    sheet = read_sheet(path)
    header = sheet.rows[0]
    place = {**_moodle_columns(header), **(columns or {})}
    if max(place.values()) >= len(header):
        raise RosterError(f"{path.name} has {len(header)} columns; is it Moodle's grading worksheet?")
    found = _Learners(marks)
    written: list[str] = []
    for at, row in enumerate(sheet.rows[1:], 1):
        if len(row) < len(header):
            continue
        email = row[place["email"]].strip()
        mark = found.take(email, email.partition("@")[0], row[place["name"]].strip())
        if mark is None:
            continue
        maximum = _number(row[place["maximum"]])
        sheet.write(at, place["grade"], _shown(_scaled(mark, maximum)))
        sheet.write(at, place["feedback"], safe(feedback(mark)))
        written.append(mark.learner)
    return Filled(sheet.to_bytes(), tuple(written), found.left())


def fill_canvas(path: Path, marks: Sequence[MarkedHandIn], assignment: str) -> Filled:
    """Canvas's gradebook with the grades in the column ``assignment`` (``Week 3 (4711)``, or its beginning).

    Raises:
        RosterError: the file is no such gradebook, or no one column has that name.
    """
    sheet = read_sheet(path)
    header = sheet.rows[0]
    fitting = [at for at, heading in enumerate(header) if heading.strip().lower().startswith(assignment.lower())]
    if len(fitting) != 1:
        listed = "; ".join(heading for heading in header[5:]) or "none"
        what = "No column" if not fitting else "More than one column"
        raise RosterError(f"{what} of {path.name} is headed {assignment!r}.", hint=f"Its columns: {listed}.")
    ids = [at for name in _CANVAS_IDS if (at := column(header, (name,))) is not None]
    if not ids:
        raise RosterError(f"{path.name} has no column Student or SIS Login ID; is it Canvas's gradebook?")
    found = _Learners(marks)
    written: list[str] = []
    possible = _possible(sheet, fitting[0])
    for at, row in enumerate(sheet.rows[1:], 1):
        if len(row) <= fitting[0] or row[0].strip() == "Points Possible":
            continue
        mark = found.take(*(row[place].strip() for place in ids))
        if mark is not None:
            sheet.write(at, fitting[0], _shown(_scaled(mark, possible)))
            written.append(mark.learner)
    return Filled(sheet.to_bytes(), tuple(written), found.left())


class _Learners:
    """Marks by any of a learner's names; each is given out once."""

    def __init__(self, marks: Sequence[MarkedHandIn]) -> None:
        self._marks = {mark.learner.strip().lower(): mark for mark in marks}
        self._left = dict(self._marks)

    def take(self, *names: str) -> MarkedHandIn | None:
        for name in names:
            mark = self._left.pop(name.lower(), None) if name else None
            if mark is not None:
                return mark
        return None

    def left(self) -> tuple[str, ...]:
        return tuple(mark.learner for mark in self._left.values())


def feedback(mark: MarkedHandIn) -> str:
    """What a learner is told in the gradebook: the points, and each named mistake in words."""
    lines = [f"{_shown(mark.points)} of {_shown(mark.total)} points."]
    if mark.lateness < 1:
        lines.append(f"Handed in late: {mark.lateness:.0%} of the points.")
    for each in mark.marks:
        if each.verdict == "wrong":
            said = each.mistakes[0][1] if each.mistakes else "Not right."
            lines.append(f"{each.label}: {said}")
    unanswered = [each.label for each in mark.marks if each.verdict == "unanswered"]
    if unanswered:
        shown = ", ".join(unanswered[:8]) + (" …" if len(unanswered) > 8 else "")
        lines.append(f"Not answered: {shown}.")
    return " ".join(lines)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, without control characters."""
    plain = clean(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _moodle_columns(header: list[str]) -> dict[str, int]:
    """The places of Moodle's columns: by heading where one is known, else where Moodle puts them."""
    found = {name: at for name, headings in _MOODLE_HEADINGS.items() if (at := column(header, headings)) is not None}
    default = {name: at if at >= 0 else len(header) + at for name, at in _MOODLE.items() if name != "status"}
    return {**default, **found}


def _possible(sheet: Sheet, at: int) -> float | None:
    for row in sheet.rows[1:3]:
        if row and row[0].strip() == "Points Possible" and len(row) > at:
            return _number(row[at])
    return None


def _scaled(mark: MarkedHandIn, maximum: float | None) -> float:
    """A learner's points on the scale of the gradebook."""
    return mark.points * maximum / mark.total if maximum and mark.total else mark.points


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _shown(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
