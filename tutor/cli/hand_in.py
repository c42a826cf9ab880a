"""``tutor hand-in``: write a learner's answers to an assignment into one file."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.output import say
from tutor.errors import TutorError


@click.command(name="hand-in")
@click.argument("assignment_file", metavar="ASSIGNMENT", type=click.Path(path_type=Path))
@click.option("--learner", default="", help="Your name in the class list (default: TUTOR_LEARNER).")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write (default: here).")
def command(assignment_file: Path, learner: str, output: Path | None) -> None:
    """Write what you answered in ASSIGNMENT into one file, to send or upload."""
    from tutor.classroom.assignment import load_assignment
    from tutor.classroom.hand_in import CLASS_NAME, file_name, make, to_bytes
    from tutor.paths import learner_name, write_whole
    from tutor.store import Store, default_place
    from tutor.store.records import utc_now

    assignment = load_assignment(assignment_file)
    store = Store(default_place())
    name = learner or learner_name() or store.setting(CLASS_NAME, "")
    if not name:
        raise TutorError("Nobody's name is known.", hint="Add --learner NAME, as your instructor's list has it.")
    hand_in = make(assignment, store, now=utc_now(), learner=name)
    if not hand_in.entries:
        raise TutorError(f"{name} has answered nothing in this assignment yet.")
    target = output or Path(file_name(assignment, name))
    try:
        write_whole(target, to_bytes(hand_in))
    except OSError as error:
        raise TutorError(f"{target} cannot be written: {(error.strerror or str(error)).lower()}.") from None
    answered = len({(entry.lesson, entry.field) for entry in hand_in.entries if entry.kind == "answer"})
    say(f"{target}: {answered} of {len(assignment.questions)} questions answered.")
