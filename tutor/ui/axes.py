"""Compute the numbers along an axis of a plot.

On a grid of cells, equal steps look unequal unless each is a whole number of cells. So the ends of the axis are moved
until it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis whose cells cover ``low`` to ``high``. Each tick is the middle of a cell; neighbouring ticks are equally
    many cells apart."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]


def axis(least: float, most: float, cells: int, apart: range) -> Axis:
    """Return an axis of ``cells`` cells that shows ``least`` to ``most`` as large as possible. ``apart`` holds the
    allowed distances between ticks, in cells."""
    size = max(abs(least), abs(most))
    if most - least <= size * 1e-12 + 1e-300:  # a single value, within rounding
        half = size / 2 if size > 1e-300 else 1.0
        least, most = least - half, most + half
    of_cell, step, first, last = min(_fitting(least, most, cells, apart))
    # spread the spare cells over both ends, but leave an axis that begins or ends at 0 there
    spare = cells - (last - first + 1)
    first -= 0 if first == 0 else spare if last == 0 else spare // 2
    every = round(step / of_cell)
    ticks = tuple(number * step for number in range(-(-first // every), (first + cells - 1) // every + 1))
    return Axis((first - 0.5) * of_cell, (first + cells - 0.5) * of_cell, ticks, _labels(ticks, step))


def _fitting(least: float, most: float, cells: int, apart: range) -> Iterator[tuple[float, float, int, int]]:
    """Yield possible scales: a cell's width, the step between ticks, and the cells that both ends fall in."""
    power = math.floor(math.log10((most - least) / cells * apart[0]))
    for digit in (1, 2, 5, 10, 20, 50, 100):
        step = digit * 10.0**power
        for every in apart:
            of_cell = step / every
            first, last = math.floor(least / of_cell + 0.5), math.floor(most / of_cell + 0.5)
            if last - first < cells:
                yield of_cell, step, first, last


def _labels(ticks: tuple[float, ...], step: float) -> tuple[str, ...]:
    how = f".{max(0, -math.floor(math.log10(step) + 1e-9))}f" if 1e-4 <= step < 1e6 else ".3g"
    return tuple(f"{tick:{how}}".replace("-", "−", 1 if tick < 0 else 0) for tick in ticks)
