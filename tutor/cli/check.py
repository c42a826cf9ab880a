"""``tutor check``: what is wrong with lessons and what is doubtful."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.output import say, say_json
from tutor.formulas.wording import counted


@click.command()
@click.argument("places", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@click.option("--no-torch", is_flag=True, help="Leave PyTorch's numbers out.")
@click.option("--run", is_flag=True, help="Run cells and labs even where they cannot be isolated.")
@click.option("--no-run", is_flag=True, help="Run no cells and no labs.")
@click.option("--again", is_flag=True, help="Check unchanged files as well.")
def command(places: tuple[Path, ...], as_json: bool, no_torch: bool, run: bool, no_run: bool, again: bool) -> int:
    """Check lessons and networks, files or whole folders.

    Cells and labs run only where this machine can keep them from your files; a note says so where it cannot, and --run
    runs them all the same.

    Exit status: 0 where there is nothing to do, 1 where something is wrong or doubtful, 2 where a PATH is not there or
    has no lesson. A warning is accepted by `allow: {its-name: why}` on the network, screen or block it is about.
    """
    from tutor.authoring import Options, check_paths

    options = Options(with_torch=not no_torch, with_programs=not no_run, isolated_only=not run, use_cache=not again)
    report = check_paths(places, options)
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


def _summary(files: list) -> str:  # type: ignore[type-arg]
    errors = sum(len(file.errors) for file in files)
    warnings = sum(len(file.warnings) for file in files)
    cached = sum(file.is_cached for file in files)
    what = [counted(len(files), "file"), counted(errors, "error"), counted(warnings, "warning")]
    unchanged = f" ({cached} unchanged since the last check)" if cached else ""
    return f"{', '.join(what)}{unchanged}"
