"""The numbers along a plot's axes are round and evenly spaced in cells, and the data lies between the ends."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.ui.axes import axis

NUMBERS = some.floats(-1e9, 1e9)


@pytest.mark.parametrize(
    ("least", "most", "cells", "apart", "labels"),
    [
        (0.0025, 0.9975, 11, range(2, 5), "0.0 0.2 0.4 0.6 0.8 1.0"),
        (2700, 6300, 11, range(2, 5), "2000 3000 4000 5000 6000 7000"),
        (0.1334, 0.2, 11, range(2, 5), "0.14 0.16 0.18 0.20"),
        (-6, 6, 70, range(8, 17), "−6 −4 −2 0 2 4 6"),
        (0, 1000, 44, range(8, 17), "0 200 400 600 800 1000"),
        (0, 0, 11, range(2, 5), "−1.0 −0.5 0.0 0.5 1.0"),
        (1e-9, 3e-9, 11, range(2, 5), "1e-09 1.5e-09 2e-09 2.5e-09 3e-09"),
    ],
)
def test_round_numbers_are_written(least: float, most: float, cells: int, apart: range, labels: str) -> None:
    assert axis(least, most, cells, apart).labels == tuple(labels.split())


@given(NUMBERS, NUMBERS, some.integers(6, 40))
def test_equal_steps_are_equally_many_cells_apart(one: float, other: float, cells: int) -> None:
    made = axis(min(one, other), max(one, other), cells, range(2, 5))
    of_cell = (made.high - made.low) / cells
    slack = of_cell * 1e-3 + abs(one) * 1e-12 + abs(other) * 1e-12
    assert made.low - slack <= min(one, other) <= max(one, other) <= made.high + slack
    assert 1 <= len(made.ticks) == len(made.labels)
    places = [(tick - made.low) / of_cell for tick in made.ticks]
    if max(abs(one), abs(other)) < 1e6 * abs(one - other):  # otherwise floats are not precise enough
        assert all(math.isclose(place % 1, 0.5, abs_tol=1e-3) for place in places), "in the middle of a cell"
        assert len({round(after - before, 3) for before, after in pairwise(places)}) <= 1


@pytest.mark.parametrize("ends", [(5e-324, 5e-324), (-1e-310, 1e-310), (1e16, 1e16 + 2), (-1e300, 1e300)])
def test_tiny_and_huge_numbers_have_ticks(ends: tuple[float, float]) -> None:
    assert axis(*ends, 11, range(2, 5)).ticks
