"""``tutor practise``: ask the questions that are due, one after another."""

from __future__ import annotations

import os

import click


@click.command(name="practise")
@click.argument("skill", required=False)
@click.option("--plain", is_flag=True, help="Use plain lines in place of a screen.")
@click.option("--ascii", "ascii_only", is_flag=True, help="With --plain: use ASCII only.")
@click.option("--learner", metavar="NAME", help="Whose progress it is, where several people share a computer.")
@click.pass_context
def command(ctx: click.Context, skill: str | None, plain: bool, ascii_only: bool, learner: str | None) -> None:
    """Practise what is due, or SKILL alone (its name as in `tutor skills`), with fresh numbers and without prose."""
    from tutor.cli.open_ import has_screen

    if learner is not None:
        os.environ["TUTOR_LEARNER"] = learner
    only = _named(skill) if skill else ""
    if plain or ascii_only or not has_screen():
        from tutor.plain import run_plain

        ctx.exit(run_plain(practise=only or True, ascii_only=ascii_only))
    from tutor.ui import run

    ctx.exit(run(practise=only or True))


def _named(skill: str) -> str:
    """Return the id of a skill.

    Raises:
        TutorError: There is no such skill; the error names the nearest.
    """
    from tutor.session.practice import Learner
    from tutor.store import Store, default_place

    store = Store(default_place())
    try:
        return Learner(store).skill_named(skill)
    finally:
        store.close()
