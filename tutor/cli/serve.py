"""``tutor serve``: the tutor in a browser."""

from __future__ import annotations

import click

from tutor.cli.open_ import must_exist
from tutor.cli.output import say
from tutor.errors import TutorError


@click.command(name="serve")
@click.argument("lesson", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--learner", default="", metavar="NAME", help="Whose progress it is; without it, the page asks for a name."
)
@click.option("--public-url", help="The address that browsers use, behind a proxy.")
def command(lesson: str | None, host: str, port: int, learner: str, public_url: str | None) -> None:
    """Serve the tutor (or LESSON) to browsers on this computer: a learner's progress for each name.

    The page asks nothing of any other host. Names are no passwords, and whoever opens the page can run programs as this
    user: listen on another address than 127.0.0.1 only where you trust everybody who can reach it.
    """
    try:
        from tutor.cli.serving import WHAT_IS_A_NAME, is_local, learner_of, serve
    except ImportError as error:
        raise TutorError(
            f"The browser needs a package that is not installed ({error.name}).",
            hint="pip install 'textual-serve<2'",
        ) from None
    name = learner_of(learner) if learner else ""
    if name is None:
        raise TutorError(f"{learner!r} is no name to keep progress under.", hint=WHAT_IS_A_NAME)
    if lesson is not None:
        must_exist(lesson)
    if not is_local(host):
        say(f"Everybody who can reach {host}:{port} can use this tutor and run programs as you.", err=True)
    serve(lesson, host, port, learner=name, public_url=public_url)
