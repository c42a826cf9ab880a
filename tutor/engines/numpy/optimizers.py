"""The optimizers' steps over a flat vector of parameters, with PyTorch's rules, defaults and order of operations.

Sources: the algorithm boxes in the documentation of ``torch.optim`` (SGD, Adagrad, RMSprop, Adam, AdamW).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.engines.numpy.activations import Array
from tutor.network import Optimizer

#: Takes a named vector (``v``, ``m`` …) and returns the one to continue with, which may hold given numbers.
Keep = Callable[[str, Array], Array]

#: An optimizer's vectors from the previous step, by the same names; empty before the first step.
Memory = dict[str, Array]


def learn(optimizer: Optimizer, weights: Array, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    """Return w − w′, the vector that the optimizer subtracts from ``weights``.

    ``step`` counts from 1. ``memory`` is updated in place with what ``keep`` returned.
    """
    return RULES[optimizer.name](optimizer, weights, gradient, memory, step, keep)


def _sgd(optimizer: Optimizer, weights: Array, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    gradient = _with_decay(optimizer, weights, gradient)
    momentum = optimizer["momentum"]
    if momentum:
        # PyTorch's first velocity is the gradient itself, undampened
        velocity = gradient if step == 1 else momentum * memory["v"] + (1.0 - optimizer["dampening"]) * gradient
        memory["v"] = velocity = keep("v", velocity)
        gradient = gradient + momentum * velocity if optimizer["nesterov"] else velocity
    return optimizer["lr"] * gradient


def _adagrad(optimizer: Optimizer, weights: Array, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    gradient = _with_decay(optimizer, weights, gradient)
    before = memory["v"] if step > 1 else np.full_like(weights, optimizer["initial_accumulator_value"])
    memory["v"] = squares = keep("v", before + gradient * gradient)
    rate = optimizer["lr"] / (1.0 + (step - 1) * optimizer["lr_decay"])
    return rate * gradient / (np.sqrt(squares) + optimizer["eps"])


def _rmsprop(optimizer: Optimizer, weights: Array, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    gradient = _with_decay(optimizer, weights, gradient)
    alpha = optimizer["alpha"]
    memory["v"] = squares = keep("v", _average(alpha, memory.get("v"), gradient * gradient))
    spread = squares
    if optimizer["centered"]:
        memory["gavg"] = mean = keep("gavg", _average(alpha, memory.get("gavg"), gradient))
        spread = squares - mean * mean
    scaled = gradient / (np.sqrt(spread) + optimizer["eps"])
    if optimizer["momentum"]:
        velocity = optimizer["momentum"] * memory["buf"] + scaled if step > 1 else scaled
        memory["buf"] = scaled = keep("buf", velocity)
    return optimizer["lr"] * scaled


def _adam(optimizer: Optimizer, weights: Array, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    return _adam_step(optimizer, _with_decay(optimizer, weights, gradient), memory, step, keep)


def _adamw(optimizer: Optimizer, weights: Array, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    decay = optimizer["lr"] * optimizer["weight_decay"] * weights
    return decay + _adam_step(optimizer, gradient, memory, step, keep)


def _adam_step(optimizer: Optimizer, gradient: Array, memory: Memory, step: int, keep: Keep) -> Array:
    beta1, beta2 = optimizer["beta1"], optimizer["beta2"]
    memory["m"] = mean = keep("m", _average(beta1, memory.get("m"), gradient))
    memory["v"] = squares = keep("v", _average(beta2, memory.get("v"), gradient * gradient))
    mean_hat = keep("mhat", mean / (1.0 - beta1**step))
    if optimizer["amsgrad"]:
        memory["vmax"] = squares = keep("vmax", np.maximum(memory["vmax"], squares) if step > 1 else squares)
    squares_hat = keep("vhat", squares / (1.0 - beta2**step))
    return optimizer["lr"] * mean_hat / (np.sqrt(squares_hat) + optimizer["eps"])


def _average(share: float, before: Array | None, now: Array) -> Array:
    """Return a running average that starts at 0: share·before + (1 − share)·now."""
    fresh = (1.0 - share) * now
    return fresh if before is None else share * before + fresh


def _with_decay(optimizer: Optimizer, weights: Array, gradient: Array) -> Array:
    decay = optimizer["weight_decay"]
    return gradient + decay * weights if decay else gradient


RULES: dict[str, Callable[[Optimizer, Array, Array, Memory, int, Keep], Array]] = {
    "sgd": _sgd,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
