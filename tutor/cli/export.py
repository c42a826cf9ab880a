"""``tutor export``: write a lesson's questions for a learning management system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli.output import say, write
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.lessons import Lesson


@click.command()
@click.argument("lesson")
@click.option("--moodle", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The XML file to write.")
@click.option("--variants", type=click.IntRange(1, 1000), help="The number of variants of each question.")
def command(lesson: str, moodle: Path, variants: int | None) -> None:
    """Write LESSON's numbers as questions for Moodle, each typical mistake with its sentence as feedback."""
    from tutor.authoring.moodle import quiz
    from tutor.authoring.opening import open_file
    from tutor.practice import Variants

    opened = open_file(lesson)
    if not opened.asked():
        raise TutorError(
            f"{opened.title} asks for no numbers.", hint="Only the quantities of `ask` blocks are exported."
        )

    def each() -> Iterator[Lesson]:
        if variants is None:
            yield opened
            return
        made = Variants(opened)
        yield from (made.lesson(str(number)) for number in range(1, variants + 1))

    write(moodle, quiz(each()))
    say(f"Written to {moodle}.")
