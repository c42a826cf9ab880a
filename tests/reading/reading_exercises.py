"""The network and the worksheet that the tests read answers for."""

from __future__ import annotations

from functools import cache

from tutor.network import Graph, Network, Worksheet, build_graph
from tutor.reading import Scope


@cache
def network() -> Graph:
    """Return a network of three inputs, two hidden sigmoid units and one output."""
    hidden = {
        "name": "hidden",
        "weights": [{"w11": 0.2, "w12": -0.3}, {"w13": 0.4, "w14": 0.1}, {"w15": -0.5, "w16": 0.2}],
        "bias": {"theta1": -0.4, "theta2": 0.2},
        "activation": "sigmoid",
    }
    output = {
        "name": "output",
        "weights": [{"w21": -0.3}, {"w22": -0.2}],
        "bias": {"theta3": 0.1},
        "activation": "sigmoid",
    }
    spec = {"inputs": [1, 0, 1], "target": 1, "layers": [hidden, output], "optimizer": {"sgd": {"lr": 0.9}}}
    return build_graph(Network.from_spec(spec))


@cache
def attention() -> Graph:
    """Return a worksheet of matrices."""
    given = {"Q": [[1, 2], [0, 1]], "K": [[1, 0], [1, 1]], "d": 2}
    return build_graph(Worksheet.from_spec({"given": given, "steps": {"S": "Q @ K.T", "T": "S / sqrt(d)"}}))


def asked(name: str, **own: float) -> Scope:
    """Return the scope of a question about the network."""
    return Scope(network(), name, own)
