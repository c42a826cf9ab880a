"""``tutor sheet``: write a lesson's exercises as a sheet to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli import options
from tutor.cli.output import make, say, write
from tutor.errors import TutorError
from tutor.formulas.wording import counted

if TYPE_CHECKING:
    from tutor.authoring.sheet import Sheet

#: The suffixes of each format's files; the first one is used for the sheets of a class.
_SUFFIXES = {"text": (".txt",), "markdown": (".md",), "html": (".html", ".htm")}


@click.command()
@click.argument("file")
@click.option("--worked", is_flag=True, help="Work out every answer, in place of blanks.")
@click.option("--exercises", is_flag=True, help="Leave the texts out: only what is given and asked.")
@options.of
@click.option(
    "--format", "kind", type=click.Choice(list(_SUFFIXES)), help="Default: by the suffix of --output, else text."
)
@click.option(
    "--for",
    "students",
    type=click.Path(path_type=Path),
    help="A class list: write a sheet with different numbers for each person.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it to a file; with --for, to a folder.")
def command(
    file: str,
    worked: bool,
    exercises: bool,
    of: str | None,
    kind: str | None,
    students: Path | None,
    output: Path | None,
) -> None:
    """Write FILE's exercises as a sheet, blank with room to work, or worked. FILE#17 uses the numbers of a variant.

    With --for, write one sheet for each person on a class list, with their own numbers and code, and its key in a
    separate file. `tutor key CODE` shows the key of a sheet again.
    """
    if students is not None:
        _for_each(file, students, output or Path("sheets"), of, kind or "html", exercises)
        return
    from tutor.authoring.opening import open_file
    from tutor.authoring.sheet import make_sheet

    kind = kind or _kind_of(output)
    lesson = open_file(file)
    if output is not None and output.resolve() == lesson.path.resolve():
        raise TutorError(f"{output} is the lesson itself.", hint="Give the sheet another name.")
    sheet = make_sheet(lesson, worked=worked, of=of, with_texts=not exercises)
    text = _written(sheet, kind)
    if output is None:
        say(text, end="")
    else:
        write(output, text)
        say(f"Written to {output}.", err=True)


def _written(sheet: Sheet, kind: str) -> str:
    """Return the text of a sheet in one of the formats."""
    from tutor.authoring.render import as_markdown, as_text
    from tutor.authoring.sheet_html import as_html

    return {"text": as_text, "markdown": as_markdown, "html": as_html}[kind](sheet)


def _for_each(file: str, students: Path, folder: Path, of: str | None, kind: str, exercises: bool) -> None:
    """Write a sheet and its key for each person. The code on a sheet identifies its variant."""
    from tutor.authoring.key import answer_key, key_as_text
    from tutor.authoring.opening import open_file
    from tutor.authoring.sheet import make_sheet
    from tutor.classroom.assignment import variant_of
    from tutor.classroom.codes import code_of, sheet_of
    from tutor.classroom.roster import read_roster
    from tutor.practice import Variants

    lesson = open_file(file)
    variants, people = Variants(lesson), read_roster(students)
    for part in ("sheets", "keys"):
        make(folder / part)
    for person in people:
        made = sheet_of(code_of(person.learner, lesson), variants)
        name = variant_of(person.learner).lstrip(".") or "learner"
        sheet = make_sheet(made, of=of, with_texts=not exercises, name=person.name or person.learner)
        write(folder / "sheets" / f"{name}{_SUFFIXES[kind][0]}", _written(sheet, kind))
        write(folder / "keys" / f"{name}.txt", f"{person.learner}\n{key_as_text(made, answer_key(made, of=of))}")
    say(f"Written: {counted(len(people), 'sheet')} to {folder / 'sheets'}, their keys to {folder / 'keys'}.", err=True)


def _kind_of(output: Path | None) -> str:
    """Return the format for the suffix of a file's name.

    Raises:
        TutorError: No format has this suffix.
    """
    if output is None or not output.suffix:
        return "text"
    found = [kind for kind, suffixes in _SUFFIXES.items() if output.suffix.lower() in suffixes]
    if not found:
        known = ", ".join(suffix for suffixes in reversed(_SUFFIXES.values()) for suffix in suffixes)
        raise TutorError(f"A sheet cannot be a {output.suffix} file.", hint=f"Use {known}, or choose with --format.")
    return found[0]
