"""The losses over NumPy arrays (samples × outputs): each output's share, and the slope with respect to the output.

Shares add up to the sample's loss, so that the mean over outputs of ``mse`` and ``binary_cross_entropy`` is inside
them. The cross-entropies are taken from the pre-activations, ``ln σ(Z) = −softplus(−Z)``, and so stay finite for |Z| up
to 1e4; where an output itself is given, from the output. ``error`` is ŷ − y.
"""

from __future__ import annotations

import numpy as np

from tutor.engines.numpy.activations import Array, softplus


def shares(loss: str, pre_activation: Array, output: Array, target: Array, error: Array) -> Array:
    """Each output's share of each sample's loss, by the stable form where there is one."""
    if loss == "binary_cross_entropy":
        # y·softplus(−Z) + (1 − y)·softplus(Z), with softplus(−Z) = softplus(Z) − Z
        return np.divide(softplus(pre_activation) - target * pre_activation, target.shape[1])
    if loss == "cross_entropy":
        shifted = pre_activation - pre_activation.max(axis=1, keepdims=True)
        surprises: Array = target * (np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted)
        return surprises
    return shares_of_outputs(loss, output, target, error)


def shares_of_outputs(loss: str, output: Array, target: Array, error: Array) -> Array:
    """The same from the outputs alone; infinite where a cross-entropy takes the logarithm of 0."""
    if loss == "half_squared_error":
        return 0.5 * (error * error)
    if loss == "squared_error":
        return error * error
    if loss == "mse":
        return np.divide(error * error, target.shape[1])
    hit = -_times(target, np.log(output))
    if loss == "cross_entropy":
        return hit
    return np.divide(hit - _times(1.0 - target, np.log(1.0 - output)), target.shape[1])


def slopes(loss: str, output: Array, target: Array, error: Array) -> Array:
    """∂E/∂ŷ of each sample's own loss; infinite where a cross-entropy meets a saturated output on the wrong side."""
    if loss == "half_squared_error":
        return error
    if loss == "squared_error":
        return 2.0 * error
    if loss == "mse":
        return np.divide(2.0 * error, target.shape[1])
    hit = np.where(target == 0, 0.0, target / output)
    if loss == "cross_entropy":
        return np.negative(hit)
    miss = np.where(target == 1, 0.0, (1.0 - target) / (1.0 - output))
    slope: Array = (miss - hit) / target.shape[1]
    return slope


def _times(weight: Array, logarithm: Array) -> Array:
    """weight · logarithm, where 0 · ln 0 is 0."""
    return np.asarray(np.where(weight == 0, 0.0, weight * logarithm))
