"""The optimizers, with PyTorch's parameters and defaults. To add one, add an entry here and its own mathematics in the
network's formulas and in each engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptimizerRule:
    """One optimizer; ``torch`` is its class in ``torch.optim``."""

    name: str
    title: str
    torch: str
    parameters: Mapping[str, float | bool]
    aliases: tuple[str, ...] = ()


_ADAM: Mapping[str, float | bool] = {
    "lr": 1e-3,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "amsgrad": False,
}

_ENTRIES = (
    OptimizerRule(
        "sgd",
        "SGD",
        "SGD",
        {"lr": 1e-3, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0},
        aliases=("momentum", "gd"),
    ),
    OptimizerRule(
        "adagrad",
        "AdaGrad",
        "Adagrad",
        {"lr": 1e-2, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
    ),
    OptimizerRule(
        "rmsprop",
        "RMSprop",
        "RMSprop",
        {"lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False},
    ),
    OptimizerRule("adam", "Adam", "Adam", _ADAM),
    OptimizerRule("adamw", "AdamW", "AdamW", {**_ADAM, "weight_decay": 1e-2}),
)

#: Every optimizer by its name, in the order in which they are listed for people.
OPTIMIZERS: dict[str, OptimizerRule] = {entry.name: entry for entry in _ENTRIES}
