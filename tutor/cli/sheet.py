"""``tutor sheet``: a lesson's exercises to print."""

from __future__ import annotations

from pathlib import Path

import click

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
    from tutor.check.opening import open_file
    from tutor.check.page import as_html
    from tutor.check.render import as_markdown, as_text
    from tutor.check.sheet import make_sheet

    kind = kind or (_BY_SUFFIX.get(output.suffix.lower(), "text") if output else "text")
    sheet = make_sheet(open_file(file), worked=worked, of=of, with_texts=not exercises)
    text = {"text": as_text, "markdown": as_markdown, "html": as_html}[kind](sheet)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"Written to {output}.", err=True)
    return 0
