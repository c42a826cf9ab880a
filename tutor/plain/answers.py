"""From typed lines to an answer, for each kind of field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor.session import Session
from tutor.session.model import Answer, Field, FieldKind

Ask = Callable[[str], str]
"""Asks with a prompt; what it raises (a command, the end of input) goes through."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def choices(field: Field, line: str) -> tuple[str, ...] | None:
    """The keys of options given by number or letter, ``1 3``, ``1,3`` or ``ac``; None where one of them is none."""
    words = line.replace(",", " ").replace(";", " ").split()
    if len(words) == 1 and len(words[0]) > 1 and not words[0].isdecimal():
        words = list(words[0])
    if len(words) == 1 and words[0].isdecimal() and len(words[0]) > 1 and int(words[0]) > len(field.options):
        words = list(words[0])
    keys = []
    for word in words:
        place = _place(word.strip(".)").lower())
        if place is None or not 0 <= place < len(field.options):
            return None
        keys.append(field.options[place].key)
    return tuple(keys)


def _place(word: str) -> int | None:
    if word.isdecimal():
        return int(word) - 1
    return _LETTERS.index(word) if len(word) == 1 and word in _LETTERS else None


def complete(session: Session, field: Field, line: str, ask: Ask) -> Answer:
    """The whole answer of a field, from its first line on: the other cells, gaps or lines are asked for."""
    if field.kind is FieldKind.GRID:
        return _grid(session, field, line, ask)
    if field.kind is FieldKind.FILL:
        return _gaps(field, line, ask)
    if field.kind is FieldKind.WRITE:
        return _lines(line, ask)
    return line


def _grid(session: Session, field: Field, line: str, ask: Ask) -> Answer:
    whole = session.read_grid(field.id, line)
    if whole is not None:
        return whole
    if field.rows > 1:
        rows = [line]
        while len(rows) < field.rows:
            rows.append(ask(f"row {len(rows) + 1} of {field.rows}: "))
        return session.read_grid(field.id, "\n".join(rows)) or ("; ".join(rows),)
    cells = [line]
    while len(cells) < len(field.cells):
        cells.append(ask(f"{field.cells[len(cells)]}: "))
    return tuple(cells)


def _gaps(field: Field, line: str, ask: Ask) -> tuple[str, ...]:
    parts: Sequence[str] = [part.strip() for part in line.split(",")] if field.gaps > 1 and "," in line else [line]
    if len(parts) == field.gaps:
        return tuple(parts)
    gaps = [line]
    while len(gaps) < field.gaps:
        gaps.append(ask(f"gap {len(gaps) + 1} of {field.gaps}: "))
    return tuple(gaps)


def _lines(line: str, ask: Ask) -> str:
    """Lines up to an empty one."""
    lines = [line]
    while following := ask("... "):
        lines.append(following)
    return "\n".join(lines)
