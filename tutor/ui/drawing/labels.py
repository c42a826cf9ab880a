"""Weights' labels, each put on its own edge where it hides and touches least of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from tutor.ui.drawing.sheet import Gap, Point

_PASSES = 3
_CROSSING = 4  # times as bad to hide as a piece of one edge: one could no longer tell which way the edges go on
_TOUCH = 0.4  # of what it costs to hide a cell: to stand over or under it, like a number with a bar
_UNASKED = 0.2  # of an edge without a label: where some have one, they are those that the question needs
_OFF_MIDDLE, _OFF_EDGE = 2.0, 0.5  # by how much of the gap, and a column
_STACKED, _TOGETHER = 2.0, 1e4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label so many cells wide for the edge between two points; without a width, one that has to be kept clear."""

    width: int
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each label stands (None for an edge without one), and what all of them hide and touch."""

    gaps: tuple[Gap | None, ...]
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class _Spot:
    cost: float
    x: int
    y: int
    width: int

    def beside(self, other: _Spot) -> float:
        """What it costs to stand by another label: one after the other they could not be told apart at all."""
        if abs(self.y - other.y) > 1 or self.x > other.x + other.width or other.x > self.x + self.width:
            return 0.0
        return _TOGETHER if self.y == other.y else _STACKED


def place_labels(wanted: list[Wanted], columns: range, height: int) -> Placed | None:
    """Places for the labels between two stages, in ``columns`` and ``height`` rows; None where one finds none."""
    if not any(edge.width for edge in wanted):
        return Placed((None,) * len(wanted))
    spans = [_spans(edge.start, edge.end) for edge in wanted]
    weights = [1.0 if edge.width else _UNASKED for edge in wanted]
    cover = _cover(list(zip(spans, weights, strict=True)), columns, height)
    possible = {
        place: sorted(_spots(edge.width, spans[place], cover, columns), key=lambda spot: spot.cost)
        for place, edge in enumerate(wanted)
        if edge.width
    }
    if not all(possible.values()):
        return None
    chosen: dict[int, _Spot] = {}
    cost = 0.0
    for _ in range(_PASSES):
        before, cost = dict(chosen), 0.0
        for place, spots in possible.items():
            chosen.pop(place, None)
            chosen[place], best = _best(spots, list(chosen.values()))
            cost += best
        if chosen == before:
            break
    if cost >= _TOGETHER:
        return None
    gaps = (Gap(spot.x, spot.y, spot.width) if (spot := chosen.get(place)) else None for place in range(len(wanted)))
    return Placed(tuple(gaps), cost)


def _best(spots: list[_Spot], others: list[_Spot]) -> tuple[_Spot, float]:
    """The spot that is best among labels that stand already, of some in the order of their own costs."""
    found, best = spots[0], float("inf")
    for spot in spots:
        if spot.cost >= best:
            break
        cost = spot.cost + sum(map(spot.beside, others))
        if cost < best:
            found, best = spot, cost
    return found, best


_Spans = dict[int, tuple[int, int]]


def _spans(start: Point, end: Point) -> _Spans:
    """The first and the last cell of an edge in each of its rows."""
    (x0, y0), (x1, y1) = start, end
    if y0 > y1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    slope = (x1 - x0) / max(1e-9, y1 - y0)  # columns a row
    rows: _Spans = {}
    for y in range(int(y0), int(y1) + 1):
        upper = x0 + (max(y, y0) - y0) * slope
        lower = x0 + (min(y + 1, y1) - y0) * slope if y0 != y1 else x1
        rows[y] = int(min(upper, lower)), int(max(upper, lower))
    return rows


def _cover(edges: list[tuple[_Spans, float]], columns: range, height: int) -> list[list[float]]:
    """What it costs to cover the cells of each row up to a column: how much goes through them, and crosses there."""
    through = [[0.0] * len(columns) for _ in range(height)]
    for rows, weight in edges:
        for y, (first, last) in rows.items():
            row = through[y]
            for x in range(max(first, columns.start), min(last + 1, columns.stop)):
                row[x - columns.start] += weight
    return [[0.0, *accumulate(n if n <= 1 else n + _CROSSING * (n - 1) for n in row)] for row in through]


def _spots(width: int, own: _Spans, cover: list[list[float]], columns: range) -> Iterator[_Spot]:
    """Where a label may stand on its edge. It costs what it hides, what it touches, and being far from the middle."""
    middle = len(columns) / 2

    def covered(left: int, y: int) -> float:
        if not 0 <= y < len(cover):
            return 0.0
        first, last = own.get(y, (0, -1))
        x = left + columns.start
        return cover[y][left + width] - cover[y][left] - max(0, min(last + 1, x + width) - max(first, x))

    for y, (first, last) in own.items():
        for centre in range(first, last + 1, 2):
            centred = centre - width // 2 - columns.start
            left = min(max(0, centred), len(columns) - width)
            if left >= 0 and abs(left - centred) <= width // 3:
                touched = covered(left, y - 1) + covered(left, y + 1)
                off = abs(left + width / 2 - middle) / len(columns)
                cost = covered(left, y) + _TOUCH * touched + _OFF_MIDDLE * off + _OFF_EDGE * abs(left - centred)
                yield _Spot(cost, left + columns.start, y, width)
