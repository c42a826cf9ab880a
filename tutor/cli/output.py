"""Write the output of commands, cleaned, because titles, answers and file names may contain escape sequences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tutor.cleaning import clean, whole
from tutor.errors import file_errors


def say(text: str = "", *, err: bool = False, end: str = "\n", **style: Any) -> None:
    """Print a text, cleaned of everything that could steer the terminal, in click's ``style`` (``bold``, ``fg``)."""
    shown = clean(text)
    click.echo((click.style(shown, **style) if style else shown) + end, nl=False, err=err)


def say_json(data: object) -> None:
    """Print data as JSON."""
    from tutor.cleaning import as_json

    click.echo(as_json(data))


def write(path: Path, content: str | bytes) -> None:
    """Write a file.

    Raises:
        TutorError: The file cannot be written.
    """
    with file_errors(path):
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(whole(content), encoding="utf-8")


def make(folder: Path, *, hint: str = "") -> None:
    """Make a folder and its missing parents, if it does not exist.

    Raises:
        TutorError: The folder cannot be made.
    """
    with file_errors(f"The folder {folder}", "made", hint=hint):
        folder.mkdir(parents=True, exist_ok=True)
