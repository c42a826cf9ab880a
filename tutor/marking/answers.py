"""Turn typed answers into numbers with their decimals, by means of ``tutor.reading``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.marking.mark import Answer, Typed
from tutor.network import Graph, Quantity

if TYPE_CHECKING:
    from tutor.reading import Reading, Scope

#: The decimals of a typed formula, which is exact.
EXACT = 12


def read_one(graph: Graph, cell: str, answer: str | float, own: Mapping[str, float], decimals: int) -> Reading:
    """Return one number as it was read.

    Raises:
        FormulaError: It cannot be read.
    """
    from tutor.reading import read_number

    return read_number(as_text(answer), _scope(graph, cell, own, decimals))


def read_cells(
    graph: Graph, quantity: Quantity, answer: Answer, own: Mapping[str, float], decimals: int
) -> tuple[Reading | FormulaError | None, ...]:
    """Return a grid's cells, row by row: None for an empty one, an error for one that cannot be read.

    Raises:
        FormulaError: The answer cannot be split into cells.
    """
    return _read(answer, quantity.shape, _scope(graph, quantity.name, own, decimals))


def read_turned(
    graph: Graph, quantity: Quantity, answer: Answer, own: Mapping[str, float], decimals: int
) -> tuple[Reading | FormulaError | None, ...]:
    """Return the cells of a matrix that was typed transposed, in the order they were typed.

    Raises:
        FormulaError: It does not have the transposed shape.
    """
    return _read(answer, quantity.shape[::-1], _scope(graph, quantity.name, own, decimals))


def _read(answer: Answer, shape: tuple[int, ...], scope: Scope) -> tuple[Reading | FormulaError | None, ...]:
    from tutor.reading import read_grid

    if isinstance(answer, str) or _is_misshapen(answer, shape):
        return read_grid(as_text(answer), shape, scope).cells
    return read_grid(_texts(answer), shape, scope).cells


def _is_misshapen(answer: Answer, shape: tuple[int, ...]) -> bool:
    """Return whether the rows given do not fit the shape; they are then read as text, which gives the same message."""
    rows = answer if isinstance(answer, Sequence) else ()
    lengths = [len(row) for row in rows if isinstance(row, Sequence) and not isinstance(row, str)]
    return len(shape) == 2 and bool(lengths) and lengths != [shape[1]] * shape[0]


def typed_as(reading: Reading, asked: int) -> Typed:
    """Return a reading with the decimals that were written, or ``EXACT`` for a formula."""
    decimals = reading.decimals
    return Typed(reading.value, EXACT if decimals is None else decimals, asked)


def as_text(answer: Answer) -> str:
    """Return an answer as text: numbers in their shortest form, an empty string for anything that is not an answer."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, (int, float)):
        return repr(answer)
    if not isinstance(answer, Sequence):
        return ""
    return "[" + ", ".join(as_text(part) for part in answer) + "]"


def _scope(graph: Graph, asked: str, own: Mapping[str, float], decimals: int) -> Scope:
    from tutor.reading import Scope

    return Scope(graph, asked, own, decimals=decimals)


def _texts(answer: Answer) -> list[str]:
    """Return the cells of an answer that was given as rows or as a list."""
    if isinstance(answer, str) or not isinstance(answer, Sequence):
        return [as_text(answer)]
    return [text for part in answer for text in _texts(part)]
