"""Measure how long hostile texts keep the reader busy: every text must be read or rejected within 50 ms.

The texts are those that break parsers (depth, length, towers of powers, unclosed brackets) and random strings over
meaningful characters; each is read as a number, as a grid and as a formula.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from tutor.errors import FormulaError
from tutor.network import Graph, Network, build_graph
from tutor.reading import Scope, read_formula, read_grid, read_number

LIMIT_MS = 50.0
_ALPHABET = "0123456789.,;:+-*/^()[]{}'\"=%eExZHwθδσ∂ŷ′₁₂²⁻√·×÷−–\t\n\u00a0\u3000１ab_@|<>\\$ "
_WORDS = (
    "sigmoid(", "exp(", "np.array(", "tensor(", "theta1", "dE/dw1", "w11_new", "1e", "10^", "sqrt(", "max(", "[[", "]]",
    "**", "1,234", "−0,7", "softmax(", "E@2", "Z1[1]", "lambda", "__import__", "ŷ", "%", "= ",
)  # fmt: skip


def hostile() -> Iterator[str]:
    """Yield texts made to break a parser."""
    many = 10_000
    yield from ("9**9**9**9", "9^9^9^9^9^9^9", "exp(exp(exp(exp(9))))", "1e999", "1e-999", "-" * many + "1")
    yield from ("(" * many, ")" * many, "(" * many + "1" + ")" * many, "[" * many, "[" * many + "1" + "]" * many)
    yield from ("1+" * many + "1", "1*" * many + "1", "2^" * many + "2", "1/" * many + "1", "1=" * many + "1")
    yield from ("1" * many, "0." + "1" * many, "1," * many, "1;" * many, "1 " * many, "1\n" * many, "\t" * many)
    yield from ("x1" * many, "x1 " * many, "sigmoid(" * many + "1", "√" * many + "2", "sigmoid" * many, "e" * many)
    yield from ("σ(" * 60 + "1" + ")" * 60, "exp(" * 60 + "1" + ")" * 60, "(" * 60 + "1" + ")" * 60)
    yield from ("np.array(" * 500, "tensor([" * 500, "[[1,2],[3,4]]" * 800, "'" * many, '"' * many, "\\" * many)
    yield from ("\u202e1.5", "\ud800", "\x00" * 100, "１２" * many, "₁" * many, "′" * many, "²" * many, "%" * many)


def random_texts(rng: random.Random, count: int) -> Iterator[str]:
    """Yield random strings of meaningful characters and words."""
    for _ in range(count):
        length = rng.choice((3, 10, 40, 200, 2000))
        yield "".join(rng.choice(_WORDS) if rng.random() < 0.2 else rng.choice(_ALPHABET) for _ in range(length))


def exercise() -> Graph:
    """Return a network whose names the texts may use."""
    return build_graph(
        Network.from_spec(
            {
                "inputs": [0.5, -1.0],
                "target": [1, 0],
                "layers": [
                    {"weights": [[0.1, 0.2], [-0.3, 0.4]], "bias": [0.1, 0.2], "activation": "sigmoid"},
                    {"weights": [[0.3, -0.2], [0.5, 0.1]], "bias": [0.1, 0.2], "activation": "sigmoid"},
                ],
                "optimizer": {"sgd": {"lr": 0.5}},
            }
        )
    )


def slowest(seed: int, count: int) -> tuple[int, float, str]:
    """Return the number of texts read, the longest time in ms, and the text that took it."""
    graph = exercise()
    number, grid = Scope(graph, "dE/dw1_11"), Scope(graph, "hidden.Z")
    readers: tuple[Callable[[str], object], ...] = (
        lambda text: read_number(text, number),
        lambda text: read_grid(text, (2,), grid),
        lambda text: read_formula(text, number),
    )
    worst, culprit, read = 0.0, "", 0
    for text in (*hostile(), *random_texts(random.Random(seed), count)):
        for reader in readers:
            start = time.thread_time()
            with suppress(FormulaError):
                reader(text)
            taken = 1000 * (time.thread_time() - start)
            read += 1
            if taken > worst:
                worst, culprit = taken, text
    return read, worst, culprit
