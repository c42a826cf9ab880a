"""``tutor own``: make a lesson and a worksheet from a learner's own network, typed or pasted."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli import options
from tutor.errors import TutorError


@click.command(name="own")
@click.argument("numbers", required=False, type=click.Path(path_type=Path))
@options.lines()
@options.learner("network it is")
def command(numbers: Path | None, plain: bool, ascii_only: bool) -> int:
    """Make a lesson from your own network. NUMBERS is a file with its weights and biases: what NumPy or PyTorch
    prints, rows of numbers, or a network in YAML; without it, they are typed or pasted."""
    text = ""
    if numbers is not None:
        try:
            text = numbers.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TutorError(
                f"{numbers} cannot be read ({error}).", hint="Name a text file with the numbers."
            ) from None
    return options.start(plain=plain, ascii_only=ascii_only, own=text)
