"""``tutor new``: begin a lesson with one that already works."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from tutor.cleaning import one_line
from tutor.cli.output import make, say, write
from tutor.formulas.wording import meant


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--title", help="The lesson's title.")
@click.option("--worksheet", is_flag=True, help="Use formulas of any kind in place of a network.")
@click.option("--inputs", type=click.IntRange(min=1), help="Number of inputs.")
@click.option("--hidden", type=click.IntRange(min=1), help="Number of hidden units.")
@click.option("--outputs", type=click.IntRange(min=1), help="Number of outputs.")
@click.option("--activation", help="Activation of the hidden layer: sigmoid, tanh, relu …")
@click.option("--from", "source", type=click.Path(path_type=Path), help="A page (.md) or notebook (.ipynb) to convert.")
@click.option("--yes", is_flag=True, help="Accept the defaults.")
def command(
    file: Path,
    title: str | None,
    worksheet: bool,
    inputs: int | None,
    hidden: int | None,
    outputs: int | None,
    activation: str | None,
    source: Path | None,
    yes: bool,
) -> int:
    """Begin a lesson in FILE. In a terminal it asks a few questions first."""
    from tutor.authoring.starter import HIDDEN_ACTIVATIONS, Wish, starter_lesson
    from tutor.errors import TutorError
    from tutor.lessons.lesson_files import lesson_id

    if file.suffix.lower() not in (".yaml", ".yml"):
        file = file.with_name(file.name + ".yaml")
    if file.exists():
        raise TutorError(f"{file} exists already.", hint="Choose another name; existing files are not overwritten.")
    if source is not None:
        return _convert(file, source, title)
    asks = sys.stdin.isatty() and not yes
    usual = Wish()
    name = lesson_id(file)[1]
    title = title or _ask(
        "Title", one_line(file.stem.lstrip("0123456789-_ ").replace("-", " ")).capitalize() or usual.title, asks
    )
    if not worksheet and asks and inputs is None and hidden is None:
        worksheet = choice("About a network, or formulas of any kind", ("network", "formulas"), "network") == "formulas"
    wish = (
        Wish(title=title, id=name, kind="worksheet")
        if worksheet
        else Wish(
            title=title,
            id=name,
            inputs=inputs or _number("Inputs", usual.inputs, asks),
            hidden=hidden or _number("Hidden units", usual.hidden, asks),
            outputs=outputs or _number("Outputs", usual.outputs, asks),
            activation=activation
            or (choice("Activation", HIDDEN_ACTIVATIONS, usual.activation) if asks else usual.activation),
        )
    )
    text = starter_lesson(wish)
    _write(file, text)
    say(f"{file} is a lesson that works; lesson.schema.json is for your editor. Now change it:")
    quoted = shlex.quote(str(file))
    say(f"  tutor preview {quoted}\n  tutor check {quoted}")
    return 0


def _convert(file: Path, source: Path, title: str | None) -> int:
    """Write a lesson from a page or a notebook; return 1 and list the problems if its author still has to change it."""
    from tutor.authoring.importing import lesson_from
    from tutor.lessons import LessonProblems, load
    from tutor.lessons.lesson_files import lesson_id

    name = lesson_id(file)[1]
    text = lesson_from(source, title=title or one_line(name.replace("-", " ")).capitalize(), lesson_id=name)
    _write(file, text)
    say(f"{file} has what could be converted from {source}; comments say what could not.")
    try:
        load(file)
    except LessonProblems as error:
        say(str(error))
        return 1
    return 0


def _write(file: Path, text: str) -> None:
    """Write the lesson, and the schema that its first line names, for editors, unless the folder has one."""
    from tutor.lessons.schema import FILE_NAME, write_schema

    make(file.parent)
    write(file, text)
    if not (file.parent / FILE_NAME).exists():
        write_schema(file.parent)


def _ask(question: str, usual: str, asks: bool) -> str:
    return str(click.prompt(question, default=usual)) if asks else usual


def choice(question: str, words: tuple[str, ...], usual: str) -> str:
    """Ask for one of some words, of which the first letters are enough, and return it."""

    def read(typed: str) -> str:
        found = meant(typed.strip().lower(), words)
        if len(found) != 1:
            raise click.BadParameter(f"it is one of {', '.join(words)}.")
        return found[0]

    return str(click.prompt(f"{question} ({', '.join(words)})", default=usual, value_proc=read))


def _number(question: str, usual: int, asks: bool) -> int:
    return int(click.prompt(question, default=usual, type=click.IntRange(1, 6))) if asks else usual
