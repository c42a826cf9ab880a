"""Mark typed numbers and formulas that answer a question of the lesson rather than a quantity of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tutor.errors import FormulaError
from tutor.formulas.wording import counted
from tutor.lessons.blocks import Block, Expression, Number
from tutor.marking.expressions import mark_expression
from tutor.marking.mark import AuthorMistake, Typed
from tutor.marking.rounding import ROUNDED, is_short, is_whole
from tutor.mistakes.writing import SIGN_LOST
from tutor.reading import Reading, Scope, read_number
from tutor.verdicts import Mistake, Result, Verdict


def mark_typed(block: Block, text: str, own: Mapping[str, Typed]) -> Result:
    """Mark a number or a formula; ``own`` are the learner's own numbers, which a formula typed for a number may use."""
    if isinstance(block, Number):
        return _mark_number(block, text, own)
    assert isinstance(block, Expression)
    return _mark_formula(block, text)


def scope_of(block: Block, own: Mapping[str, Typed]) -> Scope:
    """Return the scope that an answer is read in.

    For a number, it has the names of its graph; for a formula, the quantities that come before the one it defines,
    those of ``using``, or the variables.
    """
    if isinstance(block, Number):
        numbers = {name: typed.value for name, typed in own.items()}
        return Scope(block.graph, None, numbers, decimals=block.decimals, unit=block.unit)
    assert isinstance(block, Expression)
    asked = block.reference.name if block.reference is not None else None
    return Scope(block.graph, asked, using=block.using, variables=tuple(block.variables))


def _mark_formula(block: Expression, text: str) -> Result:
    mark = mark_expression(
        text,
        block.answer,
        graph=block.graph,
        asked=block.reference.name if block.reference is not None else None,
        using=block.using,
        variables=block.variables,
        mistakes=[AuthorMistake(one.when, str(one.say)) for one in block.mistakes if one.when is not None],
    )
    return mark.to_result(block.graph)


def _mark_number(block: Number, text: str, own: Mapping[str, Typed]) -> Result:
    """Mark a number: right within ``within``, or to the decimals or figures asked for, or exactly if none is given."""
    try:
        reading = read_number(text, scope_of(block, own))
    except FormulaError as error:
        return Result(Verdict.UNREADABLE, str(error), column=error.column)
    typed, right = reading.value, block.value
    if _is_right(typed, right, block):
        return Result(Verdict.CORRECT, "Right.", value=right)
    mistakes = tuple(Mistake("author", said) for said in _author_says(block, typed))
    if mistakes:
        return Result(Verdict.WRONG, mistakes[0].message, mistakes, value=right)
    if block.decimals is not None and _is_shorter(reading, right, block.decimals):
        said = f"Right as far as it goes: give {counted(block.decimals, 'decimal')}."
        return Result(Verdict.IMPRECISE, said, value=right)
    if _is_right(-typed, right, block):
        return Result(Verdict.WRONG, "The size is right; the sign is not.", (Mistake(SIGN_LOST, ""),), value=right)
    return Result(Verdict.WRONG, "Not right.", value=right)


def _is_right(typed: float, right: float, block: Number) -> bool:
    """Return whether a number is the block's answer at its precision (to nine digits if it has none)."""
    if block.within is not None:
        return abs(typed - right) <= block.within * (1 + 1e-9)
    if block.decimals is not None:
        return _is_at_decimals(typed, right, block.decimals)
    if block.figures is not None:
        first = math.floor(math.log10(abs(right))) if right else 0
        return abs(typed - right) <= 0.55 * 10.0 ** (first - block.figures + 1)
    return abs(typed - right) <= 1e-9 * max(1.0, abs(right))


def _is_at_decimals(typed: float, right: float, decimals: int) -> bool:
    """Return whether a number is right to the decimals asked for. A count must be exactly the whole number."""
    if decimals == 0 and is_whole(right):
        return abs(typed - right) <= 1e-9 * max(1.0, abs(right))
    return abs(typed - right) <= ROUNDED * 10.0**-decimals


def _is_shorter(reading: Reading, right: float, decimals: int) -> bool:
    """Return whether it is the right number, rounded or cut to fewer decimals than asked for."""
    written = reading.decimals
    return written is not None and written < decimals and is_short(reading.value, right, written)


def _author_says(block: Number, typed: float) -> list[str]:
    return [str(mistake.say) for mistake, wrong in block.wrong_values() if _is_right(typed, wrong, block)]
