"""Fuzz the reader, guided by coverage: every text is a number, a grid or a formula, or is rejected at a place in it.

    pip install atheris && python -m benchmarks.fuzz -max_total_time=60

Needs atheris, which has wheels for Linux and some versions of Python; the tests have the same laws with hypothesis.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["tutor.reading", "tutor.formulas"]):
    from tutor.network import Network, build_graph
    from tutor.reading import Scope, Unreadable, read_formula, read_grid, read_number

GRAPH = build_graph(
    Network.from_spec(
        {
            "inputs": [1, 0, 1],
            "target": 1,
            "layers": [
                {"weights": [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]], "bias": [-0.4, 0.2], "activation": "sigmoid"},
                {"weights": [[-0.3], [-0.2]], "bias": [0.1], "activation": "sigmoid"},
            ],
            "optimizer": {"sgd": {"lr": 0.9}},
        }
    )
)
ASKED = ("Z1", "yhat", "delta1", "dE/dw1_1_1", "w1_1_1_new")


def one(data: bytes) -> None:
    """Read one text as a number, as a grid and as a formula."""
    source = atheris.FuzzedDataProvider(data)
    scope = Scope(GRAPH, ASKED[source.ConsumeIntInRange(0, len(ASKED) - 1)])
    text = source.ConsumeUnicodeNoSurrogates(400)
    ways: list[Callable[[], bool]] = [
        lambda: math.isfinite(read_number(text, scope).value),
        lambda: len(read_grid(text, (2, 2)).cells) == 4,
        lambda: bool(read_formula(text, scope).shown),
    ]
    for read in ways:
        try:
            fine = read()
        except Unreadable as error:
            fine = 1 <= error.column <= len(text) + 1
        if not fine:
            raise AssertionError(text)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
