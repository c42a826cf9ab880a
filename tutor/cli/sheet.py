"""``tutor sheet``: a lesson's exercises to print."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.output import say, write
from tutor.errors import TutorError

_BY_SUFFIX = {".html": "html", ".htm": "html", ".md": "markdown", ".txt": "text"}


@click.command()
@click.argument("file")
@click.option("--worked", is_flag=True, help="With every answer worked out, instead of blank.")
@click.option("--exercises", is_flag=True, help="Only what is given and asked, without the texts between.")
@click.option("--of", "of", metavar="NAME", help="One of several networks or worksheets.")
@click.option(
    "--format", "kind", type=click.Choice(["text", "markdown", "html"]), help="Default: as --output ends, else text."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file.")
def command(file: str, worked: bool, exercises: bool, of: str | None, kind: str | None, output: Path | None) -> int:
    """FILE's exercises as a sheet: blank with room to work, or worked. FILE#17 has those numbers."""
    from tutor.authoring.opening import open_file
    from tutor.authoring.render import as_markdown, as_text
    from tutor.authoring.sheet import make_sheet
    from tutor.authoring.sheet_html import as_html

    kind = kind or _kind_of(output)
    lesson = open_file(file)
    if output is not None and output.resolve() == lesson.path.resolve():
        raise TutorError(f"{output} is the lesson itself.", hint="Give the sheet another name.")
    sheet = make_sheet(lesson, worked=worked, of=of, with_texts=not exercises)
    text = {"text": as_text, "markdown": as_markdown, "html": as_html}[kind](sheet)
    if output is None:
        say(text, end="")
    else:
        write(output, text)
        say(f"Written to {output}.", err=True)
    return 0


def _kind_of(output: Path | None) -> str:
    """Return how a file is written, by its name's end."""
    if output is None or not output.suffix:
        return "text"
    kind = _BY_SUFFIX.get(output.suffix.lower())
    if kind is None:
        raise TutorError(
            f"A sheet is no {output.suffix} file.", hint=f"It is {', '.join(_BY_SUFFIX)}; or say it with --format."
        )
    return kind
