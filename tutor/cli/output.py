"""Write the output of commands, cleaned, because titles, answers and file names may contain escape sequences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tutor.cleaning import clean, whole
from tutor.errors import TutorError


def say(text: str = "", *, err: bool = False, end: str = "\n", **style: Any) -> None:
    """Print a text, cleaned of everything that could steer the terminal, in click's ``style`` (``bold``, ``fg``)."""
    shown = clean(text)
    click.echo((click.style(shown, **style) if style else shown) + end, nl=False, err=err)


def say_json(data: object) -> None:
    """Print data as JSON."""
    from tutor.cleaning import as_json

    click.echo(as_json(data))


def write(path: Path, text: str) -> None:
    """Write a text to a file.

    Raises:
        TutorError: The file cannot be written.
    """
    try:
        path.write_text(whole(text), encoding="utf-8")
    except OSError as error:
        raise TutorError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None
