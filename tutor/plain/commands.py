"""What can be typed instead of an answer: a colon and a word, or its first letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.errors import TutorError
from tutor.plain.blocks import code_lines
from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.session.model import FieldKind


class Leave(Exception):
    """The learner goes elsewhere: ``quit`` leaves the tutor, ``home`` the lesson, ``move`` the screen, ``skip`` the
    question; ``again`` shows the screen anew."""

    def __init__(self, where: str, session: Session | None = None) -> None:
        super().__init__(where)
        self.where = where
        self.session = session


@dataclass(frozen=True)
class Here:
    """Where a command is given: the lesson, the terminal, and the field that is being asked, if one is."""

    session: Session
    terminal: Terminal
    field: str | None = None


Action = Callable[[Here, str], None]


def _help(here: Here, _: str) -> None:
    here.terminal.say("Type an answer and Enter; Enter alone goes on. Or a colon and one of these (a few letters do):")
    here.terminal.say_all(f"  :{name:<10} {line}" for name, (line, _) in COMMANDS.items())


def _hint(here: Here, _: str) -> None:
    if here.field is None:
        here.terminal.say("Hints belong to a question; none is being asked.")
        return
    following = here.session.hints(here.field).following
    if following is None:
        here.terminal.say("There are no more hints here.")
        return
    total = len(here.session.hints(here.field).rungs)
    opened = here.session.open_hint(here.field)
    assert opened is not None
    here.terminal.say(f"Hint {opened.number} of {total}, {following.cost}: {opened.title}")
    here.terminal.say_markdown(opened.text, "  ")
    after = here.session.hints(here.field).following
    if after is not None:
        here.terminal.say(f"(Next hint: {after.title}; {after.cost}.)")


def _give_up(here: Here, _: str) -> None:
    if here.field is None:
        here.terminal.say("There is no question to give up here.")
        return
    outcome = here.session.give_up(here.field)
    here.terminal.say_markdown(outcome.result.message)
    raise Leave("skip")


def _skip(here: Here, _: str) -> None:
    raise Leave("skip")


def _next(here: Here, _: str) -> None:
    here.session.next()
    raise Leave("move")


def _back(here: Here, _: str) -> None:
    here.session.back()
    raise Leave("move")


def _goto(here: Here, argument: str) -> None:
    titles = here.session.titles
    if argument.isdecimal() and 1 <= int(argument) <= len(titles):
        here.session.goto(int(argument) - 1)
        raise Leave("move")
    for number, title in enumerate(titles):
        progress = here.session.screen_progress(number)
        mark = ">" if number == here.session.position else " "
        here.terminal.say(f"{mark}{number + 1:>3}  {title}  ({progress.done} of {progress.total})")
    here.terminal.say("Type :goto and a number.")


def _again(here: Here, _: str) -> None:
    raise Leave("again")


def _derive(here: Here, argument: str) -> None:
    session, terminal = here.session, here.terminal
    of, name = _quantity(session, here.field, argument)
    for line in session.derivation(of, name):
        terminal.say(f"  {line.text}" + (f"    ({line.what})" if line.what else ""))


def _quantity(session: Session, field: str | None, argument: str) -> tuple[str, str]:
    """The quantity that is named, as (network, name); without one, what is being asked."""
    from tutor.network import split_owner

    if not argument:
        if field is None or not session.field(field).quantity:
            raise TutorError("Say which quantity, as in :derive Z1.")
        return session.field(field).of, session.field(field).quantity
    owner, name = split_owner(argument)
    default = session.field(field).of if field is not None else ""
    of = owner or default or next(iter(session.networks), "")
    if of not in session.networks:
        raise TutorError(f"There is no network {of!r} here.")
    return of, session.lesson.graph(of).quantity(name).name


def _worksheet(here: Here, argument: str) -> None:
    of = argument or (here.session.field(here.field).of if here.field else "")
    if of and of not in here.session.networks:
        of = ""
    if not here.session.networks:
        here.terminal.say("This lesson has no network.")
        return
    group = ""
    for row in here.session.worksheet(of):
        if row.group != group:
            group = row.group
            here.terminal.say(f"{group}:")
        asked = "  (asked)" if row.field is not None and not row.extra and row.value == "?" else ""
        here.terminal.say(f"  {row.label} = {row.value}{asked}")


def _progress(here: Here, _: str) -> None:
    progress = here.session.progress
    mend = f", {progress.to_mend} to mend" if progress.to_mend else ""
    here.terminal.say(f"{progress.done} of {progress.total} done{mend}.")


def _look_back(here: Here, _: str) -> None:
    attempts = here.session.look_back().attempts
    if not attempts:
        here.terminal.say("Nothing is answered yet.")
    for one in attempts:
        here.terminal.say(f"{one.local}  {one.label}: {one.answer}  {one.verdict}. {one.message}")


def _export(here: Here, argument: str) -> None:
    here.terminal.say_all(here.session.export(argument or "markdown").split("\n"))


def _variant(here: Here, argument: str) -> None:
    if argument:
        session = here.session.switch_variant("" if argument in ("0", "own") else argument)
    else:
        session = here.session.new_variant()
    here.terminal.say(f"Numbers #{session.variant}." if session.variant else "The lesson's own numbers.")
    raise Leave("move", session)


def _reset(here: Here, argument: str) -> None:
    if argument != "yes":
        here.terminal.say("This starts the lesson again (answers stay in :lookback). Type :reset yes to do it.")
        return
    here.session.reset()
    here.terminal.say("From the start.")
    raise Leave("move")


def _code(here: Here, argument: str) -> None:
    """Take a file's text as the program of the lab that is being asked."""
    from pathlib import Path

    if here.field is None or here.session.field(here.field).kind not in (FieldKind.LAB, FieldKind.RUN):
        here.terminal.say("There is no program to hand in here.")
        return
    path = Path(argument).expanduser()
    try:
        here.session.draft(here.field, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        here.terminal.say(f"{argument or 'That file'} can't be read ({error}). Type :code and the file's name.")
        return
    raise Leave("run")


def _show_code(here: Here, _: str) -> None:
    if here.field is not None:
        field, state = here.session.field(here.field), here.session.state(here.field)
        here.terminal.say_all(code_lines(str(state.draft) or field.code))


def _home(here: Here, _: str) -> None:
    raise Leave("home")


def _quit(here: Here, _: str) -> None:
    raise Leave("quit")


COMMANDS: dict[str, tuple[str, Action]] = {
    "help": ("this list", _help),
    "hint": ("the next hint; its price is said first", _hint),
    "giveup": ("show the answer and go on", _give_up),
    "skip": ("go on without an answer", _skip),
    "next": ("the next screen", _next),
    "back": ("the screen before", _back),
    "goto": (":goto 3 is screen 3; alone it lists the screens", _goto),
    "again": ("show this screen again", _again),
    "derive": (":derive Z1 derives a quantity; alone the one that is asked", _derive),
    "worksheet": ("every quantity of the network", _worksheet),
    "progress": ("how much is done", _progress),
    "lookback": ("everything you have answered", _look_back),
    "export": ("the same as Markdown, or :export html", _export),
    "variant": ("new numbers; :variant 17 names them, :variant own goes back", _variant),
    "code": (":code FILE hands in a program, and runs it", _code),
    "listing": ("the program as it stands", _show_code),
    "reset": ("start the lesson again", _reset),
    "home": ("the list of lessons", _home),
    "quit": ("leave; everything is kept", _quit),
}


def run_command(here: Here, line: str) -> None:
    """Do what ``:word argument`` says. What it raises of ``Leave`` moves the learner; errors are said here."""
    word, _, argument = line.strip().lstrip(":").strip().partition(" ")
    found = [name for name in COMMANDS if name.startswith(word.lower())] if word else ["help"]
    if word.lower() in COMMANDS:
        found = [word.lower()]
    if len(found) != 1:
        near = f" It could be :{', :'.join(found)}." if found else ""
        here.terminal.say(f"There is no command :{word}.{near} :help lists them.")
        return
    try:
        COMMANDS[found[0]][1](here, argument.strip())
    except TutorError as error:
        here.terminal.say(str(error))
