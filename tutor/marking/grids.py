"""Judge vectors and matrices as a whole: right numbers in another order, and the mistakes that cells share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from tutor.marking.judgement import TRIVIAL
from tutor.marking.mark import WORST, Mark, Mistake, Typed, Verdict
from tutor.marking.messages import lowered
from tutor.marking.rounding import cut, is_on_grid, is_shortened, near, rounded, says_little
from tutor.mistakes import MISTAKES
from tutor.mistakes.updates import NOT_UPDATED
from tutor.mistakes.writing import OTHER_QUANTITY, PERMUTED, TRANSPOSED, TRUNCATED
from tutor.network import Graph, Kind, Quantity
from tutor.network.decimals import old_value

#: So many cells may have a mistake in common by chance, in few decimals.
_BY_CHANCE = 2


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


def is_shortened_throughout(graph: Graph, cells: Sequence[Mark], decimals: int) -> bool:
    """Return whether all numbers of a grid are the right ones, several of them in fewer decimals than asked for, all
    rounded or all cut off.

    One such number may be a mistake's by chance; all of them are not, unless one mistake gives them all: without a bias
    of 0.5, each is also the right one rounded up. For two of them it may be chance, except where nobody would shorten:
    3.5 fits in the decimals asked for. As for a single number, 0.0 and whole numbers with one figure say little: most
    of the numbers must say more, or be right as they are.
    """
    is_old = any(each.id == NOT_UPDATED for cell in cells for each in cell.mistakes)
    if is_old or any(_shows_no_step(graph, cell) for cell in cells):
        return False
    wrong = [cell for cell in cells if cell.verdict is Verdict.WRONG]
    shared = set.intersection(*({each.id for each in cell.mistakes} for cell in wrong)) - {TRUNCATED}
    fit = all(is_on_grid(graph.values[cell.quantity], decimals) for cell in wrong)
    if shared and (len(wrong) > _BY_CHANCE or (len(wrong) > 1 and fit)):
        return False
    short: list[tuple[Typed, float]] = []
    telling = 0
    for cell in cells:
        number, value = cell.own.get(cell.quantity), graph.values[cell.quantity]
        if number is None:
            return False
        if cell.verdict is not Verdict.CORRECT:
            short.append((number, value))
        telling += cell.verdict is Verdict.CORRECT or not says_little(number.value, number.decimals)
    return len(short) > 1 and 2 * telling > len(cells) and _is_shortened_one_way(short, decimals)


def _shows_no_step(graph: Graph, cell: Mark) -> bool:
    """Return whether a number is a new value in so few decimals that the value before the update looks the same."""
    number, old = cell.own.get(cell.quantity), old_value(graph, graph.nodes[cell.quantity])
    return number is not None and old is not None and is_shortened(number.value, graph.values[old], number.decimals)


def _is_shortened_one_way(numbers: Sequence[tuple[Typed, float]], decimals: int) -> bool:
    """Return whether every number is its value in fewer ``decimals``, in one of the ways in which people shorten."""
    return any(
        all(each.decimals < decimals and near(each.value, way(value, each.decimals), 0, 12) for each, value in numbers)
        for way in (rounded, round, cut)
    )


def another_array(graph: Graph, asked: Quantity, cells: Sequence[Mark], decimals: int) -> Mistake | None:
    """Return the mistake of a grid that holds the numbers of another array, in its order; of one of its shape if there
    is one."""
    typed = [cell.own.get(cell.quantity) for cell in cells]
    numbers = [number for number in typed if number is not None]
    if len(numbers) < len(cells) or len({number.value for number in numbers}) < 2:
        return None
    for name, array in sorted(graph.arrays.items(), key=lambda each: each[1].shape != asked.shape):
        values = [graph.values[cell] for cell in array.cells]
        if name != asked.name and len(values) == len(numbers) and _fits(numbers, values, decimals):
            return _named(graph, array, asked, cells)
    return None


def _named(graph: Graph, array: Quantity, asked: Quantity, cells: Sequence[Mark]) -> Mistake:
    """Return the mistake that takes one array for another: a worksheet's by their names, a network's by the first
    cell that is wrong."""
    wrong = [place for place, cell in enumerate(cells) if cell.verdict is Verdict.WRONG]
    is_sheet = asked.kind is Kind.CELL
    this, that = (array.name, asked.name) if is_sheet else (array.cells[wrong[0]], asked.cells[wrong[0]])
    symbol = graph.notation.text
    others = "" if is_sheet else others_sentence(len(wrong) - 1)
    return Mistake(OTHER_QUANTITY, f"This is {symbol(this)}; the question asks for {symbol(that)}.{others}")


def covering(cells: Sequence[Mark], symbol: Callable[[str], str]) -> tuple[Mistake, ...]:
    """Return at most two mistakes that explain a grid's wrong cells, the one that covers most cells first.

    Each is told once, at its first cell; the cell is named if there are two mistakes. A mistake is named only if it
    explains at least half of the wrong cells that are left, not counting cells of 0 or ±1: otherwise it fits by chance.
    """
    wrong = [cell for cell in cells if cell.mistakes and cell.verdict is Verdict.WRONG]
    named: list[tuple[str, Mistake, str]] = []
    left = list(wrong)
    unexplained = [cell for cell in cells if cell.verdict is Verdict.WRONG]
    while left and len(named) < 2:
        fitting = [cell.fitting or cell.mistakes for cell in left]
        counts = Counter(_kind(mistake) for mistakes in fitting for mistake in mistakes)
        place = {_kind(mistake): order for each in fitting for order, mistake in reversed(list(enumerate(each)))}
        chosen = min(counts, key=lambda each: (-counts[each], place[each], MISTAKES.rank(each[0])))
        having = [cell for cell in left if any(_kind(each) == chosen for each in cell.fitting or cell.mistakes)]
        unexplained = [cell for cell in unexplained if cell not in having]
        if named and all(_is_trivial(cell) for cell in having):
            break  # a 0 beside what one mistake explains is chance
        if unexplained and sum(not _is_trivial(cell) for cell in having) < len(unexplained):
            break
        first = next(mistake for mistake in having[0].fitting or having[0].mistakes if _kind(mistake) == chosen)
        named.append((having[0].quantity, first, others_sentence(len(having) - 1)))
        left = [cell for cell in left if cell not in having]
    if len(named) == 1:
        return tuple(Mistake(each.id, each.message + others, each.place) for _, each, others in named)
    return tuple(
        Mistake(each.id, f"In {symbol(cell)}: {lowered(each.message)}{others}", each.place)
        for cell, each, others in named
    )


def _kind(mistake: Mistake) -> tuple[str, str]:
    """Return what tells one mistake from another: a typical one's id; the sentence as well for an author's, and for one
    that names another quantity."""
    is_one_kind = MISTAKES.get(mistake.id) is not None and mistake.id != OTHER_QUANTITY
    return mistake.id, "" if is_one_kind else mistake.message


def _is_trivial(cell: Mark) -> bool:
    number = cell.own.get(cell.quantity)
    return number is not None and number.value in TRIVIAL


def others_sentence(others: int) -> str:
    """Return the sentence that says how many other cells have the same mistake, or an empty string."""
    if others <= 0:
        return ""
    words = {1: "other one", 2: "other two", 3: "other three"}
    return f" The same goes for the {words.get(others, f'other {others}')}."
