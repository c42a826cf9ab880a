"""Boxes of text: rows of equal width, one of which is the baseline.

Widths are in terminal cells: East Asian wide characters take two, combining marks none. Highlighted (lit) spans are
in character offsets, so that ``row[start:end]`` is the lit text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

Span = tuple[int, int, int]


@lru_cache(maxsize=4096)
def _mark_width(mark: str) -> int:
    if unicodedata.category(mark) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(mark) in "WF" else 1


def cells(text: str) -> int:
    """Return how many terminal cells a text takes."""
    return len(text) if text.isascii() else sum(map(_mark_width, text))


@dataclass(frozen=True, slots=True)
class Box:
    """A formula as text: ``rows`` of ``width`` cells, the ``baseline`` row that aligns with words, the ``lit`` parts.

    A span of ``lit`` is (row, start, end) in characters of that row.
    """

    rows: tuple[str, ...]
    baseline: int = 0
    lit: tuple[Span, ...] = ()
    width: int = 0

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows)

    @property
    def ascent(self) -> int:
        """Rows above the baseline."""
        return self.baseline

    @property
    def descent(self) -> int:
        """Rows below the baseline."""
        return len(self.rows) - 1 - self.baseline

    def __str__(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)


EMPTY = Box(("",), 0, (), 0)


def box(rows: Iterable[str], baseline: int = 0) -> Box:
    """Return a box made of rows, padding them to equal width."""
    rows = tuple(rows)
    width = max(map(cells, rows), default=0)
    return Box(tuple(row + " " * (width - cells(row)) for row in rows), baseline, (), width)


def line(text: str) -> Box:
    """Return a box of one row."""
    return Box((text,), 0, (), cells(text))


def blank(width: int, height: int = 1, baseline: int = 0) -> Box:
    """Return a box of spaces, ``width`` cells wide and ``height`` rows high."""
    return Box((" " * width,) * height, baseline, (), width)


def beside(boxes: Sequence[Box]) -> Box:
    """Join boxes from left to right, aligned at their baselines."""
    boxes = [part for part in boxes if part.width]
    if len(boxes) == 1:
        return boxes[0]
    if not boxes:
        return EMPTY
    ascent = max(part.ascent for part in boxes)
    height = ascent + max(part.descent for part in boxes) + 1
    rows = [""] * height
    lit: list[Span] = []
    for part in boxes:
        top = ascent - part.baseline
        lit += [(top + row, len(rows[top + row]) + start, len(rows[top + row]) + end) for row, start, end in part.lit]
        empty = " " * part.width
        for number in range(height):
            inside = number - top
            rows[number] += part.rows[inside] if 0 <= inside < part.height else empty
    return Box(tuple(rows), ascent, tuple(lit), sum(part.width for part in boxes))


def above(boxes: Sequence[Box], baseline_of: int, align: str = "c") -> Box:
    """Stack boxes from top to bottom (``align``: l, c or r); the baseline is that of box number ``baseline_of``."""
    width = max(part.width for part in boxes)
    rows: list[str] = []
    lit: list[Span] = []
    baseline = 0
    for number, part in enumerate(boxes):
        if number == baseline_of:
            baseline = len(rows) + part.baseline
        placed = aligned(part, width, align)
        lit += [(len(rows) + row, start, end) for row, start, end in placed.lit]
        rows += placed.rows
    return Box(tuple(rows), baseline, tuple(lit), width)


def placed(pieces: Sequence[tuple[int, Box]]) -> Box:
    """Stack boxes at given rows, top to bottom, flush left; row 0 is the baseline."""
    first = min(pieces[0][0], 0)
    stack: list[Box] = []
    row = first
    for top, part in pieces:
        stack += [*[blank(part.width)] * (top - row), part]
        row = top + part.height
    stack += [blank(1)] * (1 - row)
    whole = above(stack, 0, "l")
    return Box(whole.rows, -first, whole.lit, whole.width)


def aligned(part: Box, width: int, align: str = "c") -> Box:
    """Widen a box to ``width``, with its content left, centred (an odd cell goes to the right) or right."""
    spare = width - part.width
    if spare <= 0:
        return part
    left = {"l": 0, "r": spare}.get(align, spare // 2)
    return padded(part, left, spare - left)


def padded(part: Box, left: int, right: int) -> Box:
    """Add spaces to the left and right of a box."""
    rows = tuple(" " * left + row + " " * right for row in part.rows)
    lit = tuple((row, start + left, end + left) for row, start, end in part.lit)
    return Box(rows, part.baseline, lit, part.width + left + right)


def light(part: Box) -> Box:
    """Highlight a whole box: each row from its first to its last character that is not a space."""
    spans = (
        (number, len(row) - len(row.lstrip()), len(row.rstrip())) for number, row in enumerate(part.rows) if row.strip()
    )
    return replace(part, lit=tuple(spans))
