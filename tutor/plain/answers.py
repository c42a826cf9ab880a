"""Turn typed lines into an answer, for each kind of field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor.lessons.blocks.offering import place_of
from tutor.session import Session
from tutor.session.model import Answer, Field, FieldKind

Ask = Callable[[str], str]
"""Asks with a prompt and returns the line; it may raise ``Navigate`` or ``EOFError``."""
Keep = Callable[[Answer], None]
"""Saves an incomplete answer before more of it is asked for, in case the learner leaves."""


def choices(field: Field, line: str) -> tuple[str, ...] | None:
    """Return the keys of options given by number or letter: ``1 3``, ``1,3`` or ``ac``.

    Return None if one is not an option or appears twice.
    """
    words = line.replace(",", " ").replace(";", " ").split()
    if len(words) == 1 and len(words[0]) > 1 and not words[0].isdecimal():
        words = list(words[0])
    if len(words) == 1 and words[0].isdecimal() and len(words[0]) > 1 and int(words[0]) > len(field.options):
        words = list(words[0])
    keys = []
    for word in words:
        number = word.strip("().")
        place = int(number) - 1 if number.isdecimal() else place_of(word)
        if place is None or not 0 <= place < len(field.options):
            return None
        keys.append(field.options[place].key)
    return tuple(keys) if len(set(keys)) == len(keys) else None


def complete(session: Session, field: Field, line: str, ask: Ask, keep: Keep) -> Answer:
    """Return the complete answer of a field that begins with ``line``; ask for the other cells, gaps or lines."""
    if field.kind is FieldKind.GRID:
        return _grid(session, field, line, ask, keep)
    if field.kind is FieldKind.FILL:
        parts = [part.strip() for part in line.split(",")]
        if any(part.count("(") != part.count(")") for part in parts):  # the comma belongs to the program
            parts = [line]
        names = [f"gap {place + 1} of {field.gaps}" for place in range(field.gaps)]
        return tuple(parts) if len(parts) == field.gaps else _one_by_one(line, names, ask, keep)
    if field.kind is FieldKind.WRITE:
        return _lines(line, ask, keep)
    return line


def _grid(session: Session, field: Field, line: str, ask: Ask, keep: Keep) -> Answer:
    whole = session.read_grid(field.id, line)
    if whole is not None:
        return whole
    # a whole matrix of another shape, whose mark says so; a bracket that is still open is closed in a later row
    if field.rows > 1 and line.lstrip().startswith("[[") and line.count("[") == line.count("]"):
        return (line,)
    if field.rows == 1:
        return _one_by_one(line, field.cells, ask, keep)
    rows = [line]
    while len(rows) < field.rows:
        keep(tuple(cell for row in (*rows, *[""] * (field.rows - len(rows))) for cell in _cells(row, field.columns)))
        rows.append(ask(f"row {len(rows) + 1} of {field.rows}: "))
    return session.read_grid(field.id, "\n".join(rows)) or ("; ".join(rows),)


def _cells(row: str, count: int) -> Sequence[str]:
    """Return the cells of a row; if they are not clear, the first cell holds the whole row."""
    cells = row.replace(",", " ").split() if ", " in row else row.split()
    return cells if len(cells) == count else [row, *[""] * (count - 1)]


def _one_by_one(line: str, names: Sequence[str], ask: Ask, keep: Keep) -> tuple[str, ...]:
    parts = [line]
    while len(parts) < len(names):
        keep((*parts, *[""] * (len(names) - len(parts))))
        parts.append(ask(f"{names[len(parts)]}: "))
    return tuple(parts)


def _lines(line: str, ask: Ask, keep: Keep) -> str:
    """Ask for lines up to an empty one and return them as one text."""
    lines = [line]
    keep(line)
    while following := ask("... "):
        lines.append(following)
        keep("\n".join(lines))
    return "\n".join(lines)
