"""Weights' labels, each put on its own edge where it hides least of the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from rich.cells import cell_len

from tutor.ui.drawing.sheet import Sheet, line_cells

Point = tuple[float, float]
_STEPS = 32
_PASSES = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label for the edge between two points, in cells; an empty text is an edge that only has to be kept clear."""

    text: str
    style: str
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class _Spot:
    x: int
    y: int
    width: int
    cost: float

    def touches(self, other: _Spot) -> bool:
        """Whether two labels would stand too close to be told apart."""
        return self.y == other.y and self.x <= other.x + other.width and other.x <= self.x + self.width


def place_labels(sheet: Sheet, wanted: list[Wanted]) -> float | None:
    """Write every label. Returns how many cells of other edges each hides on average; None (and nothing is written)
    where one finds no place."""
    named = [label for label in wanted if label.text]
    if not named:
        return 0.0
    crossed = Counter(cell for label in wanted for cell in line_cells(label.start, label.end))
    rows = [[crossed[x, y] for x in range(sheet.width)] for y in range(sheet.height)]
    spots = [_spots(sheet, label, rows) for label in named]
    if not all(spots):
        return None
    chosen: dict[int, _Spot] = {}
    for _ in range(_PASSES):
        for place, possible in enumerate(spots):
            chosen.pop(place, None)
            near = _by_row(chosen.values())
            chosen[place] = min(possible, key=lambda spot: spot.cost + 100 * sum(map(spot.touches, near[spot.y])))
    if any(one.touches(other) for one, other in combinations(chosen.values(), 2)):
        return None
    for place, spot in chosen.items():
        sheet.text(spot.x, spot.y, f" {named[place].text} ", named[place].style)
    return sum(spot.cost for spot in chosen.values()) / len(chosen)


def _by_row(spots: Iterable[_Spot]) -> defaultdict[int, list[_Spot]]:
    rows: defaultdict[int, list[_Spot]] = defaultdict(list)
    for spot in spots:
        rows[spot.y].append(spot)
    return rows


def _spots(sheet: Sheet, label: Wanted, crossed: list[list[int]]) -> list[_Spot]:
    """Where a label may stand on its edge, with its cost: cells of other edges hidden, and distance from the middle.
    ``crossed`` is how many edges go through each cell, row by row."""
    (x0, y0), (x1, y1) = label.start, label.end
    width = cell_len(label.text) + 2
    own: defaultdict[int, set[int]] = defaultdict(set)
    for column, row in line_cells(label.start, label.end):
        own[row].add(column)
    found: dict[tuple[int, int], _Spot] = {}
    for step in range(3, _STEPS - 2):
        share = step / _STEPS
        x, y = round(x0 + (x1 - x0) * share - width / 2), int(y0 + (y1 - y0) * share)
        if (x, y) in found or x < x0 - 0.5 or x + width > x1 + 1 or not sheet.is_free(x, y, width):
            continue
        hidden = sum(crossed[y][x : x + width]) - len(own[y].intersection(range(x, x + width)))
        found[x, y] = _Spot(x, y, width, hidden + 4 * abs(share - 0.5))
    return list(found.values())
