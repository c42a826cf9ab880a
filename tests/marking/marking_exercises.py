"""The networks and worksheets that the tests of marking use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.exercises import BOOK, LAB, MAZUR
from tutor.marking import Mark, Marker, Typed
from tutor.network import Graph, Network, Worksheet, build_graph

#: Two hidden layers, two outputs; no two values coincide.
DEEP: dict[str, Any] = {
    "inputs": [0.6, 0.9, -0.4],
    "target": [0.2, 0.7],
    "layers": [
        {"name": "first", "weights": [[0.3, -0.7], [0.5, 0.4], [-0.6, 0.8]], "bias": [0.2, -0.3], "activation": "tanh"},
        {"name": "second", "weights": [[0.7, -0.4], [0.6, 0.9]], "bias": [-0.2, 0.4], "activation": "sigmoid"},
        {"name": "output", "weights": [[0.8, -0.5], [-0.9, 0.3]], "bias": [0.1, 0.6], "activation": "sigmoid"},
    ],
    "optimizer": {"sgd": {"lr": 0.4}},
}

NETWORKS: dict[str, dict[str, Any]] = {
    "book": BOOK,
    "relu": LAB,
    "minus": {**BOOK, "delta_sign": "minus"},
    "difference": {**BOOK, "error_signal": "difference"},
    "squared": {**BOOK, "loss": "squared_error"},
    "mazur": MAZUR,
    "deep": DEEP,
    "cross-entropy": {**BOOK, "loss": "binary_cross_entropy"},
    "softmax": {
        **DEEP,
        "target": [0, 1],
        "layers": [*DEEP["layers"][:2], {**DEEP["layers"][2], "activation": "softmax"}],
        "loss": "cross_entropy",
    },
    "batch": {**BOOK, "inputs": [[1, 0.3, 0.6], [0.2, 0.7, 0.9], [0.4, 0.8, 0.1]], "target": [1, 0, 1]},
    "mean": {
        **BOOK,
        "inputs": [[1, 0.3, 0.6], [0.2, 0.7, 0.9]],
        "target": [1, 0],
        "loss": "mse",
        "reduction": "mean",
    },
    "momentum": {**BOOK, "optimizer": {"sgd": {"lr": 0.5, "momentum": 0.9}}},
    "adam": {**BOOK, "optimizer": {"adam": {"lr": 0.1}}},
}

WORKSHEETS: dict[str, dict[str, Any]] = {
    "attention": {
        "given": {"Q": [[1, 2], [0, 1]], "K": [[1, 0], [1, 1]], "V": [[1, 2], [3, 0]], "d": 2},
        "steps": {"S": "Q @ K.T", "T": "S / sqrt(d)", "A": "softmax(T)", "O": "A @ V"},
        "mistakes": {},
    },
    "convolution": {
        "given": {"X": [[1, 2, 0], [0, 1, 3], [2, 1, 1]], "K": [[1, -1], [0, 2]], "b": 0.5},
        "steps": {"C": "conv(X, K)", "Z": "C + b", "A": "relu(Z)", "P": "max(A)"},
    },
    "windows": {
        "given": {
            "X": [[1, 2, 0, 3], [0, 1, 3, -1], [2, -1, 1, 4], [5, 1, 0, 2]], "K": [[1, -1], [0, 2]], "ids": [3, 1],
        },
        "steps": {
            "M": "maxpool(X, 2)", "V": "avgpool(X - 10, 2)", "C": "conv(X, K, stride=2, pad=1)", "R": "X[ids]",
            "f": "flatten(M)", "j": "concat(R, M[1..2, 1..2].T @ R)",
        },
    },
    "descent": {
        "given": {"w": 0, "alpha": 0.1},
        "steps": {"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"},
        "repeat": 3,
    },
    "adam-sheet": {
        "given": {
            "w": 1.0, "m": 0, "v": 0, "g@1": 0.4, "g@2": 0.3, "alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
        },
        "steps": {
            "m_new": "beta1*m + (1 - beta1)*g",
            "v_new": "beta2*v + (1 - beta2)*g^2",
            "m_hat": "m_new/(1 - beta1^t)",
            "v_hat": "v_new/(1 - beta2^t)",
            "w_new": "w - alpha*m_hat/(sqrt(v_hat) + eps)",
        },
        "repeat": 2,
    },
}  # fmt: skip


@cache
def graph(which: str) -> Graph:
    """Return a network over two training steps, or a worksheet."""
    if which in NETWORKS:
        return build_graph(Network.from_spec(NETWORKS[which]), 2)
    spec = {key: value for key, value in WORKSHEETS[which].items() if key != "mistakes"}
    return build_graph(Worksheet.from_spec(spec))


@cache
def marker(which: str, decimals: int | None = None) -> Marker:
    """Return a cached marker; what it has marked before does not change a mark."""
    return Marker(graph(which), decimals=decimals)


def mark(which: str, quantity: str, answer: Any, decimals: int | None = None, /, **own: str) -> Mark:
    """Mark an answer after the learner's earlier answers ``own``, in the order given."""
    made = marker(which)
    typed: dict[str, Typed] = {}
    for name, text in own.items():
        typed.update(made.mark(name, text, own=typed).own)
    return made.mark(quantity, answer, own=typed, decimals=decimals)


def marked(which: str, *answers: tuple[str, Any], decimals: int | Mapping[str, int] | None = None) -> list[Mark]:
    """Mark answers one after the other, each after those before it."""
    made = Marker(graph(which), decimals=decimals)
    typed: dict[str, Typed] = {}
    found = []
    for quantity, answer in answers:
        one = made.mark(quantity, answer, own=typed)
        typed.update(one.own)
        found.append(one)
    return found


def ids(mark: Mark) -> list[str]:
    """Return the ids of the mistakes named, the likeliest first."""
    return [mistake.id for mistake in mark.mistakes]
