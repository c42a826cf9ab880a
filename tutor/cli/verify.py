"""``tutor verify``: compare NumPy, SymPy and PyTorch side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.cli import options
from tutor.cli.output import say

if TYPE_CHECKING:
    from tutor.authoring.verify import Verification
    from tutor.network import Graph

_WIDTH = 20


@click.command()
@click.argument("file", metavar="FILE[#VARIANT]")
@options.of
def command(file: str, of: str | None) -> int:
    """Compute every number of FILE with three engines, and show the first on which they differ.

    NumPy works with matrices, SymPy differentiates the loss itself, PyTorch uses autograd and its own optimizers.

    Exit status: 0 if they agree, 1 if they do not, 2 if the input cannot be used.
    """
    from tutor.authoring.opening import open_file
    from tutor.authoring.verify import verify

    parts = options.chosen(open_file(file), of)
    status = 0
    verifications = verify([(part.built, part.graph) for part in parts.values()])
    for (name, part), verification in zip(parts.items(), verifications, strict=True):
        if len(parts) > 1:
            say(name, bold=True)
        _print(verification, part.graph)
        status |= verification.first_disagreement is not None
    return status


def _print(verification: Verification, graph: Graph) -> None:
    from tutor.formulas import format_number

    shown = {row.quantity: graph.notation.text(row.quantity) for row in verification.rows}
    first = max(map(len, shown.values()), default=0)
    heads = "".join(f"{engine:>{_WIDTH}}" for engine in verification.engines)
    say(f"  {'':<{first}}{heads}", bold=True)
    for row in verification.rows:
        cells = "".join(
            f"{format_number(row.values[engine]) if engine in row.values else '–':>{_WIDTH}}"
            for engine in verification.engines
        )
        say(f"{' ' if row.agrees else '✗'} {shown[row.quantity]:<{first}}{cells}")
    for engine, reason in verification.left_out.items():
        say(f"{engine} was not asked: {reason}.")
    wrong = verification.first_disagreement
    if wrong is None:
        said = f"{len(verification.rows)} numbers, {len(verification.engines)} engines: they agree."
        say(f"✓ {said}", fg="green")
        return
    told = ", ".join(f"{engine} {format_number(value)}" for engine, value in wrong.values.items())
    say(f"✗ The first disagreement is about {shown[wrong.quantity]}: {told}.", fg="red")
