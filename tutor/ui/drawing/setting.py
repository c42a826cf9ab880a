"""Setting out: at which height a network is drawn, and where its parts, wires and labels stand then.

Of numbers alone. What is lit, and a value for which room was kept, change nothing, so that most drawings are set out
already: each answer has one drawn anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

from tutor.ui.drawing.labels import Wanted, place_labels
from tutor.ui.drawing.sheet import Gap, Point

Sizes = tuple[tuple[int, int], ...]

_DEAR_ROWS = 12  # where there are no more than these
_STRETCH = 8  # rows more than the boxes need, where that keeps labels off other edges
_CHEAPEST = 0.1  # that a row is ever, of what it costs there
_HEIGHTS = 6  # tried


@dataclass(frozen=True, slots=True)
class Shape:
    """All that the places depend on: width and height of each part, column by column, where columns begin and how wide
    they are, the wires after each (from which part to which, how wide the label), and whether a loss stands below."""

    sizes: tuple[Sizes, ...]
    lefts: tuple[int, ...]
    widths: tuple[int, ...]
    wires: tuple[tuple[tuple[int, int, int], ...], ...]
    has_loss: bool

    @property
    def width(self) -> int:
        """Of the whole drawing."""
        return self.lefts[-1] + self.widths[-1]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> float:
        """The height at which edges meet it, in cells."""
        return self.y + self.height // 2 + 0.5

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row under it."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Wire:
    """The points that an edge goes through, and the cells that its label leaves free of it."""

    points: tuple[Point, ...]
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A network set out at one height: the regions of each column, the wires after each, the row of the loss, and what
    each label hides of other edges on average (``clutter``)."""

    columns: tuple[tuple[Region, ...], ...]
    wires: tuple[tuple[Wire, ...], ...]
    loss_row: int
    clutter: float

    @property
    def height(self) -> int:
        """Rows from the first that is used to the last."""
        regions = [region for column in self.columns for region in column]
        return max(self.loss_row + 1, *(region.bottom for region in regions)) - min(region.y for region in regions)


@lru_cache(maxsize=256)
def set_out(shape: Shape, most: int, *, airy: bool, clutter: float) -> Draft | None:
    """The shape at the best height up to ``most``; ``airy`` takes all the rows there are. None where it can't be
    drawn, or only with more ``clutter`` than that."""
    found = (_draft(shape, height) for height in _heights(shape, most))
    drafts = [draft for draft in found if draft is not None and draft.clutter <= clutter]
    if airy or not drafts:
        return drafts[-1] if drafts else None
    dear = max(_CHEAPEST, min(1.0, (_DEAR_ROWS / most) ** 3))  # where there are many rows, rows cost less than clutter
    return min(drafts, key=lambda draft: 4 * draft.clutter + dear * draft.height)


def _heights(shape: Shape, most: int) -> range:
    """The heights to try, from the least on; the loss is set apart from its unit where rows are cheap."""
    natural = max(map(_column_height, shape.sizes))
    if shape.has_loss:
        last = _column_height(shape.sizes[-1])
        natural = max(natural, last + 4 if _DEAR_ROWS < most >= last + 4 else last + 1)  # else it would not be level
    stretch = min(most - natural, max(_STRETCH, 2 * most // 3))
    return range(natural, natural + stretch + 1, max(2, stretch // (_HEIGHTS - 1)))


def _column_height(sizes: Sizes) -> int:
    """Boxes stand apart."""
    return sum(height for _, height in sizes) + (len(sizes) - 1 if sizes[0][1] > 1 else 0)


def _draft(shape: Shape, height: int) -> Draft | None:
    columns = _columns(shape, height)
    wires, cost, labels = [], 0.0, 0
    for place, edges in enumerate(shape.wires):
        points = [_points(columns[place][source], columns[place + 1][target]) for source, target, _ in edges]
        # an arrow's head stands at either end
        room = range(shape.lefts[place] + shape.widths[place] + 1, shape.lefts[place + 1] - 1)
        wanted = [
            Wanted(label + 2 if label else 0, start, end)
            for (_, start, end, _), (_, _, label) in zip(points, edges, strict=True)
        ]
        placed = place_labels(wanted, room, height)
        if placed is None:
            return None
        wires.append(tuple(map(Wire, points, placed.gaps)))
        cost, labels = cost + placed.cost, labels + sum(1 for _, _, label in edges if label)
    lowest = columns[-1][-1].bottom
    loss_row = min(height - 1, lowest + 1) if shape.has_loss else lowest - 1
    return Draft(columns, tuple(wires), loss_row, cost / max(1, labels))


def _columns(shape: Shape, height: int) -> tuple[tuple[Region, ...], ...]:
    """The parts of each stage; a unit alone in its stage is level with the last one, under which the loss stands."""
    *before, last = shape.sizes
    alone = [len(sizes) == len(last) == 1 for sizes in before]
    level = [*compress(before, alone), last]
    above = _above_loss(level, height) if shape.has_loss else height
    rooms = [*(above if one else height for one in alone), above]
    return tuple(
        tuple(Region(left, top, width, tall) for top, (_, tall) in zip(_tops(sizes, room), sizes, strict=True))
        for left, width, sizes, room in zip(shape.lefts, shape.widths, shape.sizes, rooms, strict=True)
    )


def _above_loss(level: list[Sizes], height: int) -> int:
    """The rows for the last stage and those level with it: the loss under it is set apart where they leave it room."""
    last = level[-1]
    needed = max(map(_column_height, level))
    rooms = (height if _tops(last, height)[-1] + last[-1][1] + rows <= height else height - rows for rows in (2, 1))
    return next((room for room in rooms if needed <= room), height - 1)


def _tops(sizes: Sizes, height: int) -> list[int]:
    if len(sizes) == 1:  # level with other stages of one unit
        return [height // 2 - sizes[0][1] // 2]
    share = height / len(sizes)
    return [round((part + 0.5) * share - tall / 2) for part, (_, tall) in enumerate(sizes)]


def _points(source: Region, target: Region) -> tuple[Point, Point, Point, Point]:
    """From the middle of one region's side to the other's, with a straight cell at both ends, where heads stand."""
    start, end = source.right, target.x - 0.5
    return (start, source.middle), (start + 1, source.middle), (end - 1, target.middle), (end, target.middle)
