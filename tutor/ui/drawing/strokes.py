"""A line as signs that every font with boxes has. Each begins where the one before ends: at a corner of its cell, at
its upper or lower edge, or at its right one.

A gentle slope goes through three heights in a row, ``▔─▁``; a steeper one is ``╲``, carried on along the edge where it
does not yet go down, ``╲▔╲`` or, for a very steep one, ``╲▕╲``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

_LEVELS = "▔─▁"
_GENTLE = 0.4  # rows a column
_UPRIGHT = 4.0
_DASH = (4, 2)  # cells drawn, cells left out

Point = tuple[float, float]
Cell = tuple[int, int]


@lru_cache(maxsize=4096)  # as for dots: a drawing is tried at several heights, and drawn anew for every question
def strokes(points: tuple[Point, ...], dashed: bool = False) -> tuple[tuple[Cell, str], ...]:
    """The cells that a line from point to point goes through, from left to right, and its sign in each."""
    found: dict[Cell, str] = {}
    for (x0, y0), (x1, y1) in pairwise(points):
        width = max(1e-9, x1 - x0)
        slope = (y1 - y0) / width
        if abs(slope) <= _GENTLE:
            found.update(_gentle(x0, x1, y0, slope))
        elif abs(slope) <= 1:
            found.update(_slanted(x0, x1, y0, slope))
        else:
            found.update(_steep(x0, y0, y1, slope))
    return tuple(one for place, one in enumerate(found.items()) if not dashed or place % sum(_DASH) < _DASH[0])


def _gentle(x0: float, x1: float, y0: float, slope: float) -> Iterator[tuple[Cell, str]]:
    for column in range(int(x0), int(x1) + 1):
        y = y0 + (min(max(column + 0.5, x0), x1) - x0) * slope
        yield (column, int(y)), _LEVELS[min(2, int((y - int(y)) * 3))]


def _slanted(x0: float, x1: float, y0: float, slope: float) -> Iterator[tuple[Cell, str]]:
    """One sign a column: through the cell, or along the edge at which the one before came in."""
    down = slope > 0
    columns = range(int(x0), int(x1) + 1)
    rows = [int(y0 + (min(max(column + 0.5, x0), x1) - x0) * slope) for column in columns]
    for column, row, following in zip(columns, rows, [*rows[1:], rows[-1]], strict=True):
        sign = ("╲" if down else "╱") if following != row else ("▔" if down else "▁")
        yield (column, row), sign


def _steep(x0: float, y0: float, y1: float, slope: float) -> Iterator[tuple[Cell, str]]:
    """One sign a row: through the cell, or down its right edge, where the next one begins."""
    down = slope > 0
    rows = range(int(y0), int(y1) + 1) if down else range(int(y0), int(y1) - 1, -1)
    columns = [int(x0 + (min(max(row + 0.5, min(y0, y1)), max(y0, y1)) - y0) / slope) for row in rows]
    for place, (row, column) in enumerate(zip(rows, columns, strict=True)):
        if abs(slope) > _UPRIGHT:
            yield (column, row), "│"
        elif place and columns[place - 1] == column:
            yield (column, row), "▕"
        else:
            yield (column, row), "╲" if down else "╱"
