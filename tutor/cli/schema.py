"""``tutor schema``: write the JSON Schema of the lesson format."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.output import say, write
from tutor.errors import TutorError


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
def command(output: Path | None) -> None:
    """Write the JSON Schema of the lesson format, for editors that complete and check keys while you type.

    Name it in the first line of a lesson: # yaml-language-server: $schema=lesson.schema.json
    """
    from tutor.lessons.schema import schema_text

    if output is None:
        say(schema_text(), end="")
    elif output.suffix.lower() in (".yaml", ".yml"):
        raise TutorError(f"{output} would be a lesson.", hint="Call it lesson.schema.json.")
    else:
        write(output, schema_text())
        say(f"Written to {output}.", err=True)
