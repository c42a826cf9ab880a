"""``tutor serve``: serve the tutor to browsers."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.open_ import without_pack
from tutor.cli.output import say
from tutor.errors import TutorError


@click.command(name="serve")
@click.argument("lesson", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--learner", default="", metavar="NAME", help="Whose progress it is; without it, the page asks for a name."
)
@click.option("--public-url", help="The address that browsers use, if there is a proxy.")
@click.option(
    "--max-sessions",
    type=click.IntRange(1),
    help="How many pages may be open at a time (default: 50, or as many as are on the class list). Each takes 70 to "
    "100 MB.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With an assignment: a class list (CSV). Each person on it gets a code, and works on this computer.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="With --roster: where the codes and all answers are kept (default: ASSIGNMENT-class).",
)
@click.option(
    "--unix-socket",
    type=click.Path(),
    metavar="PATH",
    help="Listen on this socket, not on a port, and without a token: whoever can open its folder is admitted.",
)
def command(
    lesson: str | None,
    host: str,
    port: int,
    learner: str,
    public_url: str | None,
    max_sessions: int | None,
    roster: Path | None,
    folder: Path | None,
    unix_socket: str | None,
) -> None:
    """Serve the tutor (or LESSON) to browsers on this computer, with separate progress for each name.

    With --roster, LESSON is an assignment, and only that is served, to the people on a class list: each types a code
    that you give to them. The codes are written to a file that only you can read. All answers stay on this computer,
    for `tutor report`.

    The printed address contains a token, without which the tutor does not open. Whoever has it can run programs as this
    user, and names are not passwords: give it only to people you trust. The pages load nothing from any other host.
    """
    try:
        from tutor.cli.page_access import is_local
        from tutor.cli.serving import MOST_SESSIONS, WHAT_IS_A_NAME, TutorServer, learner_of, must_be_free, own_address
    except ImportError as error:
        raise TutorError(
            f"The browser needs a package that is not installed ({error.name}).", hint="pip install 'textual-serve<2'"
        ) from None
    if public_url is None and host in ("0.0.0.0", "::") and unix_socket is None:
        public_url = f"http://{own_address()}:{port}"
    name = learner_of(learner) if learner else ""
    if name is None:
        raise TutorError(f"{learner!r} cannot be used as a name to keep progress under.", hint=WHAT_IS_A_NAME)
    if lesson is not None:
        lesson = without_pack(lesson)
    if roster is not None or folder is not None:
        if roster is None or lesson is None or learner or unix_socket:
            raise TutorError("--roster needs an assignment, and excludes --learner and --unix-socket.")
        _serve_class(Path(lesson), roster, folder, host, port, public_url, max_sessions)
        return
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
        max_sessions=max_sessions or MOST_SESSIONS,
    ).serve()


def _serve_class(
    assignment_file: Path,
    roster: Path,
    folder: Path | None,
    host: str,
    port: int,
    public_url: str | None,
    max_sessions: int | None,
) -> None:
    """Check everything that an assignment needs, and serve it to a class list.

    Raises:
        TutorError: The list is empty, a variant cannot be made, the port is in use, or the folder is not writable.
    """
    from tutor.classroom.assignment import load_assignment
    from tutor.classroom.roster import read_roster
    from tutor.cli.page_access import is_local
    from tutor.cli.room import CODES, RoomServer
    from tutor.cli.serving import must_be_free
    from tutor.practice import Variants

    assignment, people = load_assignment(assignment_file), read_roster(roster)
    if not people:
        raise TutorError(f"{roster} lists nobody.")
    must_be_free(host, port)
    for variants in map(Variants, assignment.lessons):
        for variant in {assignment.variant(person.learner) for person in people} - {""}:
            variants.graphs(variant)  # raises if a variant cannot be made, before a learner needs it
    folder = folder or Path(f"{assignment.id}-class")
    server = RoomServer(assignment_file, folder, people, host, port, public_url=public_url, max_sessions=max_sessions)
    say(f"{len(people)} people are on the list. Their codes are in {folder / CODES}: give each their own.")
    say(f"Afterwards: tutor report {folder} --assignment {assignment_file} --roster {roster}")
    if not is_local(host) and not (public_url or "").startswith("https:"):
        say("Codes and answers travel unencrypted: put a proxy with https in front, or trust the network.", err=True)
    server.serve()
