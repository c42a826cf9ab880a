"""``tutor own``: make a lesson and a worksheet from a learner's own network, typed or pasted."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="own")
@click.argument("numbers", required=False, type=click.Path(path_type=Path))
@click.option("--plain", is_flag=True, help="Use plain lines in place of a screen.")
@click.option("--ascii", "ascii_only", is_flag=True, help="With --plain: use ASCII only.")
@click.option("--learner", metavar="NAME", help="Whose network it is, where several people share a computer.")
@click.pass_context
def command(ctx: click.Context, numbers: Path | None, plain: bool, ascii_only: bool, learner: str | None) -> None:
    """Make a lesson from your own network. NUMBERS is a file with its weights and biases: what NumPy or PyTorch
    prints, rows of numbers, or a network in YAML; without it, they are typed or pasted."""
    import os

    from tutor.cli.open_ import has_screen
    from tutor.errors import TutorError

    if learner is not None:
        os.environ["TUTOR_LEARNER"] = learner
    text = ""
    if numbers is not None:
        try:
            text = numbers.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TutorError(
                f"{numbers} cannot be read ({error}).", hint="Name a text file with the numbers."
            ) from None
    if plain or ascii_only or not has_screen():
        from tutor.plain import run_plain

        ctx.exit(run_plain(own=text, ascii_only=ascii_only))
    from tutor.ui import run

    ctx.exit(run(own=text))
