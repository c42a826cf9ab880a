"""Judge vectors and matrices as a whole: right numbers in another order, and the mistakes that cells share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from tutor.marking.mark import WORST, Mark, Mistake, Typed, Verdict
from tutor.marking.messages import lowered
from tutor.marking.rounding import near
from tutor.mistakes import MISTAKES
from tutor.mistakes.writing import PERMUTED, TRANSPOSED


def rearranged(
    numbers: Sequence[Typed | None], true: Sequence[float], shape: tuple[int, ...], decimals: int
) -> Mistake | None:
    """Return the mistake if the right numbers are in the wrong cells (transposed, or in any other order), or None."""
    typed = [number for number in numbers if number is not None]
    if len(typed) != len(true) or len(true) < 2:
        return None
    if _fits(typed, true, decimals):
        return None
    if len(shape) == 2 and min(shape) > 1 and _fits(typed, _transposed(true, shape), decimals):
        return _mistake(TRANSPOSED)
    if _is_permuted(typed, true, decimals):
        return _mistake(PERMUTED)
    return None


def _mistake(mistake_id: str) -> Mistake:
    mistake = MISTAKES.get(mistake_id)
    assert mistake is not None
    return Mistake(mistake_id, str(mistake.says))


def _fits(typed: Sequence[Typed], true: Sequence[float], decimals: int) -> bool:
    return all(_is(number, value, decimals) for number, value in zip(typed, true, strict=True))


def _is(number: Typed, value: float, decimals: int) -> bool:
    """Return whether a number is a value to the decimals asked for, or to the fewer that were typed (at least two)."""
    if near(number.value, value, 0.0, decimals):
        return True
    return 2 <= number.decimals < decimals and near(number.value, value, 0.0, number.decimals)


def _transposed(true: Sequence[float], shape: tuple[int, ...]) -> list[float]:
    """Return the cells of the transposed matrix, row by row."""
    rows, columns = shape
    return [true[row * columns + column] for column in range(columns) for row in range(rows)]


def _is_permuted(typed: Sequence[Typed], true: Sequence[float], decimals: int) -> bool:
    """Return whether the numbers are the right ones in another order.

    Return False if the right ones are only zeros and ones: a wrong answer often has as many of each.
    """
    different = {round(value, decimals) for value in true}
    if len(different) < 2 or different <= {0, 1}:
        return False
    left = list(typed)
    for value in true:
        match = next((number for number in left if _is(number, value, decimals)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def worst(cells: Sequence[Mark]) -> Verdict:
    """Return a grid's verdict: the worst of its cells."""
    return max((cell.verdict for cell in cells), key=WORST.index)


def covering(cells: Sequence[Mark], symbol: Callable[[str], str]) -> tuple[Mistake, ...]:
    """Return at most two mistakes that explain a grid's wrong cells, the one that covers most cells first.

    Each is told once, at its first cell; the cell is named if there are two mistakes.
    """
    wrong = [cell for cell in cells if cell.mistakes]
    named: list[tuple[str, Mistake, str]] = []
    left = list(wrong)
    while left and len(named) < 2:
        fitting = [cell.fitting or cell.mistakes for cell in left]
        counts = Counter(mistake.id for mistakes in fitting for mistake in mistakes)
        place = {mistake.id: order for each in fitting for order, mistake in reversed(list(enumerate(each)))}
        chosen = min(counts, key=lambda each: (-counts[each], place[each], MISTAKES.rank(each)))
        having = [cell for cell in left if any(mistake.id == chosen for mistake in cell.fitting or cell.mistakes)]
        first = next(mistake for mistake in having[0].fitting or having[0].mistakes if mistake.id == chosen)
        named.append((having[0].quantity, first, others_sentence(len(having) - 1)))
        left = [cell for cell in left if cell not in having]
    if len(named) == 1:
        return tuple(Mistake(each.id, each.message + others, each.place) for _, each, others in named)
    return tuple(
        Mistake(each.id, f"In {symbol(cell)}: {lowered(each.message)}{others}", each.place)
        for cell, each, others in named
    )


def others_sentence(others: int) -> str:
    """Return the sentence that says how many other cells have the same mistake, or an empty string."""
    if others <= 0:
        return ""
    words = {1: "other one", 2: "other two", 3: "other three"}
    return f" The same goes for the {words.get(others, f'other {others}')}."
