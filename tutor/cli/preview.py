"""``tutor preview``: a lesson as its learners see it, while it is written."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from tutor.cli.open_ import has_screen
from tutor.errors import TutorError
from tutor.paths import split_variant


@click.command(name="preview")
@click.argument("file", metavar="FILE[#VARIANT]")
@click.pass_context
def command(ctx: click.Context, file: str) -> None:
    """Show FILE as its learners see it, and read it again at every save.

    Errors stand under the last good version. F9 fills the right answers in, F10 walks through the messages of the
    mistakes. Nothing that is answered here is kept.
    """
    if Path(file).is_dir():
        raise TutorError(f"{file} is a folder.", hint="Name one lesson's file.")
    if not Path(split_variant(file)[0]).is_file():
        raise TutorError(f"There is no file {file}.", hint=f"`tutor new {shlex.quote(file)}` begins one.")
    if not has_screen():
        raise TutorError(
            "The preview needs a terminal, set to UTF-8, to draw on.",
            hint=f"`tutor check {shlex.quote(file)}` does without.",
        )
    from tutor.ui import run_preview

    ctx.exit(run_preview(file))
