"""``tutor report``: mark a class's hand-ins and sum them up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cleaning import one_line
from tutor.cli.output import say
from tutor.errors import TutorError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from click._termui_impl import ProgressBar

    from tutor.classroom.report import Report
    from tutor.classroom.roster import Person


@click.command(name="report")
@click.argument("handed_in", nargs=-1, required=True)
@click.option("--assignment", "assignment_file", required=True, type=click.Path(path_type=Path), help="The assignment.")
@click.option("--roster", type=click.Path(path_type=Path), help="A CSV file of who should hand in.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("report"), help="The report's folder.")
@click.option("--moodle", type=click.Path(path_type=Path), help="Moodle's offline grading worksheet, to fill in.")
@click.option("--canvas", type=click.Path(path_type=Path), help="Canvas's gradebook, to fill in.")
@click.option("--column", default="", help="The column of Canvas's gradebook (default: the assignment's title).")
@click.option("--columns", default="", help="Columns of the worksheet from 1, such as grade=5,feedback=9.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes (default: as many as there are cores).")
@click.option("--cluster", default="", metavar="ADDRESS", help="The scheduler of a Dask cluster.")
@click.option("--fresh", is_flag=True, help="Mark everything again, whatever was marked before.")
def command(
    handed_in: tuple[str, ...],
    assignment_file: Path,
    roster: Path | None,
    output: Path,
    moodle: Path | None,
    canvas: Path | None,
    column: str,
    columns: str,
    workers: int | None,
    cluster: str,
    fresh: bool,
) -> None:
    """Mark HANDED_IN (files, folders, ZIP archives, downloads, progress stores, postgresql://…) and write a report.

    The report is a folder with index.html and CSV files. A gradebook is written beside it under its own name; the file
    you give stays as it is.
    """
    from tutor.classroom.assignment import load_assignment
    from tutor.classroom.bulk import default_kept, mark_all
    from tutor.classroom.collect import collect
    from tutor.classroom.report import make_report, received
    from tutor.classroom.report_html import write_report
    from tutor.classroom.roster import read_roster

    assignment = load_assignment(assignment_file)
    people = read_roster(roster) if roster is not None else ()
    what = received(collect(handed_in, assignment))
    kept = default_kept(assignment)
    if fresh:
        kept.unlink(missing_ok=True)
    marks, failed = [], []
    executor = _cluster(cluster) if cluster else None
    progress: ProgressBar[int] = click.progressbar(length=len(what.hand_ins), label="Marking", file=sys.stderr)
    with progress as bar:
        for outcome in mark_all(what.hand_ins, assignment, kept=kept, workers=workers, executor=executor):
            if outcome.marked is not None:
                marks.append(replace(outcome.marked, person=what.people[outcome.place]))
            else:
                failed.append((what.learners[outcome.place], outcome.error))
            bar.update(1)
    report = make_report(assignment, marks, what, people, failed)
    for path in write_report(report, output):
        say(str(path))
    _gradebooks(report, people, output, moodle, canvas, column, _places(columns))
    for why in (*(each for _, each in what.damaged), *(f"{name}: {each}" for name, each in failed)):
        say(one_line(f"Left out: {why}"), err=True)


def _gradebooks(
    report: Report,
    people: Sequence[Person],
    output: Path,
    moodle: Path | None,
    canvas: Path | None,
    column: str,
    columns: dict[str, int],
) -> None:
    from tutor.classroom.gradebooks import fill_canvas, fill_moodle

    filled = []
    if moodle is not None:
        filled.append((moodle, fill_moodle(moodle, report.marks, columns, people=people)))
    if canvas is not None:
        title = column or report.assignment.title
        filled.append((canvas, fill_canvas(canvas, report.marks, title, people=people)))
    for path, result in filled:
        target = output / path.name
        target.write_bytes(result.content)
        say(f"{target}: {len(result.written)} grades")
        if result.missing:
            say(one_line(f"Not found in {path.name}: {', '.join(result.missing)}"), err=True)


def _places(text: str) -> dict[str, int]:
    """``grade=5,feedback=9`` as places from 0."""
    known = ("name", "email", "grade", "maximum", "feedback")
    found = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, number = part.partition("=")
        if name not in known or not number.isdecimal() or int(number) < 1:
            raise TutorError(
                f"--columns cannot be {part!r}.", hint=f"Write NAME=NUMBER with one of {', '.join(known)}."
            )
        found[name] = int(number) - 1
    return found


def _cluster(address: str) -> Executor:
    try:
        from distributed import Client
    except ImportError:
        raise TutorError(
            "Dask is not installed here.", hint="Install it: python -m pip install 'neural-tutor[cluster]'"
        ) from None
    executor: Executor = Client(address).get_executor()
    return executor
