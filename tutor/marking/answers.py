"""From what was typed to numbers with their decimals, by way of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.marking.mark import Answer, Typed
from tutor.network import Graph, Quantity

if TYPE_CHECKING:
    from tutor.reading import Reading, Scope

#: How many decimals a formula is taken to have: it is exact.
EXACT = 12


def read_one(graph: Graph, cell: str, answer: str | float, own: Mapping[str, float], decimals: int) -> Reading:
    """One number; raises ``FormulaError`` where it cannot be read."""
    from tutor.reading import read_number

    return read_number(as_text(answer), _scope(graph, cell, own, decimals))


def read_cells(
    graph: Graph, quantity: Quantity, answer: Answer, own: Mapping[str, float], decimals: int
) -> tuple[Reading | FormulaError | None, ...]:
    """Return a grid's cells, row by row: None where one is empty, an error where one cannot be read.

    Raises ``FormulaError`` where the whole cannot be taken apart into cells.
    """
    return _read(answer, quantity.shape, _scope(graph, quantity.name, own, decimals))


def read_turned(
    graph: Graph, quantity: Quantity, answer: Answer, own: Mapping[str, float], decimals: int
) -> tuple[Reading | FormulaError | None, ...]:
    """Return the cells of a matrix that was written with as many columns as it has rows, in the order they were
    typed.

    Raises ``FormulaError`` where it was not.
    """
    return _read(answer, quantity.shape[::-1], _scope(graph, quantity.name, own, decimals))


def _read(answer: Answer, shape: tuple[int, ...], scope: Scope) -> tuple[Reading | FormulaError | None, ...]:
    from tutor.reading import read_grid

    if isinstance(answer, str) or _is_misshapen(answer, shape):
        return read_grid(as_text(answer), shape, scope).cells
    return read_grid(_texts(answer), shape, scope).cells


def _is_misshapen(answer: Answer, shape: tuple[int, ...]) -> bool:
    """Return whether rows are given, but not those of the shape: then they are told so as a text would be."""
    rows = answer if isinstance(answer, Sequence) else ()
    lengths = [len(row) for row in rows if isinstance(row, Sequence) and not isinstance(row, str)]
    return len(shape) == 2 and bool(lengths) and lengths != [shape[1]] * shape[0]


def typed_as(reading: Reading, asked: int) -> Typed:
    """Return a number as it enters marking: with the decimals written, or exact where it is a formula."""
    decimals = reading.decimals
    return Typed(reading.value, EXACT if decimals is None else decimals, asked)


def as_text(answer: Answer) -> str:
    """Return an answer as a text: numbers in their shortest form, nothing for what is no answer at all."""
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


def _texts(answer: float | Sequence[object]) -> list[str]:
    if isinstance(answer, (int, float)):
        return [repr(answer)]
    found: list[str] = []
    for part in answer if isinstance(answer, Sequence) else ():
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, (int, float)):
            found.append(repr(part))
        elif isinstance(part, Sequence):
            found.extend(_texts(part))
        else:
            found.append("")
    return found
