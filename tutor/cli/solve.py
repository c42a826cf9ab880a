"""``tutor solve``: show every quantity of a network or worksheet, in order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from tutor.cli import options
from tutor.cli.output import say, say_json
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.engines.numpy import Solution
    from tutor.lessons.blocks import Model
    from tutor.network import Graph

MOST_STEPS = 1000

#: The headings of the output, with the kinds of quantity under each.
_HEADINGS = {
    "given": ("given",),
    "forward": ("pre_activation", "exp", "exp_sum", "activation", "output", "error", "loss_share", "loss"),
    "factors of the chain": ("factor",),
    "backward": ("delta", "gradient"),
    "update": ("memory", "updated"),
    "steps": ("cell",),
}


@click.command()
@click.argument("file", metavar="FILE[#VARIANT]")
@click.option(
    "--steps",
    type=click.IntRange(1, MOST_STEPS),
    metavar="N",
    help="The number of training steps (default: those the file asks for).",
)
@options.of
@options.json("the quantities")
def command(file: str, steps: int | None, of: str | None, as_json: bool) -> None:
    """Show every quantity of FILE (a lesson, network or worksheet; FILE#17 for a variant), in order."""
    from tutor.authoring.opening import open_file
    from tutor.network import Network

    parts = options.chosen(open_file(file), of)
    if steps is not None and not any(isinstance(part.built, Network) for part in parts.values()):
        raise TutorError("A worksheet has as many rounds as its repeat: says.", hint=f"Write repeat: {steps} in it.")
    if as_json:
        solved = {name: {"quantities": _quantities(*_solve(part, steps))} for name, part in parts.items()}
        shown: Any = {"networks": solved} if len(solved) > 1 else next(iter(solved.values()))
        say_json(shown)
        return
    for name, part in parts.items():
        if len(parts) > 1:
            say(name, bold=True)
        _print(*_solve(part, steps))


def _solve(part: Model, steps: int | None) -> tuple[Graph, Solution]:
    """Return the graph, which has the names in order, and the numbers of the NumPy engine."""
    from tutor.engines.numpy import solve, solve_worksheet
    from tutor.network import Network, build_graph

    model = part.built
    if not isinstance(model, Network):
        return part.graph, solve_worksheet(model)
    steps = steps or part.graph.steps
    return part.graph if steps == part.graph.steps else build_graph(model, steps), solve(model, steps=steps)


def _quantities(graph: Graph, solution: Solution) -> dict[str, object]:
    """Return every number in order, then every vector and matrix; infinities are null, because JSON has none."""
    found: dict[str, object] = {}
    for name in (*_askable(graph), *graph.arrays):
        value = solution[name]
        found[name] = _finite(value if isinstance(value, float) else value.tolist())
    return found


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return value if math.isfinite(value) else None


def _askable(graph: Graph) -> list[str]:
    from tutor.network import HIDDEN_KINDS

    return [name for name, node in graph.nodes.items() if node.kind not in HIDDEN_KINDS]


def _print(graph: Graph, solution: Solution) -> None:
    from tutor.formulas import format_number

    for step in range(1, graph.steps + 1):
        if graph.steps > 1:
            say(f"step {step}", bold=True)
        for heading, kinds in _HEADINGS.items():
            names = [
                name
                for name in _askable(graph)
                if graph.nodes[name].step == step and graph.nodes[name].kind.value in kinds
            ]
            if not names:
                continue
            say(heading, underline=True)
            shown = {name: graph.notation.text(name) for name in names}
            width = max(map(len, shown.values()))
            for name in names:
                value = solution[name]
                assert isinstance(value, float)
                say(f"  {shown[name]:<{width}}  {format_number(value)}")
