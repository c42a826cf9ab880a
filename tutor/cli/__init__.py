"""The command ``tutor``: it opens the application or a lesson, or runs one of the commands below.

Each command is a module of this package with an object ``command``, imported when it is called, so that ``--version``
and ``--help`` load nothing but click.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from tutor import __version__
from tutor.cli.output import say
from tutor.errors import TutorError

#: Every command with its line of help, so that listing them imports none.
COMMANDS = {
    "check": "Check lessons for errors and doubtful places.",
    "derive": "Show the derivation of a quantity as text.",
    "doctor": "Check what this terminal and this computer can do for the tutor.",
    "export": "Write a lesson's numbers as questions for Moodle.",
    "grade": "Run many people's lab files and write the result of each check.",
    "hand-in": "Write your answers to an assignment into one file.",
    "key": "Show the answer key of a lesson.",
    "mark": "Mark a file of answers.",
    "new": "Begin a lesson that already works.",
    "open": "Open the tutor, or a lesson in it.",
    "own": "Make a lesson of your own network: type or paste its numbers.",
    "play": "Turn the numbers of a network or worksheet and see what changes.",
    "practise": "Practise what is due, or one skill.",
    "preview": "Show a lesson as learners see it, and reload it at every save.",
    "report": "Mark a class's hand-ins and write a report.",
    "remap": "Show which key does what, or choose other keys.",
    "schema": "Write the JSON Schema of the lesson format.",
    "serve": "Serve the tutor to browsers.",
    "sheet": "Write a lesson's exercises as a sheet to print.",
    "skills": "Show what you can do, by operation, and what is due.",
    "solve": "Show every quantity of a network, in order.",
    "verify": "Compare NumPy, SymPy and PyTorch side by side.",
}


class Group(click.Group):
    """Finds commands by name and imports them when they are called; any other word is a lesson to open."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands except ``open``, which is the default."""
        return [name for name in COMMANDS if name != "open"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command from its module, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tutor.cli.{'open_' if cmd_name == 'open' else cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from ``COMMANDS``."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert ``open`` if no command is named."""
        if not args or args[0] not in (*COMMANDS, *ctx.help_option_names, "--version"):
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe becomes ``_PipeClosed``, because click would exit with status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _PipeClosed from None


class _PipeClosed(Exception):
    """The reader closed the pipe."""


def no_such_lesson(name: str) -> TutorError:
    """Return the error for a word that is neither a command nor a lesson, with the nearest command."""
    near = get_close_matches(name, list(COMMANDS), 1, 0.6)
    hint = (
        f"Did you mean: tutor {near[0]}?"
        if near
        else "`tutor --help` lists the commands; `tutor` alone opens the lessons."
    )
    return TutorError(f"{name!r} is not a command, a lesson or a file.", hint=hint)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tutor")
def group() -> None:
    """Work through neural networks by hand: type the numbers, have them marked, see why.

    Without a command: `tutor` opens the lessons, `tutor FILE.yaml` (or a lesson's id or number, with #17 for other
    numbers) opens that one, `tutor --plain` works on plain lines.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; an error is printed as title, message and hint, with exit status 2."""
    _open_closed()
    try:
        status: Any = group.main(args=None if args is None else list(args), prog_name="tutor", standalone_mode=False)
    except TutorError as error:
        say(error.title, err=True, bold=True)
        for text in filter(None, (error.message, error.hint)):
            say(text, err=True)
        sys.exit(2)
    except click.exceptions.Abort:
        say("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(file=shown)
        say(shown.getvalue(), err=True, end="")
        sys.exit(error.exit_code)
    except _PipeClosed:
        _discard_output()
        sys.exit(0)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _discard_output()
        say("There is no room left to write to.", err=True)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _open_closed() -> None:
    """Open the null device for each closed standard file, so that no other file takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - to the end


def _discard_output() -> None:
    """Discard what is still to be written, which Python would try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
