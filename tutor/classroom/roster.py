"""The class list: a CSV file with one of the usual headings for the learners' names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import TutorError, file_errors

_MOST_BYTES = 50_000_000

#: The headings of the column with a learner's name in the tutor, in the languages that learning systems export.
_IDS = (
    "learner", "username", "user name", "sis login id", "login id", "login", "id number", "student id", "sis user id",
    "usuario", "nombre de usuario", "número de id", "utilisateur", "identifiant", "nom d'utilisateur", "benutzername",
    "anmeldename", "matrikelnummer", "matricola", "nome utente", "número de identificação", "id",
)  # fmt: skip
_NAMES = ("full name", "name", "student", "nombre completo", "nombre", "estudiante", "nom complet", "nom",
          "vollständiger name", "nome completo", "nome")  # fmt: skip
#: The headings of the last name, if a name has two columns, as in Moodle's exports.
_SURNAMES = ("last name", "surname", "family name", "apellido(s)", "apellidos", "apellido", "nom de famille",
             "nachname", "cognome", "sobrenome", "apelido")  # fmt: skip
_FIRST_NAMES = ("first name", "given name", "nombre", "prénom", "vorname", "nome")
_EMAILS = ("email address", "email", "e-mail", "mail", "dirección de correo", "correo", "adresse de courriel",
           "e-mail-adresse", "indirizzo email")  # fmt: skip


class RosterError(TutorError):
    """A class list or gradebook that cannot be used."""

    title = "This list cannot be used"


@dataclass(frozen=True, slots=True)
class Person:
    """A person on the list: ``learner`` is the name used in the tutor."""

    learner: str
    name: str = ""
    email: str = ""


def folded(learner: str) -> str:
    """Return a learner's name for comparisons, in which capitals and spaces around it do not count."""
    return learner.strip().lower()


class Sheet:
    """A CSV file in which single cells can be changed while the rest stays the same, byte for byte."""

    def __init__(self, text: str, delimiter: str, *, has_bom: bool = False) -> None:
        self._bom = has_bom
        self._delimiter = delimiter
        #: Every cell as written in the file, with its quotes, and the line ending of each row.
        self._raw, self._ends = _cut(text, delimiter)
        self.rows = [[_unquoted(cell) for cell in row] for row in self._raw]

    def write(self, row: int, cell: int, text: str) -> None:
        """Put a text into a cell, quoted if that is necessary or if it was before."""
        old = self._raw[row][cell]
        special = any(character in text for character in (self._delimiter, '"', "\n", "\r"))
        quoted = '"' + text.replace('"', '""') + '"'
        self._raw[row][cell] = quoted if special or old.strip().startswith('"') else text
        self.rows[row][cell] = text

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        lines = (self._delimiter.join(row) + end for row, end in zip(self._raw, self._ends, strict=True))
        return (("\ufeff" if self._bom else "") + "".join(lines)).encode()


_CELL = r' *"(?:[^"]|"")*"[^{0}\r\n]*|[^{0}\r\n]*'


def _cut(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    """Return the cells of each row as written in the file, and the line ending of each row."""
    pattern = re.compile(rf"({_CELL.format(re.escape(delimiter))})({re.escape(delimiter)}|\r\n|\n|\r|$)")
    rows: list[list[str]] = []
    ends: list[str] = []
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        match = pattern.match(text, at)
        assert match is not None  # the second alternative of a cell matches anything, even nothing
        row.append(match[1])
        at = match.end()
        if match[2] != delimiter:
            rows.append(row)
            ends.append(match[2])
            row = []
    return rows, ends


def _unquoted(cell: str) -> str:
    stripped = cell.strip()
    return stripped[1:-1].replace('""', '"') if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' else cell


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file with commas, semicolons or tabs, with or without a byte order mark.

    Raises:
        RosterError: it cannot be read, is too large or is empty.
    """
    with file_errors(path, "read", kind=RosterError):
        if path.stat().st_size > _MOST_BYTES:
            raise RosterError(f"{path} is larger than {_MOST_BYTES // 1_000_000} MB.")
        data = path.read_bytes()
    text = _decoded(data)
    if not text.strip():
        raise RosterError(f"{path} is empty.")
    first = text.split("\n", 1)[0]
    return Sheet(text, max(",;\t", key=first.count), has_bom=data.startswith(b"\xef\xbb\xbf"))


def _decoded(data: bytes) -> str:
    """Decode UTF-16 with its mark, or UTF-8, or else Windows' western encoding, which accepts almost anything."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def column(header: list[str], names: tuple[str, ...]) -> int | None:
    """Return the index of the column headed by the first of these names that occurs, ignoring case; or None."""
    headings = [heading.strip().strip("\ufeff").lower() for heading in header]
    return next((headings.index(name) for name in names if name in headings), None)


def read_roster(path: Path) -> tuple[Person, ...]:
    """Read the people on a class list, in its order.

    Raises:
        RosterError: no column names the learners, or two people have the same name.
    """
    sheet = read_sheet(path)
    header, rows = sheet.rows[0], sheet.rows[1:]
    at, email, named = column(header, _IDS), column(header, _EMAILS), _name_columns(header)
    if at is None:
        at = email if email is not None else named[0] if len(named) == 1 else None
    if at is None:
        if len(header) > 1:
            listed = ", ".join(heading.strip() for heading in header)
            raise RosterError(f"No column of {path.name} names the learners ({listed}).", hint="Head one `learner`.")
        at, rows = 0, sheet.rows  # a plain list of names
    people: list[Person] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, 2 if rows is not sheet.rows else 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or at >= len(cells) or not cells[at]:
            continue
        learner = cells[at]
        if (before := seen.setdefault(folded(learner), line)) != line:
            raise RosterError(
                f"{path.name} has {learner!r} twice, in lines {before} and {line}.",
                hint="Give each person a different name; small letters and capitals count as the same.",
            )
        name = " ".join(filter(None, (_cell(cells, place) for place in named)))
        people.append(Person(learner, name, _cell(cells, email)))
    return tuple(people)


def _name_columns(header: list[str]) -> tuple[int, ...]:
    """Return the indices of the columns that make a full name: one column, or first and last name."""
    first, last = column(header, _FIRST_NAMES), column(header, _SURNAMES)
    if first is not None and last is not None:
        return first, last
    name = column(header, _NAMES)
    return () if name is None else (name,)


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
