"""Random networks like those of exercises: one decimal, sizes that can be worked by hand, every activation and loss."""

from __future__ import annotations

import random

from tutor.network import Graph, Network, build_graph

SIZES = ((2, 2, 1), (3, 2, 1), (2, 3, 2), (4, 3, 1), (3, 4, 2, 1), (5, 4, 3, 2))
HIDDEN = ("sigmoid", "tanh", "relu")
MORE_HIDDEN = ("leaky_relu", "elu", "softplus", "gelu", "silu")
HEADS = (
    ("sigmoid", "half_squared_error"),
    ("tanh", "half_squared_error"),
    ("relu", "half_squared_error"),
    ("linear", "half_squared_error"),
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "cross_entropy"),
)
MORE_HEADS = (("sigmoid", "mse"), ("linear", "squared_error"), ("softplus", "half_squared_error"))
RATES = (0.001, 0.1, 0.5, 0.9)


def random_network(rng: random.Random, sizes: tuple[int, ...] | None = None, *, wide: bool = False) -> Graph:
    """Return the graph of a random network; ``wide`` adds batches, optimizers, conventions and rarer functions."""
    sizes = sizes or rng.choice(SIZES)
    heads = HEADS + MORE_HEADS if wide else HEADS
    activation, loss = rng.choice([head for head in heads if head[0] != "softmax" or sizes[-1] > 1])
    hidden = HIDDEN + MORE_HIDDEN if wide else HIDDEN
    spec: dict[str, object] = {
        "layers": [
            _layer(rng, sizes[place], sizes[place + 1], rng.choice(hidden) if place < len(sizes) - 2 else activation)
            for place in range(len(sizes) - 1)
        ],
        "loss": loss,
        "optimizer": _optimizer(rng) if wide else {"sgd": {"lr": rng.choice(RATES)}},
    }
    samples = rng.choice((2, 3)) if wide and rng.random() < 0.3 else 0
    rows = [_sample(rng, sizes, activation) for _ in range(samples or 1)]
    spec["inputs"] = [row[0] for row in rows] if samples else rows[0][0]
    spec["target"] = [row[1] for row in rows] if samples else rows[0][1]
    if wide and rng.random() < 0.25:
        spec["delta_sign"] = "minus"
    if wide and rng.random() < 0.2 and activation != "softmax":
        spec["error_signal"] = "difference"
    return build_graph(Network.from_spec(spec))


def _layer(rng: random.Random, inputs: int, units: int, activation: str) -> dict[str, object]:
    weights = [[_one_decimal(rng) for _ in range(units)] for _ in range(inputs)]
    return {"weights": weights, "bias": [_one_decimal(rng) for _ in range(units)], "activation": activation}


def _one_decimal(rng: random.Random) -> float:
    return rng.choice([value for value in range(-9, 10) if value]) / 10


def _sample(rng: random.Random, sizes: tuple[int, ...], activation: str) -> tuple[list[float], list[float]]:
    inputs = [rng.randrange(0, 11) / 10 for _ in range(sizes[0])]
    if activation == "softmax":
        hot = rng.randrange(sizes[-1])
        return inputs, [float(place == hot) for place in range(sizes[-1])]
    return inputs, [float(rng.randrange(2)) for _ in range(sizes[-1])]


def _optimizer(rng: random.Random) -> dict[str, dict[str, float]]:
    rate = rng.choice(RATES[1:])
    return rng.choice(
        (
            {"sgd": {"lr": rate}},
            {"sgd": {"lr": rate, "momentum": 0.9}},
            {"sgd": {"lr": rate, "weight_decay": 0.1}},
            {"adagrad": {"lr": rate}},
            {"rmsprop": {"lr": rate}},
            {"adam": {"lr": rate}},
        )
    )
