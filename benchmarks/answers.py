"""A campaign that sends answers and formulas, from a grammar or at random, through reading and marking.

    python -m benchmarks.answers --count 1000000

None may raise an exception or take longer than two seconds. ``--count 1000000`` takes about ten minutes.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial

import click

from tests.engines.random_worksheets import random_worksheet
from tutor.marking import Marker, mark_expression
from tutor.network import HIDDEN_KINDS, Graph, Network, Worksheet, build_graph

LIMIT = 2.0

NETWORK = {
    "inputs": [1, 0, 1],
    "target": 1,
    "layers": [
        {"weights": [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]], "bias": [-0.4, 0.2], "activation": "sigmoid"},
        {"weights": [[-0.3], [-0.2]], "bias": [0.1], "activation": "sigmoid"},
    ],
    "optimizer": {"sgd": {"lr": 0.9}},
}

_ODD = "0123456789.,;:-+−*/^()[]{}|=<>%°eE'\"\\ _\t\n′∂δθσŷαβ½²₁√∞·×÷&#@!?abcxyzZHwNaNinf∑π"
_FUNCTIONS = ("sigmoid", "tanh", "relu", "exp", "ln", "sqrt", "abs", "max", "softmax", "log", "foo", "\\frac", "\\sqrt")


def graphs() -> list[Graph]:
    """Return a network over two steps, and worksheets with an optimizer, a function, arrays, a difference quotient."""
    sheets = [build_graph(Worksheet.from_spec(random_worksheet(seed))) for seed in (20, 9, 14, 3)]
    return [build_graph(Network.from_spec(NETWORK), 2), *sheets]


def formula(rng: random.Random, names: list[str], depth: int = 3) -> str:
    """Return a formula from a grammar that makes occasional errors."""
    if depth == 0 or rng.random() < 0.25:
        return rng.choice((rng.choice(names), number(rng), number(rng)))
    left, right = formula(rng, names, depth - 1), formula(rng, names, depth - 1)
    match rng.randrange(8):
        case 0:
            return f"{rng.choice(_FUNCTIONS)}({left})"
        case 1:
            return f"({left})"
        case 2:
            return f"-{left}"
        case 3:
            return f"{left} {right}"
        case 4:
            return f"\\frac{{{left}}}{{{right}}}"
        case _:
            return f"{left}{rng.choice(('+', '-', '*', '/', '^', '**', ' = ', '·'))}{right}"


def number(rng: random.Random) -> str:
    """Return a number as somebody might type it, sometimes malformed."""
    value = rng.choice((rng.uniform(-2, 2), rng.uniform(-1e4, 1e4), 10.0 ** rng.randint(-12, 12), 0.0))
    places = rng.randint(0, 9)
    return rng.choice(
        (f"{value:.{places}f}", f"{value:.{places}e}", f"{value:,.{places}f}", f"{value:.{places}f}".replace(".", ","),
         f"{rng.randint(-9, 9)}/{rng.randint(0, 9)}", f"{value:.2f} %", f"10^{rng.randint(-400, 400)}")
    )  # fmt: skip


def text(rng: random.Random, names: list[str]) -> str:
    """Return an answer: a number, a formula, a grid, or random characters."""
    match rng.randrange(5):
        case 0:
            return number(rng)
        case 1 | 2:
            return formula(rng, names)
        case 3:
            cells = [number(rng) for _ in range(rng.randint(1, 9))]
            return rng.choice(("[{}]", "{}", "[[{}]]", "({})")).format(rng.choice((", ", " ", "; ", "\n")).join(cells))
        case _:
            return "".join(rng.choice(_ODD) for _ in range(rng.randint(0, 60)))


def campaign(seed: int, count: int) -> tuple[Counter[str], float, str]:
    """Return the count of each verdict, the longest time, and the text that took it; raises what marking raises."""
    rng = random.Random(seed)
    markers = [(Marker(graph), _askable(graph), list(graph.nodes)) for graph in graphs()]
    verdicts: Counter[str] = Counter()
    worst, culprit = 0.0, ""
    for done in range(count):
        marker, asked, names = rng.choice(markers)
        answer, name = text(rng, names), rng.choice(asked)
        own = {each: rng.uniform(-1, 1) for each in rng.sample(names, rng.choice((0, 0, 2)))}
        mark = partial(marker.mark, name, answer, own=own, decimals=rng.choice((None, 0, 3, 6)))
        node = marker.graph.nodes.get(name)
        if rng.random() < 0.15 and node is not None and node.formula is not None:
            mark = partial(mark_expression, answer, node.formula, graph=marker.graph, asked=name)
        try:
            start = time.perf_counter()
            verdict = mark().verdict
            taken = time.perf_counter() - start
            if taken > LIMIT:  # the machine may have been busy: measure again, in CPU time
                marker.forget()
                start = time.process_time()
                mark()
                taken = time.process_time() - start
        except Exception as error:
            error.add_note(f"{name}: {answer!r}")
            raise
        if taken > worst:
            worst, culprit = taken, f"{name}: {answer!r}"
        verdicts[verdict.value] += 1
        if done % 5000 == 4999:
            marker.forget()
    return verdicts, worst, culprit


def _askable(graph: Graph) -> list[str]:
    return [*(name for name, node in graph.nodes.items() if node.kind not in HIDDEN_KINDS), *graph.arrays]


@click.command()
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(count: int, seed: int) -> None:
    """Send answers through reading and marking."""
    start = time.perf_counter()
    verdicts, worst, culprit = campaign(seed, count)
    told = ", ".join(f"{name} {times:,}" for name, times in verdicts.most_common())
    click.echo(f"{count:,} answers in {time.perf_counter() - start:.0f} s, none raised: {told}")
    click.echo(f"The slowest took {worst * 1000:.0f} ms (limit {LIMIT:g} s): {culprit}")
    raise SystemExit(worst >= LIMIT)


if __name__ == "__main__":
    main()
