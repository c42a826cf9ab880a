"""A sheet of character cells to draw on: text, boxes, and thin lines under both.

Lines are dots of braille, two across and four down in a cell: a line of any slope is one line, and where lines cross
one sees both. Terminals whose font may have no braille get strokes, or the ASCII signs that look most like these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise

from tutor.ui.drawing.strokes import strokes
from tutor.ui.glyphs import Signs

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of braille, row by row
_BRAILLE = 0x2800
_DASH = (4, 2)  # dots drawn, dots left out
_ASCII = str.maketrans("╭╮╰╯─│┏┓┗┛━┃●▶◀╲╱╳▔▁▕", "++++-|####=#o><\\/X'_|")

Point = tuple[float, float]
Cell = tuple[int, int]
Mark = int | str
"""What a line leaves in a cell: dots of braille, or a stroke."""

_UPPER = _BITS[0][0] | _BITS[0][1] | _BITS[1][0] | _BITS[1][1]


@dataclass(frozen=True, slots=True)
class Gap:
    """Cells of a row that a line leaves free for a text. Neither does it touch this from above or below, where it would
    look like a bar over a number."""

    x: int
    y: int
    width: int

    def left(self, cell: Cell, mark: Mark) -> Mark:
        """What of a line's mark in a cell is still drawn."""
        x, y = cell
        if not self.x <= x < self.x + self.width or abs(y - self.y) > 1:
            return mark
        if y == self.y:
            return ""
        if isinstance(mark, int):
            return mark & _UPPER if y < self.y else mark & ~_UPPER
        return "" if mark == ("▁" if y < self.y else "▔") else mark


@dataclass
class Sheet:
    """``width`` × ``height`` cells. ``style`` of a cell is a word that the widget gives its colours."""

    width: int
    height: int
    signs: Signs = Signs.BRAILLE
    _lines: dict[Cell, tuple[Mark, str]] = field(default_factory=dict)
    _text: dict[int, dict[int, tuple[str, str]]] = field(default_factory=dict)  # row by row

    def text(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write text; it covers lines. What falls off the sheet is left out."""
        if 0 <= y < self.height:
            row = self._text.setdefault(y, {})
            row.update((x + at, (one, style)) for at, one in enumerate(text) if 0 <= x + at < self.width)

    def box(self, x: int, y: int, width: int, height: int, style: str = "", *, heavy: bool = False) -> None:
        """A box with round corners, or a heavy one; its inside is cleared."""
        a, b, c, d, across, down = "┏┓┗┛━┃" if heavy else "╭╮╰╯─│"
        self.text(x, y, a + across * (width - 2) + b, style)
        for row in range(y + 1, y + height - 1):
            self.text(x, row, down + " " * (width - 2) + down, style)
        self.text(x, y + height - 1, c + across * (width - 2) + d, style)

    def line(self, points: tuple[Point, ...], style: str, *, dashed: bool = False, gap: Gap | None = None) -> None:
        """A line from point to point, given in cells; dashed where it says so, broken for a ``gap``. Where it crosses
        another one both are seen, in the colour of the one that is drawn last."""
        marks = trace(points, dashed) if self.signs is Signs.BRAILLE else strokes(points, dashed)
        for cell, whole in marks:
            mark = whole if gap is None else gap.left(cell, whole)
            if mark and 0 <= cell[0] < self.width and 0 <= cell[1] < self.height:
                before, _ = self._lines.get(cell, ("", ""))
                self._lines[cell] = (_crossed(before, mark), style)

    def used_rows(self) -> range:
        """The rows from the first to the last in which something stands."""
        rows = {y for _, y in self._lines}
        rows |= {y for y, row in self._text.items() if any(character != " " for character, _ in row.values())}
        return range(min(rows), max(rows) + 1) if rows else range(0)

    def runs(self) -> list[list[tuple[str, str]]]:
        """Each of the rows that are used as runs of (text, style)."""
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
            if x in text:
                sign, style = text[x]
                yield self._sign(sign), style
            elif (x, y) in self._lines:
                mark, style = self._lines[x, y]
                yield self._sign(mark), style
            else:
                yield " ", ""

    def _sign(self, mark: Mark) -> str:
        """The sign for what stands in a cell."""
        sign = chr(_BRAILLE + mark) if isinstance(mark, int) else mark
        return sign.translate(_ASCII) if self.signs is Signs.ASCII else sign


def _crossed(before: Mark, mark: Mark) -> Mark:
    """What two lines leave in a cell."""
    if isinstance(before, int) and isinstance(mark, int):
        return before | mark
    return "╳" if {before, mark} == {"╱", "╲"} else mark


@lru_cache(maxsize=4096)  # a drawing is tried at several heights, and drawn anew for every question
def trace(points: tuple[Point, ...], dashed: bool = False) -> tuple[tuple[Cell, int], ...]:
    """The cells that a line goes through, from its start on, and its dots in each."""
    cells: dict[Cell, int] = {}
    for count, (x, y) in enumerate(_dots(points)):
        if not dashed or count % sum(_DASH) < _DASH[0]:
            cell = x >> 1, y >> 2
            cells[cell] = cells.get(cell, 0) | _BITS[y & 3][x & 1]
    return tuple(cells.items())


def _dots(points: tuple[Point, ...]) -> Iterator[tuple[int, int]]:
    places = [(int(2 * x), int(4 * y)) for x, y in points]
    yield places[0]
    for (x0, y0), (x1, y1) in pairwise(places):
        steps = max(abs(x1 - x0), abs(y1 - y0))
        for step in range(1, steps + 1):
            yield x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps)
