"""Random networks of every form, as plain lesson data, for the tests of agreement between the engines."""

from __future__ import annotations

import random
from typing import Any

from tutor.network import Network

LOSSES = ["half_squared_error", "squared_error", "mse", "binary_cross_entropy", "cross_entropy"]
HIDDEN = [
    "linear",
    "sigmoid",
    "tanh",
    "relu",
    {"leaky_relu": {"slope": 0.1}},
    {"elu": {"alpha": 0.7}},
    "softplus",
    "gelu",
    "silu",
]
SYMBOLS = {
    "sum": "net", "activation": "out", "output": "a", "target": "t", "weight": "v", "bias": "b",
    "error_signal": "e", "loss": "L", "rate": "η",
}  # fmt: skip
SHAPES = [(2, 1), (3, 2, 1), (2, 2, 2), (2, 3, 2), (3, 2, 2, 1), (1, 1)]
OPTIMIZERS: list[dict[str, dict[str, Any]]] = [
    {"sgd": {"lr": 0.1}},
    {"sgd": {"lr": 0.1, "momentum": 0.9}},
    {"sgd": {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}},
    {"sgd": {"lr": 0.1, "momentum": 0.8, "nesterov": True}},
    {"adagrad": {"lr": 0.1}},
    {"adagrad": {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}},
    {"rmsprop": {"lr": 0.05}},
    {"rmsprop": {"lr": 0.05, "alpha": 0.8, "momentum": 0.5, "weight_decay": 0.01}},
    {"rmsprop": {"lr": 0.05, "centered": True, "eps": 1e-2}},
    {"adam": {"lr": 0.1}},
    {"adam": {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True, "eps": 1e-3}},
    {"adamw": {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0.2}},
    {"adamw": {"lr": 0.1, "amsgrad": True}},
]


def random_spec(seed: int) -> dict[str, Any]:
    """Return a network as an author would write it; consecutive seeds cover every activation, loss and optimizer."""
    rng = random.Random(seed)
    shape = rng.choice(SHAPES)
    output, loss = _ending(rng, seed, shape[-1])
    activations = [HIDDEN[(seed + place) % len(HIDDEN)] for place in range(len(shape) - 2)] + [output]
    layout = rng.choice(["inputs_by_units", "units_by_inputs"])
    layers = [
        _layer(rng, inputs, units, activation, layout)
        for inputs, units, activation in zip(shape, shape[1:], activations, strict=False)
    ]
    for place, layer in enumerate(layers):
        if (seed + place) % 3 == 0 and "bias" in layer and layer["activation"] != "softmax":
            layer["bias"] = {f"c{place + 1}": layer["bias"][0], "shared": True}
    samples = rng.choice([None, None, 1, 3])
    spec: dict[str, Any] = {
        "inputs": _table(rng, samples, shape[0]),
        "target": _targets(rng, samples, shape[-1], loss),
        "layers": layers,
        "layout": layout,
        "loss": loss,
        "optimizer": OPTIMIZERS[seed % len(OPTIMIZERS)],
        "update_bias": rng.random() < 0.8,
        "error_signal": rng.choice(["gradient", "gradient", "difference"]),
        "delta_sign": rng.choice(["plus", "plus", "minus"]),
    }
    if rng.random() < 0.5:
        spec["reduction"] = rng.choice(["mean", "sum"])
    if seed % 4 == 1:
        spec["notation"] = SYMBOLS
    if samples == 3 and rng.random() < 0.5:
        spec["batch_size"] = 2
    return spec


def random_network(seed: int) -> Network:
    """Return the network of ``random_spec``."""
    return Network.from_spec(random_spec(seed), name=f"random{seed}")


def _ending(rng: random.Random, seed: int, outputs: int) -> tuple[Any, str]:
    kinds: list[tuple[Any, str]] = [("sigmoid", "binary_cross_entropy")]
    kinds += [(HIDDEN[seed % len(HIDDEN)], loss) for loss in ("half_squared_error", "squared_error", "mse")]
    if outputs > 1:
        kinds += [("softmax", "cross_entropy"), ("softmax", rng.choice(["mse", "half_squared_error"]))]
    return kinds[seed % len(kinds)]


def _number(rng: random.Random) -> float:
    return rng.choice([-1, 1]) * rng.randint(1, 9) / 10


def _layer(rng: random.Random, inputs: int, units: int, activation: Any, layout: str) -> dict[str, Any]:
    rows, columns = (inputs, units) if layout == "inputs_by_units" else (units, inputs)
    layer = {
        "weights": [[_number(rng) for _ in range(columns)] for _ in range(rows)],
        "activation": activation,
    }
    if rng.random() < 0.85:
        layer["bias"] = [_number(rng) for _ in range(units)]
    return layer


def _table(rng: random.Random, samples: int | None, width: int) -> list[Any]:
    rows = [[_number(rng) for _ in range(width)] for _ in range(samples or 1)]
    return rows if samples else rows[0]


def _targets(rng: random.Random, samples: int | None, outputs: int, loss: str) -> list[Any]:
    rows = []
    for _ in range(samples or 1):
        row = [rng.choice([0.0, 1.0, 0.3]) for _ in range(outputs)]
        if loss == "cross_entropy" and rng.random() < 0.7:
            row = [0.0] * outputs
            row[rng.randrange(outputs)] = 1.0
        rows.append(row)
    return rows if samples else rows[0]
