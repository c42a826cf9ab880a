"""The author's own grid: the numbers that may replace those in a lesson, found from these themselves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import gcd

Number = int | float

FEWEST = 4
MOST = 400


def decimals(value: Number) -> int:
    """Return how many decimals a number was written with: one for ``1.0``, none for ``1``."""
    if isinstance(value, int):
        return 0
    exponent = Decimal(repr(value)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def on_grid(units: int, places: int) -> Number:
    """Return ``units`` of the last of ``places`` decimals, as the nearest number."""
    return units if places == 0 else float(Decimal(units).scaleb(-places))


def author_grid(values: Sequence[Number]) -> tuple[Number, ...]:
    """Return the numbers that may replace ``values``: with as many decimals and of the same size, but never 0.

    They are negative only if some of ``values`` are. If at least three different ones have a common step (0.15, 0.20,
    0.25), keep that step. If fewer than four numbers remain, add some larger and smaller ones.
    """
    places = max(decimals(value) for value in values)
    units = sorted({int(Decimal(repr(value)).scaleb(places).to_integral_value()) for value in values} - {0})
    if not units:
        return ()
    sizes = [abs(unit) for unit in units]
    step = gcd(*sizes) if len(set(sizes)) >= 3 else 1
    low, high = min(sizes), max(sizes)
    if units[0] < 0:
        low = step
    both = units[0] < 0 < units[-1]
    if ((high - low) // step + 1) * (1 + both) < FEWEST:
        low, high = max(step, low - step), high + step * FEWEST // 2
    while (high - low) // step > MOST:
        step *= 10
    points = list(range(low, high + 1, step))
    signed = [-point for point in reversed(points)] if units[0] < 0 else []
    if units[-1] > 0:
        signed += points
    return tuple(on_grid(point, places) for point in signed)


def spaced(low: float, high: float, step: float) -> tuple[Number, ...]:
    """Return every number of a range ``{from, to, step}``, including both ends and 0."""
    places = max(decimals(as_written(value)) for value in (low, step))
    count = round((high - low) / step + 1e-9) + 1
    first, gap = (Decimal(repr(as_written(value))).scaleb(places) for value in (low, step))
    points = [int(first + gap * place) for place in range(min(count, 10_000))]
    return tuple(on_grid(point, places) for point in points if on_grid(point, places) <= high + step * 1e-9)


def as_written(value: float) -> Number:
    """Return a whole number as an int, and any other number unchanged."""
    return int(value) if value == int(value) else value
