"""The functions that worksheets may use, over arrays and dual numbers, so that each has all its derivatives.

A slope (``sigmoid'``) is made of the same operations, and so has a slope too. At a kink, relu′(0) = 0 and
leaky_relu′(0) = its slope; on a tie, ``max`` and ``argmax`` take the first argument.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.engines.numpy.activations import Array, normal_cdf
from tutor.engines.numpy.activations import sigmoid as plain_sigmoid
from tutor.engines.numpy.activations import softplus as plain_softplus
from tutor.engines.numpy.duals import (
    Number,
    add,
    broadcast,
    chained,
    divide,
    exponential,
    linear,
    logarithm,
    multiply,
    negative,
    root,
    value_of,
    where,
)

ONE = np.array(1.0)
Function = Callable[..., Number]


def _number(value: float) -> Array:
    return np.array(value)


def _constant(value: float) -> Function:
    return lambda z, *parameters: np.full(value_of(z).shape, value)


def sigmoid(z: Number) -> Number:
    """σ(z)."""
    return chained(z, plain_sigmoid, sigmoid_slope)


def sigmoid_slope(z: Number) -> Number:
    """σ(z)(1 − σ(z))."""
    s = sigmoid(z)
    return multiply(s, add(ONE, negative(s)))


def sigmoid_curvature(z: Number) -> Number:
    """σ′(z)(1 − 2σ(z))."""
    return multiply(sigmoid_slope(z), add(ONE, multiply(_number(-2.0), sigmoid(z))))


def tanh(z: Number) -> Number:
    """tanh(z)."""
    return chained(z, np.tanh, tanh_slope)


def tanh_slope(z: Number) -> Number:
    """1 − tanh²(z)."""
    t = tanh(z)
    return add(ONE, negative(multiply(t, t)))


def tanh_curvature(z: Number) -> Number:
    """−2 tanh(z)(1 − tanh²(z))."""
    return multiply(multiply(_number(-2.0), tanh(z)), tanh_slope(z))


def step(z: Number, at_zero: Number = _number(0.0)) -> Number:  # noqa: B008 — a constant
    """1 where z > 0, 0 where z < 0; flat everywhere."""
    return np.where(value_of(z) == 0, value_of(at_zero), np.where(value_of(z) > 0, 1.0, 0.0))


def relu(z: Number) -> Number:
    """max(0, z)."""
    return where(value_of(z) > 0, z, np.zeros_like(value_of(z)))


def leaky_relu(z: Number, slope: Number = _number(0.01)) -> Number:  # noqa: B008 — a constant
    """z where z > 0, else slope·z."""
    return where(value_of(z) > 0, z, multiply(slope, z))


def leaky_relu_slope(z: Number, slope: Number = _number(0.01)) -> Number:  # noqa: B008
    """1 where z > 0, else the slope."""
    return where(value_of(z) > 0, np.ones_like(value_of(z)), broadcast(slope, value_of(z).shape))


def _low(z: Number) -> Number:
    """min(z, 0): keeps e^z from overflowing in the branch that is not taken."""
    return where(value_of(z) > 0, np.zeros_like(value_of(z)), z)


def elu(z: Number, alpha: Number = ONE) -> Number:
    """z where z > 0, else α(e^z − 1)."""
    grown = chained(_low(z), np.expm1, exponential)
    return where(value_of(z) > 0, z, multiply(alpha, grown))


def elu_slope(z: Number, alpha: Number = ONE) -> Number:
    """1 where z > 0, else α·e^z."""
    return where(value_of(z) > 0, np.ones_like(value_of(z)), multiply(alpha, exponential(_low(z))))


def elu_curvature(z: Number, alpha: Number = ONE) -> Number:
    """0 where z > 0, else α·e^z."""
    return where(value_of(z) > 0, np.zeros_like(value_of(z)), multiply(alpha, exponential(_low(z))))


def softplus(z: Number) -> Number:
    """ln(1 + e^z)."""
    return chained(z, plain_softplus, sigmoid)


def density(z: Number) -> Number:
    """Return the normal density φ(z)."""
    half_square = multiply(_number(-0.5), multiply(z, z))
    return multiply(_number(1.0 / np.sqrt(2.0 * np.pi)), exponential(half_square))


def cumulative(z: Number) -> Number:
    """Return the normal distribution's Φ(z)."""
    return chained(z, normal_cdf, density)


def gelu(z: Number) -> Number:
    """z·Φ(z)."""
    return multiply(z, cumulative(z))


def gelu_slope(z: Number) -> Number:
    """Φ(z) + z·φ(z)."""
    return add(cumulative(z), multiply(z, density(z)))


def gelu_curvature(z: Number) -> Number:
    """φ(z)(2 − z²)."""
    return multiply(density(z), add(_number(2.0), negative(multiply(z, z))))


def silu(z: Number) -> Number:
    """z·σ(z)."""
    return multiply(z, sigmoid(z))


def silu_slope(z: Number) -> Number:
    """σ(z) + z·σ′(z)."""
    return add(sigmoid(z), multiply(z, sigmoid_slope(z)))


def silu_curvature(z: Number) -> Number:
    """2σ′(z) + z·σ″(z)."""
    return add(multiply(_number(2.0), sigmoid_slope(z)), multiply(z, sigmoid_curvature(z)))


def _absolute(z: Number) -> Number:
    return chained(z, np.abs, _sign)


def _sign(z: Number) -> Number:
    return np.sign(value_of(z))


def _log10(z: Number) -> Number:
    return divide(logarithm(z), _number(np.log(10.0)))


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
    "tanh''": tanh_curvature,
    "relu": relu,
    "relu'": step,
    "relu''": _constant(0.0),
    "leaky_relu": leaky_relu,
    "leaky_relu'": leaky_relu_slope,
    "leaky_relu''": _constant(0.0),
    "elu": elu,
    "elu'": elu_slope,
    "elu''": elu_curvature,
    "softplus": softplus,
    "softplus'": sigmoid,
    "softplus''": sigmoid_slope,
    "gelu": gelu,
    "gelu'": gelu_slope,
    "gelu''": gelu_curvature,
    "silu": silu,
    "silu'": silu_slope,
    "silu''": silu_curvature,
    "step": step,
    "step'": _constant(0.0),
    "step''": _constant(0.0),
    "exp": exponential,
    "ln": logarithm,
    "log10": _log10,
    "sqrt": root,
    "abs": _absolute,
    "sign": _sign,
}


# -- functions of whole arrays --------------------------------------------------------------------------------------


def total(z: Number, axis: int | None = None) -> Number:
    """Return the sum of all cells, or along an axis."""
    return linear(z, lambda array: np.asarray(array.sum(axis=axis)))


def mean(z: Number, axis: int | None = None) -> Number:
    """Return the mean of all cells, or along an axis."""
    return linear(z, lambda array: np.asarray(array.mean(axis=axis)))


def greatest(z: Number, axis: int | None = None, sign: float = 1.0) -> Number:
    """Return the largest cell (the smallest if ``sign`` is −1), or along an axis; on a tie, the first."""
    if axis is None:
        z, axis = linear(z, np.ravel), 0
    plain = sign * value_of(z)
    places = np.expand_dims(np.argmax(plain, axis=axis), axis)
    return linear(z, lambda array: np.take_along_axis(array, places, axis).squeeze(axis))


def place_of_greatest(z: Number, axis: int | None = None) -> Number:
    """Return the position of the largest cell, counted from 1; on a tie, the first."""
    return np.asarray(np.argmax(value_of(z), axis=axis) + 1, dtype=np.float64)
