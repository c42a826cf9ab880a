"""``tutor practise``: ask the questions that are due, one after another."""

from __future__ import annotations

from contextlib import closing

import click

from tutor.cli import options


@click.command(name="practise")
@click.argument("skill", required=False)
@options.lines()
@options.learner()
def command(skill: str | None, plain: bool, ascii_only: bool) -> int:
    """Practise what is due, or SKILL alone (its name as in `tutor skills`), with fresh numbers and without prose."""
    return options.start(plain=plain, ascii_only=ascii_only, practise=_named(skill) if skill else True)


def _named(skill: str) -> str:
    """Return the id of a skill.

    Raises:
        TutorError: There is no such skill; the error names the nearest.
    """
    from tutor.session.practice import Learner
    from tutor.store import Store, default_place

    with closing(Store(default_place())) as store:
        return Learner(store).skill_named(skill)
