"""``tutor schema``: the JSON Schema of the lesson format."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
def command(output: Path | None) -> int:
    """The JSON Schema of the lesson format, for editors that complete and check as one types.

    Name it in a lesson's first line: # yaml-language-server: $schema=lesson.schema.json
    """
    from tutor.lessons.schema import schema_text

    if output is None:
        click.echo(schema_text(), nl=False)
    else:
        output.write_text(schema_text(), encoding="utf-8")
        click.echo(f"Written to {output}.", err=True)
    return 0
