"""A sheet of character cells to draw on: text, boxes, and thin lines of braille dots under both."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

# Braille's dots by (column, row) within a cell; a cell is 2 dots wide and 4 high.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_DASH = 5  # dots drawn, then as many left out less one: a dash is plain to see and a short edge still has two


@dataclass
class Sheet:
    """``width`` × ``height`` cells. ``style`` of a cell is a word that the widget gives its colours."""

    width: int
    height: int
    _dots: dict[tuple[int, int], int] = field(default_factory=dict)
    _ink: dict[tuple[int, int], str] = field(default_factory=dict)
    _text: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    def text(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write text; it covers lines. What falls off the sheet is left out."""
        for offset, character in enumerate(text):
            if 0 <= x + offset < self.width and 0 <= y < self.height:
                self._text[x + offset, y] = (character, style)

    def box(self, x: int, y: int, width: int, height: int, style: str = "") -> None:
        """A box with round corners, its inside cleared."""
        self.text(x, y, "╭" + "─" * (width - 2) + "╮", style)
        for row in range(y + 1, y + height - 1):
            self.text(x, row, "│" + " " * (width - 2) + "│", style)
        self.text(x, y + height - 1, "╰" + "─" * (width - 2) + "╯", style)

    def line(self, start: tuple[float, float], end: tuple[float, float], style: str, *, dashed: bool = False) -> None:
        """A line of dots between two points given in cells; dashed where it says so."""
        for step, cell, dot in _dots(start, end):
            if dashed and step % (2 * _DASH - 1) >= _DASH:
                continue
            if 0 <= cell[0] < self.width and 0 <= cell[1] < self.height:
                self._dots[cell] = self._dots.get(cell, 0) | dot
                self._ink[cell] = style

    def is_free(self, x: int, y: int, width: int) -> bool:
        """Whether text would cover no other text and stay on the sheet, with a cell to spare on either side."""
        inside = 0 <= y < self.height and x >= 0 and x + width <= self.width
        return inside and not any((column, y) in self._text for column in range(x - 1, x + width + 1))

    def runs(self) -> list[list[tuple[str, str]]]:
        """Each row as runs of (text, style)."""
        rows = []
        for y in range(self.height):
            cells = (self._cell(x, y) for x in range(self.width))
            rows.append(
                [("".join(c for c, _ in run), style) for style, run in groupby(cells, key=lambda cell: cell[1])]
            )
        return rows

    def _cell(self, x: int, y: int) -> tuple[str, str]:
        if (x, y) in self._text:
            return self._text[x, y]
        dots = self._dots.get((x, y))
        return (chr(0x2800 + dots), self._ink[x, y]) if dots else (" ", "")


def line_cells(start: tuple[float, float], end: tuple[float, float]) -> set[tuple[int, int]]:
    """The cells that a line goes through."""
    return {cell for _, cell, _ in _dots(start, end)}


def _dots(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[int, tuple[int, int], int]]:
    x0, y0, x1, y1 = start[0] * 2, start[1] * 4, end[0] * 2, end[1] * 4
    steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
    found = []
    for step in range(steps + 1):
        x = int(x0 + (x1 - x0) * step / steps)
        y = int(y0 + (y1 - y0) * step / steps)
        found.append((step, (x // 2, y // 4), _DOTS[x % 2][y % 4]))
    return found
