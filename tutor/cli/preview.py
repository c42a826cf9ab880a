"""``tutor preview``: a lesson as its learners see it, while it is written."""

from __future__ import annotations

from pathlib import Path

import click

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
    if not Path(split_variant(file)[0]).is_file():
        raise TutorError(f"There is no file {file}.", hint=f"`tutor new {file}` begins one.")
    from tutor.ui import run_preview

    ctx.exit(run_preview(file))
