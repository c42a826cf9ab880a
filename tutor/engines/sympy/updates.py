"""The optimizer step of one parameter in plain numbers, with PyTorch's rules (the algorithms of ``torch.optim``)."""

from __future__ import annotations

import math
from collections.abc import Callable

from tutor.network import Optimizer

#: One parameter's memory, by the suffixes of its names: ``v``, ``m`` …
Memory = dict[str, float]


def updated(optimizer: Optimizer, parameter: float, gradient: float, memory: Memory, step: int) -> float:
    """Return the amount to subtract from the parameter, and update its memory. ``step`` counts from 1."""
    return RULES[optimizer.name](optimizer, parameter, gradient, memory, step)


def _sgd(optimizer: Optimizer, parameter: float, gradient: float, memory: Memory, step: int) -> float:
    gradient += optimizer["weight_decay"] * parameter
    momentum = optimizer["momentum"]
    if not momentum:
        return optimizer["lr"] * gradient
    first = step == 1
    memory["v"] = gradient if first else momentum * memory["v"] + (1 - optimizer["dampening"]) * gradient
    ahead = gradient + momentum * memory["v"] if optimizer["nesterov"] else memory["v"]
    return optimizer["lr"] * ahead


def _adagrad(optimizer: Optimizer, parameter: float, gradient: float, memory: Memory, step: int) -> float:
    gradient += optimizer["weight_decay"] * parameter
    memory["v"] = memory.get("v", optimizer["initial_accumulator_value"]) + gradient**2
    rate = optimizer["lr"] / (1 + (step - 1) * optimizer["lr_decay"])
    return rate * gradient / (math.sqrt(memory["v"]) + optimizer["eps"])


def _average(memory: Memory, name: str, rate: float, fresh: float) -> float:
    memory[name] = rate * memory.get(name, 0.0) + (1 - rate) * fresh
    return memory[name]


def _rmsprop(optimizer: Optimizer, parameter: float, gradient: float, memory: Memory, step: int) -> float:
    gradient += optimizer["weight_decay"] * parameter
    spread = _average(memory, "v", optimizer["alpha"], gradient**2)
    if optimizer["centered"]:
        spread -= _average(memory, "gavg", optimizer["alpha"], gradient) ** 2
    scaled = gradient / (math.sqrt(spread) + optimizer["eps"])
    if optimizer["momentum"]:
        scaled = memory["buf"] = optimizer["momentum"] * memory.get("buf", 0.0) + scaled
    return optimizer["lr"] * scaled


def _adam(optimizer: Optimizer, parameter: float, gradient: float, memory: Memory, step: int) -> float:
    return _adam_step(optimizer, gradient + optimizer["weight_decay"] * parameter, memory, step)


def _adamw(optimizer: Optimizer, parameter: float, gradient: float, memory: Memory, step: int) -> float:
    decay = optimizer["lr"] * optimizer["weight_decay"] * parameter
    return decay + _adam_step(optimizer, gradient, memory, step)


def _adam_step(optimizer: Optimizer, gradient: float, memory: Memory, step: int) -> float:
    mean = _average(memory, "m", optimizer["beta1"], gradient)
    squares = _average(memory, "v", optimizer["beta2"], gradient**2)
    if optimizer["amsgrad"]:
        squares = memory["vmax"] = max(memory.get("vmax", 0.0), squares)
    memory["mhat"] = mean / (1 - optimizer["beta1"] ** step)
    memory["vhat"] = squares / (1 - optimizer["beta2"] ** step)
    return optimizer["lr"] * memory["mhat"] / (math.sqrt(memory["vhat"]) + optimizer["eps"])


RULES: dict[str, Callable[[Optimizer, float, float, Memory, int], float]] = {
    "sgd": _sgd,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
