"""The activations over NumPy arrays, with their slopes.

A slope takes both the pre-activation ``z`` and the activation ``h = f(z)``: for sigmoid and tanh it is a function of
the activation, H(1 − H) and 1 − H², which is how it is taught and saves the exponential. All are float64 and finite
for |z| up to 1e4. At the kinks relu′(0) = 0, leaky_relu′(0) = its slope, and step(0) = 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArrayActivation:
    """An activation's value f(z) and its slope f′ from (z, f(z)), both cell by cell."""

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


#: The error function, which NumPy does not have.
erf: Callable[[Array], Array] = np.vectorize(math.erf, otypes=[np.float64])


def sigmoid(z: Array) -> Array:
    """1/(1 + e^−z), computed from e^−|z|, which cannot overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1.0) / (1.0 + e)


def softplus(z: Array) -> Array:
    """ln(1 + e^z)."""
    return np.logaddexp(0.0, z)


def softmax(z: Array) -> Array:
    """e^z / Σ e^z along the last axis; the largest z is subtracted first, so that nothing overflows."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    shares: Array = e / e.sum(axis=-1, keepdims=True)
    return shares


def normal_cdf(z: Array) -> Array:
    """Φ(z), the normal distribution's cumulative probability."""
    return 0.5 * (1.0 + erf(z / math.sqrt(2.0)))


def normal_pdf(z: Array) -> Array:
    """φ(z), the normal distribution's density."""
    return np.exp(-0.5 * np.square(z)) / math.sqrt(2.0 * math.pi)


def _silu_slope(z: Array, h: Array) -> Array:
    s = sigmoid(z)
    return s * (1.0 + z * (1.0 - s))


def _leaky_relu(slope: float = 0.01) -> ArrayActivation:
    return ArrayActivation(
        lambda z: np.where(z > 0, z, slope * z),
        lambda z, h: np.where(z > 0, 1.0, slope),
    )


def _elu(scale: float = 1.0) -> ArrayActivation:
    return ArrayActivation(
        lambda z: np.where(z > 0, z, scale * np.expm1(np.minimum(z, 0.0))),
        lambda z, h: np.where(z > 0, 1.0, scale * np.exp(np.minimum(z, 0.0))),
    )


def _step(at_zero: float = 0.0) -> ArrayActivation:
    return ArrayActivation(lambda z: np.heaviside(z, at_zero), lambda z, h: np.zeros_like(z))


PLAIN = {
    "linear": ArrayActivation(lambda z: z, lambda z, h: np.ones_like(z)),
    "sigmoid": ArrayActivation(sigmoid, lambda z, h: h * (1.0 - h)),
    "tanh": ArrayActivation(np.tanh, lambda z, h: 1.0 - h * h),
    "relu": ArrayActivation(lambda z: np.maximum(z, 0.0), lambda z, h: np.heaviside(z, 0.0)),
    "softplus": ArrayActivation(softplus, lambda z, h: sigmoid(z)),
    "gelu": ArrayActivation(lambda z: z * normal_cdf(z), lambda z, h: normal_cdf(z) + z * normal_pdf(z)),
    "silu": ArrayActivation(lambda z: z * sigmoid(z), _silu_slope),
}

#: Activations with a parameter, which each has a default.
WITH_PARAMETER: dict[str, Callable[..., ArrayActivation]] = {"leaky_relu": _leaky_relu, "elu": _elu, "step": _step}


def array_activation(name: str, parameter: float | None) -> ArrayActivation:
    """Return the activation of that name; ``parameter`` is leaky_relu's slope (0.01), elu's scale (1) or the step at
    0 (0).

    Raises:
        KeyError: for an unknown name, and for softmax, which mixes cells: the output layer computes it itself.
    """
    if name in WITH_PARAMETER:
        return WITH_PARAMETER[name]() if parameter is None else WITH_PARAMETER[name](parameter)
    return PLAIN[name]
