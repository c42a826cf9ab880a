"""A sheet of character cells to draw on: text, boxes, and thin lines below both.

A line leaves arms in the cells that it passes. If a line turns where it meets another one, the cell has the arms of
both. If they cross straight, the line drawn last passes over the other. All signs are box-drawing characters that every
font with boxes has. A line that ends at the side of a box joins it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_ARMS = {(0, -1): _UP, (1, 0): _RIGHT, (0, 1): _DOWN, (-1, 0): _LEFT}
_LINES = " ╵╶╰╷│╭├╴╯─┴╮┤┬┼"  # by the sum of the arms
_LEVEL, _UPRIGHT = _LEFT | _RIGHT, _UP | _DOWN
_DASHED = {_LEVEL: "╌", _UPRIGHT: "╎"}
_SIDES = {"│": "┤├", "┃": "┨┠"}  # of a box, joined by a line from the left or from the right

Cell = tuple[int, int]


@dataclass
class Sheet:
    """A sheet of ``width`` × ``height`` cells. The ``style`` of a cell is a name, to which the widget assigns
    colours."""

    width: int
    height: int
    _lines: dict[Cell, tuple[int, str]] = field(default_factory=dict)
    _text: dict[int, dict[int, tuple[str, str]]] = field(default_factory=dict)  # row by row
    _solid: set[tuple[Cell, int]] = field(default_factory=set)  # the arms of lines that are not dashed

    def text(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write text, which covers lines. What is outside the sheet is dropped."""
        if 0 <= y < self.height:
            row = self._text.setdefault(y, {})
            row.update((x + at, (one, style)) for at, one in enumerate(text) if 0 <= x + at < self.width)

    def box(self, x: int, y: int, width: int, height: int, style: str = "", *, heavy: bool = False) -> None:
        """Draw a box with round corners, or a heavy one, and clear its inside."""
        a, b, c, d, across, down = "┏┓┗┛━┃" if heavy else "╭╮╰╯─│"
        self.text(x, y, a + across * (width - 2) + b, style)
        for row in range(y + 1, y + height - 1):
            self.text(x, row, down + " " * (width - 2) + down, style)
        self.text(x, y + height - 1, c + across * (width - 2) + d, style)

    def line(self, corners: tuple[Cell, ...], style: str, *, dashed: bool = False) -> None:
        """Draw a line from corner to corner. A cell where lines meet has the style of the last one. A part that lines
        share is dashed only if all of them are."""
        for cell, mark in arms(corners):
            before, _ = self._lines.get(cell, (0, ""))
            crosses = {before, mark} == {_LEVEL, _UPRIGHT}
            self._lines[cell] = mark if crosses else before | mark, style
            if not dashed:
                self._solid.add((cell, mark))

    @property
    def has_dashes(self) -> bool:
        """Whether any line is dashed."""
        return any(self._is_dashed(cell) for cell in self._lines)

    def _is_dashed(self, cell: Cell) -> bool:
        mark, _ = self._lines[cell]
        return mark in _DASHED and (cell, mark) not in self._solid

    def is_free(self, y: int, columns: range) -> bool:
        """Return whether these columns of a row are empty."""
        return not any((x, y) in self._lines or x in self._text.get(y, {}) for x in columns)

    def used_rows(self) -> range:
        """Return the rows from the first to the last that is not empty."""
        rows = {y for _, y in self._lines}
        rows |= {y for y, row in self._text.items() if any(character != " " for character, _ in row.values())}
        return range(min(rows), max(rows) + 1) if rows else range(0)

    def runs(self) -> list[list[tuple[str, str]]]:
        """Return the used rows, each as runs of (text, style)."""
        return [
            [
                ("".join(sign for sign, _ in run), style)
                for style, run in groupby(self._row(y), key=lambda cell: cell[1])
            ]
            for y in self.used_rows()
        ]

    def _row(self, y: int) -> Iterator[tuple[str, str]]:
        text = self._text.get(y, {})
        for x in range(self.width):
            mark, line_style = self._lines.get((x, y), (0, ""))
            line = _DASHED[mark] if mark and self._is_dashed((x, y)) else _LINES[mark]
            sign, style = text.get(x, (line, line_style))
            if sign in _SIDES and x in text:
                sign = self._joined(x, y, sign)
            yield sign, style

    def _joined(self, x: int, y: int, side: str) -> str:
        """Return the side of a box, joined to a line that ends beside it."""
        for beside, arm, joined in zip((x - 1, x + 1), (_RIGHT, _LEFT), _SIDES[side], strict=True):
            if self._lines.get((beside, y), (0, ""))[0] & arm and beside not in self._text[y]:
                return joined
        return side


def arms(corners: tuple[Cell, ...]) -> Iterator[tuple[Cell, int]]:
    """Yield the cells that a line passes, with its arms in each. It begins and ends horizontally."""
    (x, y), end = corners[0], corners[-1]
    came = _LEFT
    for corner_x, corner_y in corners[1:]:
        while (x, y) != (corner_x, corner_y):
            across, down = (corner_x > x) - (corner_x < x), (corner_y > y) - (corner_y < y)
            goes = _ARMS[across, down]
            yield (x, y), came | goes
            x, y, came = x + across, y + down, _ARMS[-across, -down]
    yield end, came | _RIGHT
