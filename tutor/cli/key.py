"""``tutor key``: the answer key of a lesson."""

from __future__ import annotations

import click

from tutor.cli.output import say, say_json


@click.command()
@click.argument("file")
@click.option("--mistakes", is_flag=True, help="Each typical mistake with the number it gives.")
@click.option("--of", "of", metavar="NAME", help="One of several networks or worksheets.")
@click.option("--json", "as_json", is_flag=True, help="The key as JSON.")
def command(file: str, mistakes: bool, of: str | None, as_json: bool) -> int:
    """The answer key of FILE (a lesson, network or worksheet; FILE#17 with those numbers)."""
    from tutor.authoring.key import answer_key, key_as_json, key_as_text
    from tutor.authoring.opening import open_file
    from tutor.errors import TutorError

    lesson = open_file(file)
    if of is not None and of not in lesson.parts:
        raise TutorError(
            f"There is no network or worksheet {of!r} in {file}.", hint=f"It has {', '.join(lesson.parts)}."
        )
    entries = answer_key(lesson, of=of, with_mistakes=mistakes)
    if as_json:
        say_json(key_as_json(lesson, entries))
    else:
        say(key_as_text(lesson, entries), end="")
    return 0
