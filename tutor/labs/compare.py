"""Compare a learner's value with the right one: the shape first, then cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CLOSE = 1e-6
_SINGLE = 1e-6
"""float32 keeps seven digits; what is computed in it is allowed the last one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The right value. ``steps`` are how far each cell moved, for updated parameters, so that the old value never
    passes for the new one. With ``decimals`` None the value itself is asked for, up to rounding errors of the
    computation."""

    shape: tuple[int, ...]
    cells: tuple[float, ...]
    decimals: int | None = None
    exact_shape: bool = False
    steps: tuple[float, ...] = ()


def expected(value: object, *, decimals: int | None = None, exact_shape: bool = False) -> Expected:
    """Return the expected value for a number or nested lists of numbers.

    Raises:
        TypeError: It is anything else.
        ValueError: The lists are ragged.
    """
    shape, cells = _nested(value)
    return Expected(shape, cells, decimals, exact_shape)


def _nested(value: object) -> tuple[tuple[int, ...], tuple[float, ...]]:
    if isinstance(value, bool | int | float):
        return (), (float(value),)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"not a number or a list of numbers: {value!r}")
    parts = [_nested(item) for item in value]
    if any(shape != parts[0][0] for shape, _ in parts):
        raise ValueError("rows of different lengths")
    return (len(parts), *(parts[0][0] if parts else ())), tuple(cell for _, cells in parts for cell in cells)


def squeezed(shape: Iterable[int]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple(size for size in shape if size != 1)


def shape_fits(described: Mapping[str, Any], wanted: Expected) -> bool:
    """Return whether a described value has the shape asked for."""
    shape = tuple(described.get("shape") or ())
    return shape == wanted.shape if wanted.exact_shape else squeezed(shape) == squeezed(wanted.shape)


def numbers(described: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the cells of a described value; "nan" and "inf" become numbers again."""
    return tuple(float(cell) for cell in described.get("cells") or ())


def wrong_cells(described: Mapping[str, Any], wanted: Expected) -> tuple[int, ...]:
    """Return the places of the cells that are not right, row by row from 0. The shapes must fit."""
    is_single = str(described.get("dtype", "")).endswith(("float32", "float16", "bfloat16"))
    found = []
    for place, (cell, true) in enumerate(zip(numbers(described), wanted.cells, strict=True)):
        step = wanted.steps[place] if wanted.steps else 0.0
        if not abs(cell - true) <= _tolerance(true, step, wanted.decimals, is_single):
            found.append(place)
    return tuple(found)


def _tolerance(true: float, step: float, decimals: int | None, is_single: bool) -> float:
    noise = (_SINGLE if is_single else 1e-12) * abs(true) + 1e-12
    if decimals is not None:
        return 0.5 * 10.0**-decimals * (1 + 1e-9) + noise
    close = _CLOSE * max(1.0, abs(true))
    return max(min(close, abs(step) / 20) if step else close, noise)


def is_same(described: Mapping[str, Any], cells: Sequence[float], decimals: int | None) -> bool:
    """Return whether a described value has these cells, as closely as it is asked for (to six decimals at least)."""
    found = numbers(described)
    close = 10.0 ** -max(decimals or 0, 6)
    return len(found) == len(cells) and all(
        math.isfinite(a) and abs(a - b) <= close * max(1.0, abs(b)) for a, b in zip(found, cells, strict=True)
    )


def shape_text(shape: Iterable[int]) -> str:
    """Return a shape in words: "a number", "3 numbers", "3 × 2"."""
    sizes = tuple(shape)
    if not sizes:
        return "a single number"
    return f"{sizes[0]} numbers in a row" if len(sizes) == 1 else " × ".join(str(size) for size in sizes)


def cell_text(place: int, shape: Sequence[int]) -> str:
    """Return the index of a cell as it is written: "[1, 0]"; empty for a single number."""
    if not shape:
        return ""
    index: list[int] = []
    for size in reversed(shape):
        place, here = divmod(place, size)
        index.insert(0, here)
    return "[" + ", ".join(str(each) for each in index) + "]"
