"""``tutor grade FOLDER LESSON``: run many people's lab files and write the result of each check."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cleaning import one_line
from tutor.cli.output import say
from tutor.errors import TutorError, reason

if TYPE_CHECKING:
    from tutor.labs.grading import Graded, Journal
    from tutor.lessons import Lesson


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("lesson")
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Where the table goes [grades.csv].")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Where everything goes [grades.json].")
@click.option("--workers", type=click.IntRange(1, 64), help="How many programs run at a time [one per processor].")
@click.option("--own-numbers", is_flag=True, help="Give each person the variant LESSON#NAME.")
def command(
    folder: Path, lesson: str, csv_path: Path | None, json_path: Path | None, workers: int | None, own_numbers: bool
) -> int:
    """Run the labs in FOLDER/NAME/LAB-ID.py against LESSON (a file, an id or a number, with #17 for other numbers).

    Programs run in parallel, each in a sandbox, and only if this machine can isolate them. The results go to grades.csv
    and grades.json in FOLDER. The same command continues an interrupted run. Results that rest on what a program
    reports about itself are marked "with the program", because a cheat can fake them.

    Exit status: 0 if all passed, 1 if some did not, or only with the program.
    """
    from tutor.labs.grading import Journal, as_csv, as_json, labs_of, people
    from tutor.labs.work import save
    from tutor.paths import split_variant
    from tutor.session import load_lesson, with_variant

    name, variant = split_variant(lesson)
    written = load_lesson(name)
    labs = labs_of(written)
    if not labs:
        raise TutorError(f"{written.title} has no lab.", hint="Only programs are graded here.")
    shared = with_variant(written, variant)

    def lesson_of(person: str) -> Lesson:
        return with_variant(written, person) if own_numbers else shared

    names = people(folder)
    if not names:
        files = ", ".join(f"NAME/{lab.id}.py" for lab in labs)
        raise TutorError(f"Nobody has handed anything in to {folder}.", hint=f"It should hold {files} for each NAME.")
    table, everything = csv_path or folder / "grades.csv", json_path or folder / "grades.json"
    unfinished = table.with_name(f"{table.name}.partial")
    _must_be_writable(table, everything, unfinished)
    journal = Journal(unfinished)
    count = len(names) * len(labs)
    results = _run(folder, lesson_of, count, workers, journal)
    save(table, as_csv(results))
    save(everything, as_json(results))
    for graded in results:
        sign = {"yes": "✓", "with the program": "?"}.get(graded.verdict, "✗")
        say(f"{sign} {one_line(graded.person)}  {graded.lab}  {one_line(graded.told)}")
    say(f"{sum(graded.passed for graded in results)} of {count} passed. Written: {table}, {everything}")
    if believed := sum(graded.verdict == "with the program" for graded in results):
        say(f"{believed} more (?) passed according to what the programs report themselves: look at these programs.")
    if failed := sum(graded.is_ours for graded in results):
        say(f"{failed} could not be graded. The same command tries these again and keeps the others.")
    else:
        journal.remove()
    return 0 if all(graded.passed for graded in results) else 1


def _run(
    folder: Path, lesson_of: Callable[[str], Lesson], count: int, workers: int | None, journal: Journal
) -> Sequence[Graded]:
    """Run all programs behind a progress bar.

    Raises:
        TutorError: The unfinished results cannot be written.
    """
    import asyncio

    from tutor.labs.grading import grade

    with click.progressbar(length=count, label="Running", item_show_func=_person) as bar:

        def show(graded: Graded) -> None:
            bar.update(1, current_item=graded)

        try:
            return asyncio.run(grade(folder, lesson_of, workers=workers, on_done=show, journal=journal))
        except KeyboardInterrupt:
            say("\nThe same command continues from here.")
            raise
        except ExceptionGroup as group:
            if not isinstance(why := group.exceptions[0], OSError):
                raise
            said = f"{journal.path} cannot be written: {reason(why)}."
            raise TutorError(said, hint="The same command continues from here.") from group


def _must_be_writable(*files: Path) -> None:
    """Check before anything runs that the grades can be written.

    Raises:
        TutorError: They cannot, for instance because a folder has the name of the file.
    """
    for file in files:
        if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
            raise TutorError(f"{file} cannot be written.", hint="Say where the grades go: --csv FILE --json FILE.")


def _person(graded: Graded | None) -> str:
    return one_line(f"{graded.person} {graded.lab}") if graded else ""
