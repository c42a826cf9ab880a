"""``tutor report``: mark a class's hand-ins and write a report."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cleaning import one_line
from tutor.cli.output import make, say, write
from tutor.errors import TutorError
from tutor.formulas.wording import counted

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from click._termui_impl import ProgressBar

    from tutor.classroom.gradebooks import Filled
    from tutor.classroom.marking import MarkedHandIn
    from tutor.classroom.roster import Person

_SECONDS_TO_CONNECT = 10
_LISTED = 5


@click.command(name="report")
@click.argument("handed_in", nargs=-1, required=True)
@click.option("--assignment", "assignment_file", required=True, type=click.Path(path_type=Path), help="The assignment.")
@click.option("--roster", type=click.Path(path_type=Path), help="A CSV file of the people who should hand in.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("report"), help="The report's folder.")
@click.option("--moodle", type=click.Path(path_type=Path), help="Moodle's offline grading worksheet, to fill in.")
@click.option("--canvas", type=click.Path(path_type=Path), help="Canvas's gradebook, to fill in.")
@click.option("--column", default="", help="The column of Canvas's gradebook (default: the assignment's title).")
@click.option("--columns", default="", help="Columns of the worksheet from 1, such as grade=5,feedback=9.")
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes (default: one per core).")
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

    The report is a folder with index.html and CSV files. A filled-in copy of a gradebook is written into it under the
    same name; the file that you give stays as it is.
    """
    from tutor.classroom.assignment import load_assignment
    from tutor.classroom.bulk import default_kept, mark_all
    from tutor.classroom.collect import collect
    from tutor.classroom.report import make_report, received
    from tutor.classroom.report_html import write_report
    from tutor.classroom.roster import read_roster

    assignment = load_assignment(assignment_file)
    people = read_roster(roster) if roster is not None else ()
    gradebooks = _Gradebooks(moodle, canvas, column or assignment.title, _places(columns), people)
    gradebooks.filled(())  # so that an unusable one is reported before the marking
    make(output, hint="Name a folder for the report: -o report")
    what = received(collect(handed_in, assignment))
    kept = default_kept(assignment)
    if fresh:
        kept.unlink(missing_ok=True)
    marks, failed = [], []
    said: list[str] = []
    progress: ProgressBar[int] = click.progressbar(length=len(what.hand_ins), label="Marking", file=sys.stderr)
    with _cluster(cluster) as executor, progress as bar:
        marking = mark_all(what.hand_ins, assignment, kept=kept, workers=workers, executor=executor, tell=said.append)
        for outcome in marking:
            if outcome.marked is not None:
                marks.append(replace(outcome.marked, person=what.people[outcome.place]))
            else:
                failed.append((what.learners[outcome.place], outcome.error))
            bar.update(1)
    for sentence in said:
        say(sentence, err=True)
    report = make_report(assignment, marks, what, people, failed)
    for path in write_report(report, output):
        say(str(path))
    gradebooks.write(report.marks, output)
    for _, why in what.damaged:
        say(one_line(f"Left out: {why}"), err=True)
    for why, names in _by_reason(failed).items():
        say(one_line(f"Left out: {_listed(names)}: {why}"), err=True)


def _by_reason(failed: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names of learners by the reason that prevented marking; a failed cluster is one reason for many."""
    found: dict[str, list[str]] = {}
    for name, why in failed:
        found.setdefault(why, []).append(name)
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


@dataclass(frozen=True, slots=True)
class _Gradebooks:
    """The gradebooks to fill in, with the columns and people by which learners are found in them."""

    moodle: Path | None
    canvas: Path | None
    column: str
    columns: dict[str, int]
    people: Sequence[Person]

    def filled(self, marks: Sequence[MarkedHandIn]) -> list[tuple[Path, Filled]]:
        """Return the path of each gradebook and its copy with these marks.

        Raises:
            RosterError: A gradebook cannot be used.
        """
        from tutor.classroom.gradebooks import fill_canvas, fill_moodle

        found = []
        if self.moodle is not None:
            found.append((self.moodle, fill_moodle(self.moodle, marks, self.columns, people=self.people)))
        if self.canvas is not None:
            found.append((self.canvas, fill_canvas(self.canvas, marks, self.column, people=self.people)))
        return found

    def write(self, marks: Sequence[MarkedHandIn], output: Path) -> None:
        """Write each copy into the report's folder, and say who was not found in it."""
        for path, result in self.filled(marks):
            target = output / path.name
            write(target, result.content)
            say(f"{target}: {counted(len(result.written), 'grade')}")
            if result.missing:
                say(one_line(f"Not found in {path.name}: {', '.join(result.missing)}"), err=True)


def _places(text: str) -> dict[str, int]:
    """Return column indices from 0 for a text such as ``grade=5,feedback=9``, which counts from 1.

    Raises:
        TutorError: The text cannot be read.
    """
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


@contextmanager
def _cluster(address: str) -> Iterator[Executor | None]:
    """Provide an executor for the cluster whose scheduler is at ``address``, or None if that is empty.

    Raises:
        TutorError: Dask is not installed, or nothing answers at the address.
    """
    if not address:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise TutorError(
            "Dask is not installed here.", hint="Install it: python -m pip install 'neural-tutor[cluster]'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the report says what matters
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise TutorError(
            f"There is no Dask cluster at {address} ({error}).",
            hint="Write its scheduler's address, such as tcp://192.168.1.5:8786.",
        ) from error
    with client:
        yield client.get_executor()
