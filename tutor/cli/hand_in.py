"""``tutor hand-in``: write a learner's answers to an assignment into one file."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.output import say
from tutor.errors import TutorError


@click.command(name="hand-in")
@click.argument("assignment_file", metavar="ASSIGNMENT", type=click.Path(path_type=Path))
@click.option("--learner", default="", help="Your name in the class list (default: the one you gave).")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write (default: here).")
def command(assignment_file: Path, learner: str, output: Path | None) -> None:
    """Write what you answered in ASSIGNMENT into one file, to send or upload."""
    from tutor.classroom.assignment import load_assignment
    from tutor.classroom.hand_in import class_name, write
    from tutor.store import Store, default_place
    from tutor.store.records import utc_now

    assignment = load_assignment(assignment_file)
    store = Store(default_place())
    name = learner or class_name(store)
    if not name:
        raise TutorError("Your name is not known yet.", hint="Add --learner NAME, as it is on your instructor's list.")
    path, hand_in = write(assignment, store, now=utc_now(), learner=name, target=output)
    answered = len({(entry.lesson, entry.field) for entry in hand_in.answers})
    say(f"{path}: {answered} of {len(assignment.questions)} questions answered.")
