"""Compute where the parts, wires and labels of a drawing go, and its height, from numbers alone.

Highlighting changes nothing here, nor does a value for which room was kept. So the places are usually cached, although
every answer redraws the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from tutor.ui.drawing.lanes import Edge, Wire, ports, route

Sizes = tuple[tuple[int, int], ...]

RAIL = 2  # columns for the wires from the outputs to the loss
_INSETS = range(3)  # rows by which the inputs may move together so that wires do not overlap
_STRETCH = 4  # extra rows beyond what the boxes need, if they make wires easier to follow


@dataclass(frozen=True, slots=True)
class Shape:
    """All that the places depend on: the width and height of each part, column by column; the left and width of each
    column; the edges after each; and whether there is a loss below."""

    sizes: tuple[Sizes, ...]
    lefts: tuple[int, ...]
    widths: tuple[int, ...]
    edges: tuple[tuple[Edge, ...], ...]
    has_loss: bool

    @property
    def width(self) -> int:
        """The width of the whole drawing."""
        return self.lefts[-1] + self.widths[-1] + (RAIL if self.has_loss else 0)


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The row in which edges meet it."""
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Draft:
    """A shape placed at a height: the parts of each stage, the wires after it, the row of the loss, and how hard the
    wires are to follow (``tangle``)."""

    columns: tuple[tuple[Region, ...], ...]
    wires: tuple[tuple[Wire, ...], ...]
    loss_row: int
    tangle: int

    @property
    def height(self) -> int:
        """The number of rows from the first to the last used one."""
        regions = [region for column in self.columns for region in column]
        return max(self.loss_row + 1, *(region.bottom for region in regions)) - min(region.y for region in regions)

    @property
    def cost(self) -> int:
        """How hard the wires are to follow, plus the rows used."""
        return self.tangle + self.height


@lru_cache(maxsize=256)
def place_parts(shape: Shape, most: int) -> Draft | None:
    """Return the shape placed at the best height up to ``most``, or None if it does not fit."""
    natural = max(_height(shape, place) for place in range(len(shape.sizes)))
    best: Draft | None = None
    for height, inset in product(range(natural, min(natural + _STRETCH, most) + 1), _INSETS):
        draft = _draft(shape, height, inset)
        if draft is not None and draft.height <= most and (best is None or draft.cost < best.cost):
            best = draft
            if not draft.tangle:
                break
    return best


def _draft(shape: Shape, height: int, inset: int) -> Draft | None:
    columns = tuple(_column(shape, place, height, 0 if place else inset) for place in range(len(shape.sizes)))
    wires, tangle = [], 0
    for place, edges in enumerate(shape.edges):
        between = range(shape.lefts[place] + shape.widths[place], shape.lefts[place + 1])
        starts = [(region.right, region.middle) for region in columns[place]]
        ends = [region.middle for region in columns[place + 1]]
        try:
            routed, tangled = route(edges, starts, ends, between)
        except ValueError:
            return None
        wires.append(tuple(routed))
        tangle += tangled
    lowest = columns[-1][-1].bottom
    return Draft(columns, tuple(wires), lowest if shape.has_loss else lowest - 1, tangle)


def _column(shape: Shape, place: int, height: int, inset: int) -> tuple[Region, ...]:
    """Return the parts of a stage, with spare rows shared among them. A single part is centred."""
    rooms = _rooms(shape, place)
    spare = max(0, height - 2 * inset - sum(above + below for above, below in rooms)) / len(rooms)
    middles, top = [], (height - sum(above + below + spare for above, below in rooms) + spare) / 2
    for above, below in rooms:
        middles.append(int(top + 0.5) + above)
        top += above + below + spare
    if len(middles) == 1:
        middles = [height // 2]
    return tuple(
        Region(shape.lefts[place], middle - tall // 2, width, tall)
        for middle, (width, tall) in zip(middles, shape.sizes[place], strict=True)
    )


def _rooms(shape: Shape, place: int) -> list[tuple[int, int]]:
    """Return the rows that each part of a stage takes above its middle, and from there on, including the wires that
    arrive at it."""
    rooms = []
    for part, (_, tall) in enumerate(shape.sizes[place]):
        count = len(ports(shape.edges[place - 1], part)) if place else 1
        half = count // 2
        rooms.append((max(tall // 2, half), max(tall - tall // 2, half + 1)))
    return rooms


def _height(shape: Shape, place: int) -> int:
    """Return the rows that a stage needs, with a gap between parts if any is higher than a row."""
    rooms = [above + below for above, below in _rooms(shape, place)]
    return sum(rooms) + (len(rooms) - 1 if max(rooms) > 1 else 0)
