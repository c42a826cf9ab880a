"""``tutor key``: show the answer key of a lesson."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli import options
from tutor.cli.output import say, say_json

if TYPE_CHECKING:
    from tutor.lessons import Lesson

#: A sheet's code as earlier versions printed it.
_FORMER = re.compile(r"\d{6}")


@click.command()
@click.argument("file")
@click.option("--mistakes", is_flag=True, help="Include each typical mistake with the number it gives.")
@options.of
@options.json("the key")
def command(file: str, mistakes: bool, of: str | None, as_json: bool) -> None:
    """Show the answer key of FILE (a lesson, network or worksheet; FILE#17 for a variant).

    In place of FILE, you can give the code of a sheet that `tutor sheet --for` wrote, such as BQX-7M2R-K4. Its lesson
    is looked for in this folder, in the course, in the folders of TUTOR_LESSONS and in the packs that Home shows; for
    a lesson elsewhere, write FILE#CODE.
    """
    from tutor.authoring.key import answer_key, key_as_json, key_as_text

    lesson = _opened(file)
    if of is not None:
        options.must_have_part(lesson, of)
    entries = answer_key(lesson, of=of, with_mistakes=mistakes)
    if as_json:
        say_json(key_as_json(lesson, entries))
    else:
        say(key_as_text(lesson, entries), end="")


def _opened(file: str) -> Lesson:
    """Return a lesson from a file, an id or a sheet's code, which is checked first."""
    from tutor.authoring.opening import open_file
    from tutor.classroom.codes import CodeError, is_code, lesson_of, with_numbers_of
    from tutor.paths import split_variant

    name, variant = split_variant(file)
    if is_code(variant):
        return with_numbers_of(variant, open_file(name))
    if not Path(file).exists():
        if is_code(file):
            return lesson_of(file, Path.cwd())
        if _FORMER.fullmatch(file):
            raise CodeError("A code of six digits does not say its lesson.", hint=f"tutor key FILE#{file}")
    return open_file(file)
