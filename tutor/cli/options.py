"""The options that several commands share, and what they choose: a part of a file, the screens or plain lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tutor.cleaning import shows_mathematics, takes_unicode
from tutor.cli.output import say
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.lessons import Lesson
    from tutor.lessons.blocks import Model

Function = TypeVar("Function", bound=Callable[..., Any])

PLAIN = "Use plain lines in place of a screen."


def json(what: str) -> Callable[[Function], Function]:
    """Declare ``--json``, which is passed as ``as_json``. ``what`` is what it prints."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON.")


def learner(what: str = "progress it is") -> Callable[[Function], Function]:
    """Declare ``--learner``, which sets whose progress the command reads and writes (``TUTOR_LEARNER``)."""

    def choose(_context: click.Context, _option: click.Parameter, name: str | None) -> None:
        if name is not None:
            os.environ["TUTOR_LEARNER"] = name

    return click.option(
        "--learner",
        metavar="NAME",
        expose_value=False,
        callback=choose,
        help=f"Whose {what}, where several people share a computer.",
    )


# -- screens or plain lines -----------------------------------------------------------------------------------------


def lines(when: str = PLAIN) -> Callable[[Function], Function]:
    """Declare ``--plain`` (described by ``when``) and ``--ascii``, which are passed as ``plain`` and ``ascii_only``."""

    def declare(command: Function) -> Function:
        ascii_only = click.option("--ascii", "ascii_only", is_flag=True, help="With --plain: use ASCII only.")
        return click.option("--plain", is_flag=True, help=when)(ascii_only(command))

    return declare


def has_screen() -> bool:
    """Return whether screens can be shown: on a terminal that shows mathematics, or in a browser
    (``TEXTUAL_DRIVER``)."""
    return bool(os.environ.get("TEXTUAL_DRIVER")) or (is_terminal() and shows_mathematics(sys.stdout))


def is_terminal() -> bool:
    """Return whether a terminal that understands control sequences is in front of the learner."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def start(
    lesson: str | None = None, *, plain: bool, ascii_only: bool, practise: str | bool = False, own: str | None = None
) -> int:
    """Run the tutor on screens, or on plain lines if that is chosen or there is no screen; return the exit status."""
    if plain or ascii_only or not has_screen():
        if not (plain or ascii_only) and is_terminal():
            say(_lack(), err=True)
            say("Here is tutor --plain --ascii instead.", err=True)
        from tutor.plain import run_plain

        return run_plain(lesson, practise=practise, own=own, ascii_only=ascii_only)
    from tutor.ui import run

    return run(lesson, practise=practise, own=own)


def _lack() -> str:
    """Return what the screens need that this terminal does not have."""
    if not takes_unicode(sys.stdout):
        return f"The screens need UTF-8 (LANG=C.UTF-8, say), and this terminal is set to {sys.stdout.encoding}."
    term = os.environ.get("TERM", "")
    return f"The screens need mathematical signs that this terminal (TERM={term}) lacks; a terminal window has them."


# -- the networks and worksheets of a file --------------------------------------------------------------------------


of = click.option("--of", metavar="NAME", help="One of several networks or worksheets.")


def chosen(lesson: Lesson, of: str | None) -> Mapping[str, Model]:
    """Return the part that ``--of`` names, or all parts.

    Raises:
        TutorError: There is no such part, or none at all.
    """
    if not lesson.parts:
        raise TutorError(f"{lesson.path.name} has no network and no worksheet.", hint="Add one under 'networks:'.")
    if of is None:
        return lesson.parts
    must_have_part(lesson, of)
    return {of: lesson.parts[of]}


def must_have_part(lesson: Lesson, name: str) -> None:
    """Check that a lesson has a network or worksheet of this name.

    Raises:
        TutorError: It has none.
    """
    if name not in lesson.parts:
        raise TutorError(
            f"There is no network or worksheet {name!r} in {lesson.path.name}.",
            hint=f"It has {', '.join(lesson.parts) or 'none'}.",
        )


def only(lesson: Lesson, of: str | None) -> Model:
    """Return the part that ``--of`` names, or the only one.

    Raises:
        TutorError: There is no such part, or there are several and none is named.
    """
    parts = chosen(lesson, of)
    if len(parts) > 1:
        raise TutorError(
            f"{lesson.path.name} has several networks and worksheets: {', '.join(parts)}.",
            hint=f"Name one: --of {next(iter(parts))}.",
        )
    return next(iter(parts.values()))
