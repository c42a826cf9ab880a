"""Numbers and formulas as learners type them: read back while typing, and cut into cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.lessons.blocks import AskItem
from tutor.session.entries import Entry
from tutor.session.model import FieldKind, ReadBack

if TYPE_CHECKING:
    from tutor.marking.mark import Typed
    from tutor.reading import Scope


def _scope(entry: Entry, cell: int | None, own: Mapping[str, Typed]) -> Scope:
    from tutor.marking.typed import scope_of
    from tutor.reading import Scope

    item = entry.item
    if item is None:
        return scope_of(entry.block, own)
    asked = item.quantity.name if cell is None else item.quantity.cells[cell]
    return Scope(item.graph, asked, {name: typed.value for name, typed in own.items()}, decimals=item.decimals)


def read_back(entry: Entry, text: str, cell: int | None, own: Mapping[str, Typed]) -> ReadBack:
    """Return how a text is read. A value that came in through a name of the exercise rather than from the learner is
    not shown."""
    from tutor.reading import read_formula, read_grid, read_number

    scope = _scope(entry, cell, own)
    try:
        if entry.field.kind is FieldKind.EXPRESSION:
            return ReadBack(read_formula(text, scope).shown)
        if entry.field.kind is FieldKind.GRID and cell is None and entry.item is not None:
            return ReadBack(read_grid(text, entry.item.quantity.shape, scope).shown)
        return ReadBack(read_number(text, scope).shown)
    except FormulaError as error:
        return ReadBack(str(error), ok=False, column=error.column)


def split_grid(item: AskItem, pasted: str) -> tuple[str, ...] | None:
    """Return the cells of a pasted vector or matrix as they were written; None where their number does not fit the
    grid."""
    from tutor.reading import cells_of

    try:
        return cells_of(pasted, item.quantity.shape)
    except FormulaError:
        return None
