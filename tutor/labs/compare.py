"""Compare a learner's value with the right one: the shape first, then cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.labs.sandbox.inside.describe import numeric

_CLOSE = 1e-6
_SINGLE = 1e-6
"""float32 keeps seven digits; a value computed in it may differ in the last one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The right value: ``cells`` row by row, in ``shape``.

    With ``decimals`` None the cells are compared up to the rounding errors of the computation. For updated parameters,
    ``steps`` are how far each cell moved, so that the old value never passes for the new one.
    """

    shape: tuple[int, ...]
    cells: tuple[float, ...]
    decimals: int | None = None
    exact_shape: bool = False
    steps: tuple[float, ...] = ()


def expected(value: object, *, decimals: int | None = None, exact_shape: bool = False) -> Expected:
    """Return the expected value for a number or nested lists of numbers.

    Raises:
        TypeError: The value is anything else.
        ValueError: The lists are ragged or too long.
    """
    found = numeric(value)
    if "shape" not in found:
        raise TypeError(f"not a number or a list of numbers: {value!r}")
    return Expected(tuple(found["shape"]), numbers(found), decimals, exact_shape)


def squeezed(shape: Iterable[int]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple(size for size in shape if size != 1)


def shape_fits(described: Mapping[str, Any], solution: Expected) -> bool:
    """Return whether a described value has the expected shape; axes of length 1 count only with ``exact_shape``."""
    shape = tuple(described.get("shape") or ())
    return shape == solution.shape if solution.exact_shape else squeezed(shape) == squeezed(solution.shape)


def numbers(described: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the cells of a described value; "nan" and "inf" become numbers again."""
    return tuple(float(cell) for cell in described.get("cells") or ())


def wrong_cells(described: Mapping[str, Any], solution: Expected) -> tuple[int, ...]:
    """Return the indices of the wrong cells, row by row from 0. The shapes must fit."""
    is_single = str(described.get("dtype", "")).endswith(("float32", "float16", "bfloat16"))
    found = []
    for place, (cell, true) in enumerate(zip(numbers(described), solution.cells, strict=True)):
        step = solution.steps[place] if solution.steps else 0.0
        if not abs(cell - true) <= _tolerance(true, step, solution.decimals, is_single):
            found.append(place)
    return tuple(found)


def _tolerance(true: float, step: float, decimals: int | None, is_single: bool) -> float:
    noise = (_SINGLE if is_single else 1e-12) * abs(true) + 1e-12
    if decimals is not None:
        return 0.5 * 10.0**-decimals * (1 + 1e-9) + noise
    close = _CLOSE * max(1.0, abs(true))
    return max(min(close, abs(step) / 20) if step else close, noise)


def is_same(described: Mapping[str, Any], cells: Sequence[float], decimals: int | None) -> bool:
    """Return whether a described value has these cells, to ``decimals`` but at least six decimals."""
    found = numbers(described)
    close = 10.0 ** -max(decimals or 0, 6)
    return len(found) == len(cells) and all(
        math.isfinite(a) and abs(a - b) <= close * max(1.0, abs(b)) for a, b in zip(found, cells, strict=True)
    )


def shape_text(shape: Iterable[int]) -> str:
    """Return a shape in words: "a single number", "3 numbers in a row", "3 × 2"."""
    sizes = tuple(shape)
    if not sizes:
        return "a single number"
    return f"{sizes[0]} numbers in a row" if len(sizes) == 1 else " × ".join(str(size) for size in sizes)


def cell_text(place: int, shape: Sequence[int]) -> str:
    """Return the index of a cell as a program writes it: "[1, 0]"; empty for a single number."""
    if not shape:
        return ""
    index: list[int] = []
    for size in reversed(shape):
        place, here = divmod(place, size)
        index.insert(0, here)
    return "[" + ", ".join(str(each) for each in index) + "]"
