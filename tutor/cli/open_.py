"""``tutor``, ``tutor FILE.yaml``, ``tutor --plain``: open the application, or the plain mode, at a lesson."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from tutor.cleaning import one_line
from tutor.cli import options
from tutor.cli.output import say
from tutor.formulas.wording import counted
from tutor.paths import split_variant


@click.command(name="tutor", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@click.argument("lesson", required=False)
@options.lines(f"{options.PLAIN.rstrip('.')}, for screen readers, pipes and scripts (default without a terminal).")
@options.learner()
@click.pass_context
def command(ctx: click.Context, lesson: str | None, plain: bool, ascii_only: bool) -> int:
    """Open the lessons, or LESSON: a file, an id or a number, followed by #17 for other numbers; an assignment's file;
    or a pack of lessons (a folder or ZIP archive with pack.yaml)."""
    if lesson is not None:
        _no_option(ctx, lesson)
        lesson = without_pack(lesson)
    _reset_terminal()
    return options.start(lesson, plain=plain, ascii_only=ascii_only)


def without_pack(lesson: str) -> str | None:
    """Return the lesson to open; a pack is added to those on Home instead, and None is returned.

    Raises:
        TutorError: There is no such lesson; the error names the nearest command.
        PackError: The pack cannot be used.
    """
    from tutor.cli import no_such_lesson
    from tutor.lessons import Catalogue
    from tutor.lessons.packs import is_pack, open_pack

    place = Path(lesson).expanduser()
    if is_pack(place):
        pack = open_pack(place)
        say(f"{one_line(pack.title)}: {counted(len(pack.lessons), 'lesson')}, now in the list of lessons.", err=True)
        return None
    name, _ = split_variant(lesson)
    if not os.path.isfile(os.path.expanduser(name)) and not Catalogue().has(name):
        raise no_such_lesson(name)
    return lesson


def _reset_terminal() -> None:
    """Undo what a killed tutor may have left on in this terminal: reports of the mouse and the focus, other codes for
    keys, a hidden cursor. A terminal without these ignores it."""
    if os.name == "posix" and options.is_terminal():
        modes = "".join(f"\x1b[?{mode}l" for mode in (1000, 1002, 1003, 1006, 1015, 1004, 2048))
        sys.stdout.write(f"{modes}\x1b[<u\x1b[?25h")
        sys.stdout.flush()


def _no_option(ctx: click.Context, lesson: str) -> None:
    """Refuse a misspelt option, or a word with arguments, which must be a misspelt command.

    Raises:
        NoSuchOption: It is an option.
        TutorError: It is followed by arguments.
    """
    from tutor.cli import no_such_lesson

    if lesson.startswith("-"):
        raise click.NoSuchOption(
            lesson, possibilities=[one for each in ctx.command.params for one in each.opts], ctx=ctx
        )
    if ctx.args:
        raise no_such_lesson(lesson)
