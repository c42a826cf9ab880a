"""The networks that several tests work through, as lesson data."""

from __future__ import annotations

from typing import Any

HIDDEN = {
    "name": "hidden",
    "weights": [{"w11": 0.2, "w12": -0.3}, {"w13": 0.4, "w14": 0.1}, {"w15": -0.5, "w16": 0.2}],
    "bias": {"theta1": -0.4, "theta2": 0.2},
    "activation": "sigmoid",
}
OUTPUT = {"name": "output", "weights": [{"w21": -0.3}, {"w22": -0.2}], "bias": {"theta3": 0.1}, "activation": "sigmoid"}

#: The course's network as a textbook has it: sigmoid, learning rate 0.9.
BOOK: dict[str, Any] = {
    "inputs": [1, 0, 1],
    "target": 1,
    "layers": [HIDDEN, OUTPUT],
    "optimizer": {"sgd": {"lr": 0.9}},
}
#: The same network in the laboratory tasks: ReLU, learning rate 0.001.
LAB: dict[str, Any] = {
    **BOOK,
    "layers": [{**HIDDEN, "activation": "relu"}, {**OUTPUT, "activation": "relu"}],
    "optimizer": {"sgd": {"lr": 0.001}},
}
#: Two inputs, two hidden units, two outputs; biases are not updated.
MAZUR: dict[str, Any] = {
    "inputs": [0.05, 0.10],
    "target": [0.01, 0.99],
    "layers": [
        {
            "weights": [{"w1": 0.15, "w3": 0.25}, {"w2": 0.20, "w4": 0.30}],
            "bias": [0.35, 0.35],
            "activation": "sigmoid",
        },
        {"weights": [{"w5": 0.40, "w7": 0.50}, {"w6": 0.45, "w8": 0.55}], "bias": [0.6, 0.6], "activation": "sigmoid"},
    ],
    "optimizer": {"sgd": {"lr": 0.5}},
    "update_bias": False,
}
