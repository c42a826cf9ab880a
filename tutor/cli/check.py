"""``tutor check``: check lessons for errors and doubtful places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli import options
from tutor.cli.output import say, say_json
from tutor.formulas.wording import counted

if TYPE_CHECKING:
    from tutor.authoring.lint import FileReport


@click.command()
@click.argument("places", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.json("the findings")
@click.option("--no-torch", is_flag=True, help="Leave PyTorch's numbers out.")
@click.option("--run", is_flag=True, help="Run cells and labs even where they cannot be isolated.")
@click.option("--no-run", is_flag=True, help="Run no cells and no labs.")
@click.option("--again", is_flag=True, help="Check unchanged files as well.")
@click.option(
    "--against", type=click.Path(path_type=Path), help="An earlier version of the lesson: say which progress is kept."
)
@click.option(
    "--variants", type=click.IntRange(1, 1000), help="Count in how many of this many variants something breaks."
)
def command(
    places: tuple[Path, ...],
    as_json: bool,
    no_torch: bool,
    run: bool,
    no_run: bool,
    again: bool,
    against: Path | None,
    variants: int | None,
) -> int:
    """Check lessons, networks, assignments and packs: files, archives of packs, or whole folders.

    Cells and labs run only if this machine can keep them from your files; if it cannot, a note says so, and --run runs
    them anyway.

    Exit status: 0 if there is nothing to do, 1 if something is wrong or doubtful, 2 if a PATH does not exist or has no
    lesson. Accept a warning with `allow: {its-name: why}` on the network, screen or block that it is about.
    """
    from tutor.authoring import Options, check_paths
    from tutor.authoring.lint import Report

    if against is not None or variants is not None:
        return _compare(places, against, variants)
    kinds = Options(with_torch=not no_torch, with_programs=not no_run, isolated_only=not run, use_cache=not again)
    no_lessons, others = _split_places(places)
    report = check_paths(others, kinds) if others or not no_lessons else Report([])
    report.files += no_lessons
    if as_json:
        say_json(report.to_json())
        return 0 if report.is_clean else 1
    for problem in report.problems:
        heading, _, excerpt = str(problem).partition("\n")
        say(heading, fg="yellow" if problem.name else "red")
        if excerpt:
            say(excerpt)
    for file in report.files:
        for note in file.notes:
            say(f"{file.path}: note: {note}")
    say(_summary(report.files))
    return 0 if report.is_clean else 1


def _split_places(places: tuple[Path, ...]) -> tuple[list[FileReport], list[Path]]:
    """Return reports about assignments and packs, named or in a folder, and the places that may contain lessons."""
    from tutor.classroom import is_assignment
    from tutor.lessons.lesson_files import leads_out
    from tutor.lessons.packs import FILE_NAME, folder_of, is_pack

    found: dict[Path, Callable[[Path], FileReport]] = {}
    others = []
    for place in places:
        if place.suffix.lower() == ".zip" and is_pack(place):
            place = folder_of(place)
        if place.is_dir():
            for path in sorted(place.rglob("*.y*ml")):
                if path.name == FILE_NAME and not leads_out(path, place):
                    found[path] = _pack
                elif not leads_out(path, place) and is_assignment(path):
                    found[path] = _assignment
            others.append(place)
        elif place.name == FILE_NAME:
            found[place] = _pack
        elif is_assignment(place):
            found[place] = _assignment
        else:
            others.append(place)
    return [report(path) for path, report in found.items()], others


def _assignment(path: Path) -> FileReport:
    from tutor.authoring.lint import FileReport
    from tutor.classroom.assignment import load_assignment
    from tutor.lessons import LessonProblems

    report = FileReport(path)
    try:
        load_assignment(path)
    except LessonProblems as error:
        report.problems = list(error.problems)
    return report


def _pack(path: Path) -> FileReport:
    from tutor.authoring.lint import FileReport
    from tutor.lessons.packs import PackError, read_pack
    from tutor.lessons.problems import Problem

    report = FileReport(path)
    try:
        read_pack(path.parent)
    except PackError as error:
        report.problems = [Problem(str(path), 1, 1, " ".join(filter(None, (error.message, error.hint))))]
    return report


def _compare(places: tuple[Path, ...], against: Path | None, variants: int | None) -> int:
    """Say what a change does to progress, or what other numbers break; return 1 if something is lost or broken."""
    from tutor.classroom.changes import broken_by_variants, changes, described, must_have
    from tutor.errors import TutorError
    from tutor.lessons import load

    if against is not None and len(places) != 1:
        raise TutorError("--against compares one lesson with its earlier version.", hint="Name one file.")
    is_worse = False
    for place in places:
        lesson = load(place)
        must_have(lesson)
        if against is not None:
            found = changes(load(against), lesson)
            is_worse = is_worse or bool(found.lost or found.other_id)
            for line in described(found):
                say(line)
        if variants is not None:
            broken = broken_by_variants(lesson, variants)
            is_worse = is_worse or bool(broken)
            for each in broken:
                share = f" in {each.count} of {variants} variants, first in {each.example}" if each.count else ""
                say(f"{place}: {each.what}{share}")
            if not broken:
                say(f"{place}: nothing breaks in {variants} variants.")
    return int(is_worse)


def _summary(files: list[FileReport]) -> str:
    errors = sum(len(file.errors) for file in files)
    warnings = sum(len(file.warnings) for file in files)
    cached = sum(file.is_cached for file in files)
    what = [counted(len(files), "file"), counted(errors, "error"), counted(warnings, "warning")]
    unchanged = f" ({cached} unchanged since the last check)" if cached else ""
    return f"{', '.join(what)}{unchanged}"
