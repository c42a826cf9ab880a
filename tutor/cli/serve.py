"""``tutor serve``: the tutor in a browser."""

from __future__ import annotations

import click

from tutor.cli.open_ import must_exist, without_pack
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
@click.option(
    "--max-sessions",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    help="How many pages may be open at a time. Each takes 70 to 100 MB.",
)
@click.option(
    "--unix-socket",
    type=click.Path(),
    metavar="PATH",
    help="Listen at this socket instead of a port, without a token: whoever can open its folder may come in.",
)
def command(
    lesson: str | None,
    host: str,
    port: int,
    learner: str,
    public_url: str | None,
    max_sessions: int,
    unix_socket: str | None,
) -> None:
    """Serve the tutor (or LESSON) to browsers on this computer: a learner's progress for each name.

    The address that is printed has a token in it, and the tutor opens only with that. Whoever has it can run programs
    as this user, and names are not passwords: give it only to people you trust. The pages ask nothing of any other
    host.
    """
    try:
        from tutor.cli.page_access import is_local
        from tutor.cli.serving import WHAT_IS_A_NAME, TutorServer, learner_of, must_be_free
    except ImportError as error:
        raise TutorError(
            f"The browser needs a package that is not installed ({error.name}).",
            hint="pip install 'textual-serve<2'",
        ) from None
    name = learner_of(learner) if learner else ""
    if name is None:
        raise TutorError(f"{learner!r} cannot be used as a name to keep progress under.", hint=WHAT_IS_A_NAME)
    if lesson is not None:
        must_exist(lesson)
        lesson = without_pack(lesson)
    if unix_socket is None:
        must_be_free(host, port)
        if not is_local(host):
            say("Everybody who has the address below and can reach it can run programs as you.", err=True)
            say("It travels unencrypted: put a proxy with https in front.", err=True)
    TutorServer(
        lesson,
        host,
        port,
        learner=name,
        public_url=public_url,
        unix_socket=unix_socket,
        max_sessions=max_sessions,
    ).serve()
