"""The commands that can be typed in place of an answer: a colon and a word, or its first letters."""

from __future__ import annotations

from pathlib import Path

from tutor.errors import TutorError, file_errors
from tutor.formulas.wording import meant
from tutor.plain.blocks import code_lines
from tutor.plain.context import Action, CommandContext, Navigate
from tutor.plain.quantities import check_all, derive, play, program, worksheet
from tutor.session.hinting import FREE


def _help(here: CommandContext, _: str) -> None:
    here.terminal.say_filled(
        "Type an answer and Enter; Enter alone goes on. Or a colon and one of these (a few letters do):"
    )
    for name, (line, _action) in COMMANDS.items():
        here.terminal.say_filled(line, f"  :{name:<10} ")


def _hint(here: CommandContext, _: str) -> None:
    """Open the next hint if it is free or its price was stated before; otherwise state the price."""
    if here.field is None:
        raise TutorError("Hints belong to a question; none is being asked.")
    was_done = here.session.state(here.field).done
    ladder = here.session.hints(here.field)
    following = ladder.following
    if following is None:
        raise TutorError("There are no more hints here.")
    if following.cost != FREE and here.priced.get(here.field) != following.number:
        here.terminal.say_filled(f"The next hint: {following.title}; it {following.cost}. :hint again opens it.")
        here.priced[here.field] = following.number
        return
    opened = here.session.open_hint(here.field)
    assert opened is not None
    here.terminal.say_filled(f"{ladder.heading(opened)}, {following.cost}: {opened.title}")
    here.terminal.say_markdown(opened.text, "  ")
    if here.session.state(here.field).done and not was_done:
        raise Navigate("skip")
    after = here.session.hints(here.field).following
    if after is not None:
        here.terminal.say_filled(f"(Next hint: {after.title}; {after.cost}.)")
        here.priced[here.field] = after.number


def _give_up(here: CommandContext, _: str) -> None:
    if here.field is None:
        raise TutorError("There is no question to give up here.")
    outcome = here.session.give_up(here.field)
    here.terminal.say_markdown(outcome.result.message)
    raise Navigate("skip")


def _to(where: str) -> Action:
    """Return the command that leads there."""

    def action(_here: CommandContext, _: str) -> None:
        raise Navigate(where)

    return action


def _next(here: CommandContext, _: str) -> None:
    if here.session.position + 1 == len(here.session.titles):
        raise TutorError("This is the last screen. :home is the list of lessons.")
    here.session.next()
    raise Navigate("move")


def _back(here: CommandContext, _: str) -> None:
    if here.session.position == 0:
        raise TutorError("This is the first screen.")
    here.session.back()
    raise Navigate("move")


def _goto(here: CommandContext, argument: str) -> None:
    titles = here.session.titles
    if argument.isdecimal() and 1 <= int(argument) <= len(titles):
        here.session.goto(int(argument) - 1)
        raise Navigate("move")
    for number, title in enumerate(titles):
        progress = here.session.screen_progress(number)
        mark = ">" if number == here.session.position else " "
        here.terminal.say(
            f"{mark}{number + 1:>3}  {here.terminal.in_line(title)}  ({progress.done} of {progress.total})"
        )
    here.terminal.say("Type :goto and a number.")


def _progress(here: CommandContext, _: str) -> None:
    progress = here.session.progress
    to_fix = f", {progress.to_fix} to fix" if progress.to_fix else ""
    here.terminal.say(f"{progress.done} of {progress.total} done{to_fix}.")


def _look_back(here: CommandContext, _: str) -> None:
    attempts = here.session.look_back().attempts
    if not attempts:
        here.terminal.say("Nothing is answered yet.")
    for one in attempts:
        said = f" {here.terminal.in_line(one.message)}" if one.message else ""
        label = here.terminal.in_line(one.label)
        if "\n" not in one.answer:
            here.terminal.say_filled(f"{one.local_time}  {label}: {one.answer}  {one.verdict}.{said}", rest="  ")
            continue
        here.terminal.say_filled(f"{one.local_time}  {label}: {one.verdict}.{said}", rest="  ")
        here.terminal.say_all(code_lines(one.answer))


def _export(here: CommandContext, argument: str) -> None:
    path = Path(argument).expanduser()
    if path.suffix.lower() not in (".md", ".html"):
        here.terminal.say_all(here.session.export(argument or "markdown").split("\n"))
        return
    _write(here, path, here.session.export("html" if path.suffix.lower() == ".html" else "markdown"))


def _write(here: CommandContext, path: Path, text: str) -> None:
    """Write a new file; an existing one is left as it is."""
    with file_errors(path), path.open("x", encoding="utf-8") as file:
        file.write(text)
    here.terminal.say(f"Written to {path}.")


def _variant(here: CommandContext, argument: str) -> None:
    here.session.save()
    if argument:
        session = here.session.switch_variant("" if argument in ("0", "own") else argument)
    else:
        session = here.session.new_variant()
    here.terminal.say(f"Numbers #{session.variant}." if session.variant else "The lesson's own numbers.")
    raise Navigate("move", session)


def _reset(here: CommandContext, argument: str) -> None:
    if argument != "yes":
        raise TutorError("This starts the lesson again (answers stay in :lookback). Type :reset yes to do it.")
    here.session.reset()
    here.terminal.say("From the start.")
    raise Navigate("move")


def _code(here: CommandContext, argument: str) -> None:
    """Take the text of a file as the program that is being asked for."""
    field = _program(here)
    if not argument:
        raise TutorError("Type :code and the name of your program's file, as in :code lab.py.")
    path = Path(argument).expanduser()
    try:
        with file_errors(argument, "read"):
            here.session.draft(field, path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise TutorError(f"{argument} is not text in UTF-8.") from None
    raise Navigate("run")


def _with_program(where: str) -> Action:
    """Return the command that leads there if a program is being asked for."""

    def action(here: CommandContext, _: str) -> None:
        _program(here)
        raise Navigate(where)

    return action


def _program(here: CommandContext) -> str:
    """Return the field of the program that is being asked for.

    Raises:
        TutorError: There is none.
    """
    if here.field is None or not here.session.field(here.field).kind.is_program:
        raise TutorError("There is no program to run here.")
    return here.field


def _show_code(here: CommandContext, argument: str) -> None:
    field = _program(here)
    code = str(here.session.state(field).draft) or here.session.field(field).code
    if argument:
        _write(here, Path(argument).expanduser(), code.rstrip("\n") + "\n")
    else:
        here.terminal.say_all(code_lines(code))


def _starter(here: CommandContext, _: str) -> None:
    field = _program(here)
    code = here.session.field(field).code
    here.session.draft(field, code)
    here.terminal.say_all(code_lines(code))


def _fix(here: CommandContext, _: str) -> None:
    left = here.session.first_to_fix()
    if left is None:
        raise TutorError("No answer here has to be corrected.")
    here.session.goto(here.session.screen_of(left))
    raise Navigate("move")


COMMANDS: dict[str, tuple[str, Action]] = {
    "help": ("this list", _help),
    "hint": ("the next hint; if it costs something, the price comes first", _hint),
    "giveup": ("show the answer and go on", _give_up),
    "skip": ("go on without an answer", _to("skip")),
    "next": ("the next screen", _next),
    "back": ("the previous screen", _back),
    "goto": (":goto 3 is screen 3; alone it lists the screens", _goto),
    "again": ("show this screen again", _to("again")),
    "derive": (":derive Z1 derives a quantity; alone, the one that is asked for", derive),
    "worksheet": ("every quantity of the network; :worksheet Z1 answers one of them", worksheet),
    "check": ("check your homework: type the numbers you have to find the first wrong one", check_all),
    "program": ("the network as a program: :program numpy or :program pytorch", program),
    "play": ("turn the numbers of the network and train it; :play NAME names one of several", play),
    "progress": ("how much is done", _progress),
    "lookback": ("everything you have answered", _look_back),
    "export": (":export answers.md (or answers.html) writes the same to a file; alone it shows it", _export),
    "variant": ("new numbers; :variant 17 names them, :variant own goes back", _variant),
    "code": (":code FILE takes that file as your program, and runs it", _code),
    "run": ("run the current program", _with_program("run")),
    "install": ("install the package that the program lacks, after asking", _with_program("install")),
    "listing": ("the current program; :listing FILE writes it to a new file, to work on it there", _show_code),
    "starter": ("your program as it was at the beginning", _starter),
    "fix": ("go to the first answer that is not right yet", _fix),
    "reset": ("start the lesson again", _reset),
    "home": ("the list of lessons", _to("home")),
    "quit": ("leave; everything is kept", _to("quit")),
}


#: Earlier names of commands, which still work.
_FORMER = {"mend": "fix"}


def run_command(here: CommandContext, line: str) -> None:
    """Run the command ``:word argument``, and show its errors.

    Raises:
        Navigate: The command leads elsewhere.
    """
    word, _, argument = line.strip().lstrip(":").strip().partition(" ")
    names = meant(word.lower(), (*COMMANDS, *_FORMER)) if word else ["help"]
    found = [_FORMER.get(name, name) for name in names]
    if len(found) != 1:
        near = f" It could be :{', :'.join(found)}." if found else ""
        here.terminal.say(f"There is no command :{word}.{near} :help lists them.")
        return
    try:
        COMMANDS[found[0]][1](here, argument.strip())
    except TutorError as error:
        here.terminal.say(str(error))
