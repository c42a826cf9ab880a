"""``tutor preview``: show a lesson as learners see it while it is being written."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from tutor.cli.options import has_screen
from tutor.errors import TutorError
from tutor.paths import split_variant


@click.command(name="preview")
@click.argument("file", metavar="FILE[#VARIANT]")
def command(file: str) -> int:
    """Show FILE as learners see it, and reload it at every save.

    Errors are shown below the last good version. F9 fills in the right answers, F10 steps through the messages about
    mistakes. Answers are not saved.
    """
    if Path(file).is_dir():
        raise TutorError(f"{file} is a folder.", hint="Name one lesson's file.")
    if not Path(split_variant(file)[0]).is_file():
        raise TutorError(f"There is no file {file}.", hint=f"`tutor new {shlex.quote(file)}` begins one.")
    if not has_screen():
        raise TutorError(
            "The preview needs a terminal with UTF-8 and mathematical signs.",
            hint=f"`tutor check {shlex.quote(file)}` works without one.",
        )
    from tutor.ui import run_preview

    return run_preview(file)
