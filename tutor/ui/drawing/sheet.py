"""A sheet of character cells to draw on: text, boxes, and thin lines under both.

Lines are made of signs that every terminal font has: ``▔─▁`` where a line is flat (three heights a row, so that a
gentle slope reads as one), ``╲ ╱ │`` where it is steep.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

_LEVELS = "▔─▁"
_STEEP = 0.62  # rows a column; from here on a line goes row by row
_UPRIGHT = 4.0
_DASH = (3, 1)  # cells drawn, cells left out

Point = tuple[float, float]
Cell = tuple[int, int]


@dataclass
class Sheet:
    """``width`` × ``height`` cells. ``style`` of a cell is a word that the widget gives its colours."""

    width: int
    height: int
    _lines: dict[Cell, tuple[str, str]] = field(default_factory=dict)
    _text: dict[int, dict[int, tuple[str, str]]] = field(default_factory=dict)  # row by row

    def text(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write text; it covers lines. What falls off the sheet is left out."""
        if 0 <= y < self.height:
            row = self._text.setdefault(y, {})
            row.update((x + at, (one, style)) for at, one in enumerate(text) if 0 <= x + at < self.width)

    def box(self, x: int, y: int, width: int, height: int, style: str = "") -> None:
        """A box with round corners, its inside cleared."""
        self.text(x, y, "╭" + "─" * (width - 2) + "╮", style)
        for row in range(y + 1, y + height - 1):
            self.text(x, row, "│" + " " * (width - 2) + "│", style)
        self.text(x, y + height - 1, "╰" + "─" * (width - 2) + "╯", style)

    def line(self, start: Point, end: Point, style: str, *, dashed: bool = False) -> None:
        """A line between two points given in cells, from left to right; dashed where it says so."""
        for step, (cell, stroke) in enumerate(strokes(start, end)):
            if dashed and step % sum(_DASH) >= _DASH[0]:
                continue
            if 0 <= cell[0] < self.width and 0 <= cell[1] < self.height:
                crossed = {stroke, self._lines.get(cell, ("", ""))[0]} == {"╱", "╲"}
                self._lines[cell] = ("╳" if crossed else stroke, style)

    def is_free(self, x: int, y: int, width: int) -> bool:
        """Whether text would cover no other text and stay on the sheet, with a cell to spare on either side."""
        inside = 0 <= y < self.height and x >= 0 and x + width <= self.width
        return inside and self._text.get(y, {}).keys().isdisjoint(range(x - 1, x + width + 1))

    def used_rows(self) -> range:
        """The rows from the first to the last in which something stands."""
        rows = {y for _, y in self._lines}
        rows |= {y for y, row in self._text.items() if any(character != " " for character, _ in row.values())}
        return range(min(rows), max(rows) + 1) if rows else range(0)

    def runs(self) -> list[list[tuple[str, str]]]:
        """Each of the rows that are used as runs of (text, style)."""
        rows = []
        for y in self.used_rows():
            text = self._text.get(y, {})
            cells = (text.get(x) or self._lines.get((x, y), (" ", "")) for x in range(self.width))
            rows.append(
                [("".join(c for c, _ in run), style) for style, run in groupby(cells, key=lambda cell: cell[1])]
            )
        return rows


@lru_cache(maxsize=2048)  # a drawing is tried at several heights, and drawn anew for every question
def strokes(start: Point, end: Point) -> tuple[tuple[Cell, str], ...]:
    """The cells that a line goes through, from its start on, and its sign in each."""
    (x0, y0), (x1, y1) = start, end
    slope = (y1 - y0) / max(1e-9, x1 - x0)
    if abs(slope) <= _STEEP:
        return tuple(_flat(column, y0 + (column + 0.5 - x0) * slope) for column in range(int(x0), int(x1) + 1))
    sign = "│" if abs(slope) > _UPRIGHT else "╲" if slope > 0 else "╱"
    first, last = int(y0), int(y1)
    rows = range(first, last + 1) if last >= first else range(first, last - 1, -1)
    return tuple(((int(min(x1, max(x0, x0 + (row + 0.5 - y0) / slope))), row), sign) for row in rows)


def _flat(column: int, y: float) -> tuple[Cell, str]:
    row = int(y)
    return (column, row), _LEVELS[min(2, int((y - row) * 3))]


@lru_cache(maxsize=2048)
def line_cells(start: Point, end: Point) -> frozenset[Cell]:
    """The cells that a line goes through."""
    return frozenset(cell for cell, _ in strokes(start, end))
