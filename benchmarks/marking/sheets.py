"""Whole sheets worked on paper: every quantity in order, each from the learner's earlier numbers, in all spellings.

Networks, numbers and spellings are drawn independently of the other measurements: weights with two decimals, inputs
over 1, targets such as 0.01, layers without a bias, batches, optimizers, rarer activations.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from benchmarks.marking.learners import cut, rounded
from tutor.errors import TutorError
from tutor.marking import Marker, Typed, Verdict
from tutor.network import SUB_STEPS, Graph, Kind, Network, build_graph

SIZES = ((1, 1), (2, 1), (2, 2, 1), (3, 2, 1), (2, 2, 2), (2, 3, 2), (3, 2, 2, 1), (4, 3, 3), (2, 4, 1))
ACTIVATIONS: tuple[object, ...] = (
    "sigmoid", "tanh", "relu", "linear", {"leaky_relu": {"slope": 0.1}}, "softplus", "elu", "silu", "gelu",
)  # fmt: skip
HEADS = (
    ("sigmoid", "half_squared_error"), ("sigmoid", "binary_cross_entropy"), ("linear", "half_squared_error"),
    ("linear", "squared_error"), ("linear", "mse"), ("tanh", "half_squared_error"), ("sigmoid", "mse"),
    ("softmax", "cross_entropy"),
)  # fmt: skip
OPTIMIZERS = (
    {"sgd": {"lr": 0.001}}, {"sgd": {"lr": 0.1}}, {"sgd": {"lr": 0.5}}, {"sgd": {"lr": 0.9}},
    {"sgd": {"lr": 0.1, "momentum": 0.9}}, {"adam": {"lr": 0.01}}, {"adagrad": {"lr": 0.1}},
)  # fmt: skip

Keep = Callable[[float, int, random.Random], float]
WAYS: dict[str, Keep] = {
    "each step rounded": lambda value, places, rng: rounded(value, places),
    "one decimal more": lambda value, places, rng: rounded(value, places + 1),
    "four decimals": lambda value, places, rng: rounded(value, max(4, places)),
    "each step cut": lambda value, places, rng: cut(value, places),
    "calculator": lambda value, places, rng: value,
}


def network(rng: random.Random) -> Graph:
    """Return a random network like those in books and blogs."""
    sizes, grid = rng.choice(SIZES), rng.choice((0.1, 0.01, 0.05, 0.25))
    last, loss = rng.choice([head for head in HEADS if head[0] != "softmax" or sizes[-1] > 1])

    def number() -> float:
        return round(round(rng.uniform(-1.5, 1.5) / grid) * grid, 4) or grid

    layers = []
    for place, (inputs, units) in enumerate(pairwise(sizes)):
        layer: dict[str, object] = {
            "weights": [[number() for _ in range(units)] for _ in range(inputs)],
            "activation": last if place == len(sizes) - 2 else rng.choice(ACTIVATIONS),
        }
        if rng.random() < 0.8:
            layer["bias"] = [number() for _ in range(units)]
        layers.append(layer)
    rows = [_sample(rng, sizes, last) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    spec: dict[str, object] = {"layers": layers, "loss": loss, "optimizer": rng.choice(OPTIMIZERS)}
    spec["inputs"] = [row[0] for row in rows] if len(rows) > 1 else rows[0][0]
    spec["target"] = [row[1] for row in rows] if len(rows) > 1 else rows[0][1]
    if rng.random() < 0.2:
        spec["delta_sign"] = "minus"
    return build_graph(Network.from_spec(spec))


def _sample(rng: random.Random, sizes: tuple[int, ...], last: str) -> tuple[list[float], list[float]]:
    inputs = [
        rng.choice((0, 1, 0.5, round(rng.uniform(0, 3), 1), round(rng.uniform(-1, 1), 2))) for _ in range(sizes[0])
    ]
    if last == "softmax":
        hot = rng.randrange(sizes[-1])
        return inputs, [float(place == hot) for place in range(sizes[-1])]
    return inputs, [rng.choice((0, 1, 0.01, 0.99, 0.5)) for _ in range(sizes[-1])]


def spelt(rng: random.Random, value: float, places: int) -> str:
    """Return a number as people write it: signs, commas, percents, powers of ten, zeros left out."""
    plain = f"{value:.{places}f}"
    sign = rng.choice("-−–") if plain.startswith("-") and float(plain) else ""
    bare = plain.lstrip("-")
    whole, _, fraction = bare.partition(".")
    style = rng.randrange(8)
    if style == 0 and fraction:
        bare = bare.rstrip("0").rstrip(".") or "0"
    elif style == 1 and whole == "0" and float(bare):
        bare = bare[1:]
    elif style == 2 and fraction and (len(fraction) != 3 or not whole.strip("0")):
        bare = bare.replace(".", ",")
    elif style == 3 and places >= 3:
        bare = f"{float(bare) * 100:.{places - 2}f} %"
    elif style == 4 and float(bare):
        size = math.floor(math.log10(float(bare)))
        if places + size >= 0:
            mantissa, exponent = f"{float(bare):.{places + size}e}".split("e")
            bare = f"{mantissa}·10^{int(exponent)}" if rng.random() < 0.5 else f"{mantissa}e{int(exponent)}"
    return sign + bare


def refused(seed: int, count: int, decimals: int | None) -> tuple[Counter[str], Counter[str], list[str]]:
    """Return the right answers and those not marked correct, both by rounding habit, and examples of the latter."""
    answers: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    examples: list[str] = []
    for number in range(count):
        rng = random.Random(f"sheet-{seed}-{number}")
        try:
            graph = network(rng)
        except TutorError:
            continue
        way = rng.choice(list(WAYS))
        for name, text, verdict in _sheet(graph, WAYS[way], rng, decimals):
            answers[way] += 1
            if verdict is not Verdict.CORRECT:
                missed[way] += 1
                examples.append(f"{way}: {name} {text} for {graph.values[name]:.8f}: {verdict}")
    return answers, missed, examples


def _sheet(graph: Graph, keep: Keep, rng: random.Random, decimals: int | None) -> list[tuple[str, str, Verdict]]:
    """Mark a whole sheet; stop where rounding leaves too few figures to continue."""
    marker = Marker(graph, decimals=decimals)
    names, row, own = list(graph.nodes), [node.value or 0.0 for node in graph.nodes.values()], dict[str, Typed]()
    found: list[tuple[str, str, Verdict]] = []
    for slot, formula in graph.program:
        name, node = names[slot], graph.nodes[names[slot]]
        try:
            value = formula(row)
        except (ArithmeticError, ValueError):
            return found
        places = marker.decimals(graph.as_quantity(name))
        is_part = node.kind in SUB_STEPS
        row[slot] = value if is_part or abs(value) > 1e9 else keep(value, places, rng)
        if is_part:
            continue
        answer = (cut if keep is WAYS["each step cut"] else rounded)(value, places)
        if node.kind in (Kind.MEMORY, Kind.OUTPUT) and abs(answer - value) > 0.04 * abs(value):
            return found
        if _is_lost(graph, name, answer):
            continue
        text = spelt(rng, answer, places)
        mark = marker.mark(graph.as_quantity(name), text, own=own, decimals=decimals)
        found.append((name, text, mark.verdict))
        own.update(mark.own)
    return found


def _is_lost(graph: Graph, name: str, answer: float) -> bool:
    """Return whether an update's step was rounded away."""
    old = graph.nodes[name].role.get("old")
    if old is None:
        return False
    return abs(graph.values[old] - answer) < 1e-12 and graph.values[name] != graph.values[old]
