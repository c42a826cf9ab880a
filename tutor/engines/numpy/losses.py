"""The losses over NumPy arrays (samples × outputs): each output's share, and the slope with respect to the output.

The shares add up to the sample's loss, so those of ``mse`` and ``binary_cross_entropy`` are already divided by the
number of outputs. The cross-entropies are computed from the pre-activations, by ``ln σ(Z) = −softplus(−Z)``, and so
stay finite for |Z| up to 1e4; an output that is given is used directly. ``error`` is ŷ − y.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutor.engines.numpy.activations import Array, softplus


@dataclass(frozen=True, slots=True)
class ArrayLoss:
    """One loss over arrays of samples × outputs.

    ``share`` and ``slope`` (∂E/∂ŷ, where E is the loss of the output's own sample) take ŷ, the target and ŷ − y. Both
    are infinite where a cross-entropy meets a saturated output on the wrong side. ``stable_share`` is the share from Z
    and the target.
    """

    share: Callable[[Array, Array, Array], Array]
    slope: Callable[[Array, Array, Array], Array]
    stable_share: Callable[[Array, Array], Array] | None = None


def _binary_share(output: Array, target: Array, error: Array) -> Array:
    hit, miss = _times(target, np.log(output)), _times(1.0 - target, np.log(1.0 - output))
    return np.divide(-hit - miss, target.shape[1])


def _binary_slope(output: Array, target: Array, error: Array) -> Array:
    hit = np.where(target == 0, 0.0, target / output)
    miss = np.where(target == 1, 0.0, (1.0 - target) / (1.0 - output))
    slope: Array = (miss - hit) / target.shape[1]
    return slope


def _binary_stable(z: Array, target: Array) -> Array:
    """y·softplus(−Z) + (1 − y)·softplus(Z), with softplus(−Z) = softplus(Z) − Z."""
    return np.divide(softplus(z) - target * z, target.shape[1])


def _softmax_stable(z: Array, target: Array) -> Array:
    shifted = z - z.max(axis=1, keepdims=True)
    surprises: Array = target * (np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted)
    return surprises


def _times(weight: Array, logarithm: Array) -> Array:
    """weight · logarithm, where 0 · ln 0 is 0."""
    return np.asarray(np.where(weight == 0, 0.0, weight * logarithm))


LOSSES: dict[str, ArrayLoss] = {
    "half_squared_error": ArrayLoss(lambda _, y, error: 0.5 * (error * error), lambda _, y, error: error),
    "squared_error": ArrayLoss(lambda _, y, error: error * error, lambda _, y, error: 2.0 * error),
    "mse": ArrayLoss(
        lambda _, y, error: np.divide(error * error, y.shape[1]),
        lambda _, y, error: np.divide(2.0 * error, y.shape[1]),
    ),
    "binary_cross_entropy": ArrayLoss(_binary_share, _binary_slope, _binary_stable),
    "cross_entropy": ArrayLoss(
        lambda output, y, _: -_times(y, np.log(output)),
        lambda output, y, _: np.negative(np.where(y == 0, 0.0, y / output)),
        _softmax_stable,
    ),
}
