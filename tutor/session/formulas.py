"""Numbers and formulas as learners type them: read back while typing, cut into cells, and marked where they belong to
no network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.formulas.wording import counted
from tutor.lessons.blocks import AskItem, Expression, Number
from tutor.mistakes.writing import SIGN_LOST
from tutor.session.entries import Entry
from tutor.session.model import FieldKind, Mistake, ReadBack, Result, Verdict

if TYPE_CHECKING:
    from tutor.marking.mark import Typed
    from tutor.reading import Reading, Scope


def _scope(entry: Entry, cell: int | None, own: Mapping[str, Typed]) -> Scope:
    from tutor.reading import Scope

    item, block = entry.item, entry.block
    numbers = {name: typed.value for name, typed in own.items()}
    if item is not None:
        asked = item.quantity.name if cell is None else item.quantity.cells[cell]
        return Scope(item.graph, asked, numbers, decimals=item.decimals)
    if isinstance(block, Expression):
        return expression_scope(block)
    assert isinstance(block, Number)
    return number_scope(block, numbers)


def number_scope(block: Number, own: Mapping[str, float]) -> Scope:
    """Return what may be typed for a number that belongs to no network."""
    from tutor.reading import Scope

    return Scope(block.graph, None, own, decimals=block.decimals, unit=block.unit)


def expression_scope(block: Expression) -> Scope:
    """Return what may be typed for a formula: the quantities that come before it, those of ``using``, or the
    variables."""
    from tutor.reading import Scope

    asked = block.reference.name if block.reference is not None else None
    return Scope(block.graph, asked, using=block.using, variables=tuple(block.variables))


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


# -- one-off numbers and formulas -----------------------------------------------------------------------------------


def mark_number(block: Number, text: str, own: Mapping[str, Typed]) -> Result:
    """Mark a number: right within ``within``, or at the decimals or figures asked for, or exactly where neither is
    given."""
    from tutor.reading import read_number

    try:
        reading = read_number(text, number_scope(block, {name: typed.value for name, typed in own.items()}))
    except FormulaError as error:
        return Result(Verdict.UNREADABLE, str(error), column=error.column)
    typed, right = reading.value, block.value
    if is_right(typed, right, block):
        return Result(Verdict.CORRECT, "Right.", value=right)
    slips = tuple(Mistake("author", said) for said in _author_says(block, typed))
    if slips:
        return Result(Verdict.WRONG, slips[0].message, slips, value=right)
    if block.decimals is not None and _is_shorter(reading, right, block.decimals):
        said = f"Right as far as it goes: give {counted(block.decimals, 'decimal')}."
        return Result(Verdict.IMPRECISE, said, value=right)
    if is_right(-typed, right, block):
        return Result(Verdict.WRONG, "The size is right; the sign is not.", (Mistake(SIGN_LOST, ""),), value=right)
    return Result(Verdict.WRONG, "Not right.", value=right)


def is_right(typed: float, right: float, block: Number) -> bool:
    """Return whether a number is the block's answer at its precision (to nine digits where none is asked)."""
    if block.within is not None:
        return abs(typed - right) <= block.within * (1 + 1e-9)
    if block.decimals is not None:
        return _is_at_decimals(typed, right, block.decimals)
    if block.figures is not None:
        first = math.floor(math.log10(abs(right))) if right else 0
        return abs(typed - right) <= 0.55 * 10.0 ** (first - block.figures + 1)
    return abs(typed - right) <= 1e-9 * max(1.0, abs(right))


def _is_at_decimals(typed: float, right: float, decimals: int) -> bool:
    """Return whether a number is right at the decimals asked for. A count is right only as the whole number it is."""
    from tutor.marking.rounding import ROUNDED, is_whole

    if decimals == 0 and is_whole(right):
        return abs(typed - right) <= 1e-9 * max(1.0, abs(right))
    return abs(typed - right) <= ROUNDED * 10.0**-decimals


def _is_shorter(reading: Reading, right: float, decimals: int) -> bool:
    """Return whether it is the right number, rounded or cut to fewer decimals than asked for."""
    from tutor.marking.rounding import is_short

    written = reading.decimals
    return written is not None and written < decimals and is_short(reading.value, right, written)


def _author_says(block: Number, typed: float) -> list[str]:
    return [str(mistake.say) for mistake, wrong in block.wrong_values() if is_right(typed, wrong, block)]
