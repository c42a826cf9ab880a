"""The network and the worksheet that the tests read answers for."""

from __future__ import annotations

from functools import cache

from tests.exercises import BOOK
from tutor.network import Graph, Network, Worksheet, build_graph
from tutor.reading import Scope


@cache
def network() -> Graph:
    """Return a network of three inputs, two hidden sigmoid units and one output."""
    return build_graph(Network.from_spec(BOOK))


@cache
def attention() -> Graph:
    """Return a worksheet of matrices."""
    given = {"Q": [[1, 2], [0, 1]], "K": [[1, 0], [1, 1]], "d": 2}
    return build_graph(Worksheet.from_spec({"given": given, "steps": {"S": "Q @ K.T", "T": "S / sqrt(d)"}}))


def asked(name: str, **own: float) -> Scope:
    """Return the scope of a question about the network."""
    return Scope(network(), name, own)
