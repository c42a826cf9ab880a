"""``tutor mark``: mark a file of answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli import options
from tutor.cli.output import say, say_json

if TYPE_CHECKING:
    from tutor.lessons.yaml.document import Document
    from tutor.session.batch import AnswersError


@click.command(name="mark")
@click.argument("file", metavar="FILE[#VARIANT]")
@click.option(
    "--answers",
    required=True,
    type=click.Path(path_type=Path),
    help="A YAML or JSON file with a list of answers; - reads them from standard input.",
)
@click.option("--of", default="", metavar="NAME", help="The network or worksheet of answers that name none.")
@click.option("--decimals", type=click.IntRange(0, 15), help="The decimals asked for, unless something else says.")
@click.option("--independent", is_flag=True, help="Mark each answer alone; none follows from another.")
@click.option("--no-values", is_flag=True, help="Leave the right values out.")
@options.json("the marks")
def command(
    file: str, answers: Path, of: str, decimals: int | None, independent: bool, no_values: bool, as_json: bool
) -> int:
    """Mark ANSWERS for a lesson, or for a file with a network or worksheet.

    ANSWERS is a list of {quantity: Z1, answer: -0.7}, with `decimals` where they differ, `of` if the lesson has several
    networks, and `block: ID` in place of `quantity` for other questions.

    Exit status: 0 if all answers are correct, 1 if one is not, 2 if the input cannot be used.
    """
    from tutor.lessons import LessonProblems
    from tutor.lessons.yaml.document import document_in, read_document
    from tutor.practice import open_variant
    from tutor.session.batch import AnswersError, Batch, read_answers

    lesson = open_variant(file)
    try:
        if str(answers) == "-":
            document = document_in(sys.stdin.buffer, "<stdin>")
        elif answers.is_fifo():  # a shell's <(…)
            with answers.open("rb") as pipe:
                document = document_in(pipe, str(answers))
        else:
            document = read_document(answers)
    except LessonProblems as error:
        raise AnswersError(error.message) from None
    if document.problems:
        raise AnswersError(LessonProblems(document.problems).message)
    try:
        given = read_answers(document.written)
        batch = Batch(lesson, of=of, decimals=decimals, independent=independent)
        marks = batch.mark(given, values=not no_values)
    except AnswersError as error:
        raise _located(error, document) from None
    if as_json:
        say_json({"marks": marks})
    else:
        for mark in marks:
            _print(mark)
    return 0 if all(mark["verdict"] in ("correct", "kept") for mark in marks) else 1


def _located(error: AnswersError, document: Document) -> AnswersError:
    """Return the error with the answer's place in the file before it, and its line below."""
    if error.place is None:
        return error
    listed = () if isinstance(document.written, list) else ("answers",)
    problem = document.problem((*listed, error.place - 1), error.message)
    return type(error)(str(problem or error.message), hint=error.hint)


def _print(mark: dict[str, Any]) -> None:
    from tutor.session.model import Verdict

    name = mark.get("quantity") or mark.get("block")
    answer = mark["answer"] if isinstance(mark["answer"], str) else json.dumps(mark["answer"], ensure_ascii=False)
    shown = " ".join(answer.split())
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    said = f": {mark['message']}" if mark["message"] else ""
    say(f"{Verdict(mark['verdict']).sign} {name}  {shown}  {mark['verdict']}{said}")
    for cell in mark.get("cells", ()):
        if cell["verdict"] != "correct":
            detail = f": {cell['message']}" if cell["message"] and cell["message"] != mark["message"] else ""
            say(f"    {Verdict(cell['verdict']).sign} {cell['quantity']}  {cell['verdict']}{detail}")
