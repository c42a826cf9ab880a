"""``tutor derive``: show the derivation of a quantity as text."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

import click

from tutor.cli import options
from tutor.cli.output import say
from tutor.cli.solve import MOST_STEPS
from tutor.errors import TutorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.engines.sympy import Derivation

NARROWEST, WIDEST = 40, 100


@click.command()
@click.argument("file", metavar="FILE[#VARIANT]")
@click.argument("quantity")
@options.of
@click.option("--latex", is_flag=True, help="Print the lines as LaTeX.")
def command(file: str, quantity: str, of: str | None, latex: bool) -> None:
    """Show the derivation of QUANTITY (Z1, dE/dw11, hidden.dW, lab2:delta3 …) in FILE."""
    from tutor.authoring.opening import open_file
    from tutor.engines.side_by_side import by_torch, line, opinions
    from tutor.engines.sympy import derive
    from tutor.network import Network, build_graph, split_owner, steps_needed

    owner, names = split_owner(quantity)
    part = options.only(open_file(file), owner or of)
    graph, needed = part.graph, steps_needed(names)
    if needed > MOST_STEPS:
        raise TutorError(f"{names} is too far ahead: at most {MOST_STEPS} training steps are computed.")
    if isinstance(part.built, Network) and needed > graph.steps:
        graph = build_graph(part.built, needed)
    numbers: Mapping[str, float] | str | None = None
    for place, found in enumerate(graph.expand(names)):
        if place:
            say()
        derivation = derive(graph, found.name)
        say(_latex(derivation) if latex else _text(derivation))
        numbers = by_torch(graph) if numbers is None else numbers
        engines = line(opinions(graph, found.name, derivation.numbers, numbers), found.shape)
        say(f"% {engines}" if latex else engines)


def _latex(derivation: Derivation) -> str:
    """Return one line of LaTeX per step, with its explanation as a comment above."""
    return "\n".join(f"% {step.what}\n{step.latex}" for step in derivation.steps)


def _text(derivation: Derivation) -> str:
    """Return the explanation of each step, with its formula laid out below."""
    from tutor.mathtext import MathError, layout

    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)) - 1
    lines: list[str] = []
    for step in derivation.steps:
        lines += textwrap.wrap(step.what, width)
        try:
            rows = layout(step.latex, width - 4)
        except MathError:
            rows = tuple(textwrap.wrap(step.text, width - 4))
        lines += [f"    {row}".rstrip() for row in rows]
    return "\n".join(lines)
