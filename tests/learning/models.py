"""A network and a worksheet with every kind of operation that the tests of learning need."""

from __future__ import annotations

from tutor.network import Network, Worksheet

NETWORK = Network.from_spec(
    {
        "inputs": [1, 2],
        "target": 1,
        "layers": [
            {"name": "hidden", "weights": [{"w11": 0.1, "w12": -0.2}, {"w13": 0.3, "w14": 0.4}],
             "bias": {"theta1": 0.1, "theta2": 0.2}, "activation": "tanh"},
            {"name": "output", "weights": [{"w21": 0.5}, {"w22": -0.3}], "bias": {"theta3": 0.1},
             "activation": "sigmoid"},
        ],
        "optimizer": {"adam": {"lr": 0.1}},
    }
)  # fmt: skip

WORKSHEET = Worksheet.from_spec(
    {
        "given": {"Q": [[1, 2], [0, 1]], "K": [[1, 0], [1, 1]], "w": 0.5},
        "steps": {
            "S": "Q @ K.T",
            "A": "softmax(S)",
            "C": "conv(Q, K)",
            "R": "relu(S)",
            "L": "sum(A)",
            "f": "(w - 3)^2",
            "g": "df/dw",
        },
    }
)
