"""The functions that worksheets may use, over arrays and dual numbers, so that each has all its derivatives.

A slope (``sigmoid'``) is made of the same operations, and so has a slope too. At a kink, relu′(0) = 0 and
leaky_relu′(0) = its slope; on a tie, ``max`` and ``argmax`` take the first argument. A difference
no larger than ``NOISE`` is a tie or a kink.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import reduce

import numpy as np

from tutor.engines.numpy import activations
from tutor.engines.numpy.duals import (
    Condition,
    Number,
    chained,
    exponential,
    linear,
    logarithm,
    root,
    value_of,
    where,
)
from tutor.functions.equality import NOISE, is_equal

Function = Callable[..., Number]


def _constant(value: float) -> Function:
    return lambda z, *parameters: np.full(value_of(z).shape, value)


def _is_above(z: Number) -> Condition:
    return value_of(z) > NOISE


def sigmoid(z: Number) -> Number:
    """σ(z)."""
    return chained(z, activations.sigmoid, sigmoid_slope)


def sigmoid_slope(z: Number) -> Number:
    """σ(z)(1 − σ(z))."""
    s = sigmoid(z)
    return s * (1.0 - s)


def sigmoid_curvature(z: Number) -> Number:
    """σ′(z)(1 − 2σ(z))."""
    return sigmoid_slope(z) * (1.0 - 2.0 * sigmoid(z))


def tanh(z: Number) -> Number:
    """tanh(z)."""
    return chained(z, np.tanh, tanh_slope)


def tanh_slope(z: Number) -> Number:
    """1 − tanh²(z)."""
    t = tanh(z)
    return 1.0 - t * t


def step(z: Number, at_zero: Number | None = None) -> Number:
    """1 where z > 0, 0 where z < 0; flat everywhere."""
    is_zero = np.abs(value_of(z)) <= NOISE
    return np.where(is_zero, 0.0 if at_zero is None else value_of(at_zero), np.where(_is_above(z), 1.0, 0.0))


def _low(z: Number) -> Number:
    """min(z, 0): keeps e^z from overflowing in the branch that is not taken."""
    return where(_is_above(z), 0.0, z)


def density(z: Number) -> Number:
    """Return the normal density φ(z)."""
    return 1.0 / math.sqrt(2.0 * math.pi) * exponential(-0.5 * (z * z))


def cumulative(z: Number) -> Number:
    """Return the normal distribution's Φ(z)."""
    return chained(z, activations.normal_cdf, density)


def _sign(z: Number) -> Number:
    return np.where(np.abs(value_of(z)) <= NOISE, 0.0, np.sign(value_of(z)))


#: Functions that work cell by cell (further arguments are parameters).
ELEMENTWISE: dict[str, Function] = {
    "linear": lambda z: z,
    "linear'": _constant(1.0),
    "linear''": _constant(0.0),
    "sigmoid": sigmoid,
    "sigmoid'": sigmoid_slope,
    "sigmoid''": sigmoid_curvature,
    "tanh": tanh,
    "tanh'": tanh_slope,
    "tanh''": lambda z: -2.0 * tanh(z) * tanh_slope(z),
    "relu": lambda z: where(_is_above(z), z, 0.0),
    "relu'": step,
    "relu''": _constant(0.0),
    "leaky_relu": lambda z, slope=0.01: where(_is_above(z), z, slope * z),
    "leaky_relu'": lambda z, slope=0.01: where(_is_above(z), 1.0, slope),
    "leaky_relu''": _constant(0.0),
    "elu": lambda z, alpha=1.0: where(_is_above(z), z, alpha * chained(_low(z), np.expm1, exponential)),
    "elu'": lambda z, alpha=1.0: where(_is_above(z), 1.0, alpha * exponential(_low(z))),
    "elu''": lambda z, alpha=1.0: where(_is_above(z), 0.0, alpha * exponential(_low(z))),
    "softplus": lambda z: chained(z, activations.softplus, sigmoid),
    "softplus'": sigmoid,
    "softplus''": sigmoid_slope,
    "gelu": lambda z: z * cumulative(z),
    "gelu'": lambda z: cumulative(z) + z * density(z),
    "gelu''": lambda z: density(z) * (2.0 - z * z),
    "silu": lambda z: z * sigmoid(z),
    "silu'": lambda z: sigmoid(z) + z * sigmoid_slope(z),
    "silu''": lambda z: 2.0 * sigmoid_slope(z) + z * sigmoid_curvature(z),
    "step": step,
    "step'": _constant(0.0),
    "step''": _constant(0.0),
    "exp": exponential,
    "ln": logarithm,
    "log10": lambda z: logarithm(z) / np.log(10.0),
    "sqrt": root,
    "abs": lambda z: chained(z, np.abs, _sign),
    "sign": _sign,
}


# -- functions of whole arrays --------------------------------------------------------------------------------------


def total(z: Number, axis: int | None = None) -> Number:
    """Return the sum of all cells, or along an axis."""
    return linear(z, lambda array: np.asarray(array.sum(axis=axis)))


def mean(z: Number, axis: int | None = None) -> Number:
    """Return the mean of all cells, or along an axis."""
    return linear(z, lambda array: np.asarray(array.mean(axis=axis)))


def greatest(z: Number, axis: int | None, sign: float = 1.0) -> Number:
    """Return the largest cell (the smallest if ``sign`` is −1), or along an axis; on a tie, the first."""
    if axis is None:
        z, axis = linear(z, np.ravel), 0
    plain = sign * value_of(z)
    leads = (plain >= plain.max(axis=axis, keepdims=True) - NOISE) | np.isnan(plain)
    places = np.expand_dims(np.argmax(leads, axis=axis), axis)
    return linear(z, lambda array: np.take_along_axis(array, places, axis).squeeze(axis))


def _place_of_greatest(z: Number, axis: int | None) -> Number:
    """Return the position of the largest cell, counted from 1; on a tie, the first."""
    cells = value_of(z)
    leads = is_equal(cells, cells.max(axis=axis, keepdims=True))
    return np.asarray(np.argmax(leads, axis=axis) + 1, dtype=np.float64)


def _place_across(parts: list[Number]) -> Number:
    """Return the number of the array with the largest cell, cell by cell, counted from 1; on a tie, the first."""
    return _place_of_greatest(np.stack(np.broadcast_arrays(*map(value_of, parts))), 0)


#: Functions that reduce an array to one number, or along an axis.
REDUCTIONS: dict[str, Callable[[Number, int | None], Number]] = {
    "sum": total,
    "mean": mean,
    "max": greatest,
    "min": lambda z, axis: greatest(z, axis, -1.0),
    "argmax": _place_of_greatest,
}

#: The same functions cell by cell over several arrays, as in ``max(0, z)``.
ACROSS: dict[str, Callable[[list[Number]], Number]] = {
    "sum": lambda parts: reduce(operator.add, parts),
    "mean": lambda parts: reduce(operator.add, parts) / len(parts),
    "max": lambda parts: reduce(lambda a, b: where(value_of(a) - value_of(b) >= -NOISE, a, b), parts),
    "min": lambda parts: reduce(lambda a, b: where(value_of(a) - value_of(b) <= NOISE, a, b), parts),
    "argmax": _place_across,
}
