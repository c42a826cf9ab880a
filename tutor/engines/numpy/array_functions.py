"""The worksheet functions that take whole arrays, written over dual numbers, so that each has all its derivatives."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np

from tutor.engines.numpy.activations import Array
from tutor.engines.numpy.duals import Number, exponential, linear, root, value_of
from tutor.engines.numpy.functions import greatest, mean, total

#: A call's settings by name: ``{"window": (2, 3), "stride": (1,)}``.
Settings = Mapping[str, tuple[int, ...]]


def _per_axis(sizes: tuple[int, ...], axes: int) -> tuple[int, ...]:
    """Return one size per axis; a single size applies to every axis."""
    return sizes * axes if len(sizes) == 1 else sizes


def softmax(parts: list[Number], axis: str, settings: Settings) -> Number:
    """e^z / Σ e^z, row by row or along ``columns``."""
    z = parts[0]
    along = 0 if axis == "columns" and value_of(z).ndim > 1 else -1
    grown = exponential(z - value_of(z).max(axis=along, keepdims=True))
    return grown / linear(grown, lambda array: array.sum(axis=along, keepdims=True))


def norm(parts: list[Number], axis: str, settings: Settings) -> Number:
    """√(Σ of the squares of all cells)."""
    return root(reduce(operator.add, (total(part * part) for part in parts)))


def dot(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Σ of the products of matching cells."""
    return total(parts[0] * parts[1])


def pad(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Return an array with zeros around it."""
    return linear(parts[0], lambda array: _with_margin(array, settings["pad"]))


def _with_margin(array: Array, sizes: tuple[int, ...]) -> Array:
    return np.pad(array, [(size, size) for size in _per_axis(sizes, array.ndim)])


def convolution(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Slide the kernel over the image without flipping it (a cross-correlation, as in PyTorch)."""
    image, kernel = parts
    image = linear(image, lambda array: _with_margin(array, settings.get("pad", (0,))))
    size, span = value_of(image).shape, value_of(kernel).shape
    stride = _per_axis(settings.get("stride", (1,)), len(size))
    result: Number = np.zeros(tuple((n - k) // s + 1 for n, k, s in zip(size, span, stride, strict=True)))
    for place in np.ndindex(*span):
        window = tuple(slice(at, at + n - k + 1, s) for at, n, k, s in zip(place, size, span, stride, strict=True))
        weight = linear(kernel, lambda array, place=place: np.asarray(array[place]))  # type: ignore[misc]
        shifted = linear(image, lambda array, window=window: array[window])  # type: ignore[misc]
        result = result + weight * shifted
    return result


def _windows(z: Number, settings: Settings) -> Number:
    """Return the cells of each window along a new last axis."""
    axes = value_of(z).ndim
    window = _per_axis(settings["window"], axes)
    stride = _per_axis(settings.get("stride", window), axes)
    steps = tuple(slice(None, None, each) for each in stride)

    def gathered(array: Array) -> Array:
        views = np.lib.stride_tricks.sliding_window_view(array, window)[steps]
        return views.reshape(*views.shape[:axes], -1)

    return linear(z, gathered)


def maxpool(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Return the largest cell of each window; on a tie, the first."""
    return greatest(_windows(parts[0], settings), -1)


def avgpool(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Return the mean of each window."""
    return mean(_windows(parts[0], settings), -1)


def flatten(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Return all cells, row by row, as one vector."""
    return linear(parts[0], lambda array: array.reshape(-1))


def reshape(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Return the cells, row by row, in another shape."""
    return linear(parts[0], lambda array: array.reshape(settings["shape"]))


def concat(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Join arrays: vectors end to end; matrices one below another or, with ``columns``, side by side."""
    arrays = [linear(part, np.atleast_1d) for part in parts]
    along = 1 if axis == "columns" and value_of(arrays[0]).ndim > 1 else 0
    shapes = [value_of(part).shape for part in arrays]
    length = sum(shape[along] for shape in shapes)
    result: Number = np.zeros((*shapes[0][:along], length, *shapes[0][along + 1 :]))
    start = 0
    for part, shape in zip(arrays, shapes, strict=True):
        margin = [(0, 0)] * len(shape)
        margin[along] = (start, length - start - shape[along])
        start += shape[along]
        result = result + linear(part, lambda array, margin=margin: np.pad(array, margin))  # type: ignore[misc]
    return result


def take(parts: list[Number], axis: str, settings: Settings) -> Number:
    """Return the rows with these numbers, counted from 1. Raises ``IndexError`` for a row that does not exist."""
    rows = value_of(parts[1])
    if np.any(rows < 1) or np.any(rows != np.floor(rows)):
        raise IndexError("rows are counted from 1")
    places = rows.astype(int) - 1
    return linear(parts[0], lambda array: np.asarray(array[places]))


#: Each array function by name; it takes the arrays, the axis (``rows``, ``columns`` or "") and the settings.
OF_ARRAYS: Mapping[str, Callable[[list[Number], str, Settings], Number]] = {
    "softmax": softmax,
    "norm": norm,
    "dot": dot,
    "conv": convolution,
    "maxpool": maxpool,
    "avgpool": avgpool,
    "pad": pad,
    "flatten": flatten,
    "reshape": reshape,
    "concat": concat,
    "take": take,
}
