"""The commands about a network's quantities: derivation, worksheet, check, play, program."""

from __future__ import annotations

from tutor.errors import TutorError
from tutor.lessons.blocks.explore import ExploreView
from tutor.lessons.template import HIDDEN
from tutor.network import Network, split_owner
from tutor.plain.blocks import code_lines
from tutor.plain.context import CommandContext
from tutor.session import Session
from tutor.session.checking import check, put


def derive(here: CommandContext, argument: str) -> None:
    """Show the derivation of a quantity, line by line."""
    session, terminal = here.session, here.terminal
    of, name = _quantity(session, here.field, argument)
    for line in session.derivation(of, name):
        terminal.say_filled(
            f"{line.text}" + (f"    ({terminal.in_line(line.what)})" if line.what else ""), "  ", "    "
        )
    if engines := session.engines(of, name, ask_torch=True):
        terminal.say_filled(engines, "  ", "    ")


def _quantity(session: Session, field: str | None, argument: str) -> tuple[str, str]:
    """Return the network and name of the quantity in ``argument``, or of the one that is being asked for.

    Raises:
        TutorError: There is no such quantity or network, or nothing is named or asked for.
    """
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


def worksheet(here: CommandContext, argument: str) -> None:
    """Show the table of a network's quantities; if ``argument`` names one, ask for it."""
    session = here.session
    if not session.networks:
        here.terminal.say("This lesson has no network.")
        return
    of = argument if argument in session.networks else ""
    if argument and not of:
        of, name = _quantity(session, here.field, argument)
        _answer(here, of, name)
        return
    if not of and here.field is not None:
        of = session.field(here.field).of
    group = ""
    for row in session.worksheet(of):
        if row.group != group:
            group = row.group
            here.terminal.say(f"{group}:")
        asked = "  (asked)" if row.field is not None and not row.extra and row.value == HIDDEN else ""
        here.terminal.say(f"  {row.label} = {row.value}{asked}")


def _answer(here: CommandContext, of: str, name: str) -> None:
    row = next((row for row in here.session.worksheet(of) if row.name == name), None)
    if row is None:
        here.terminal.say("The worksheet has no line for that.")
    elif row.field is None:
        here.terminal.say(f"  {row.label} = {row.value}")
    else:
        here.ask(row.field)


def check_all(here: CommandContext, argument: str) -> None:
    """Ask for the learner's numbers, one per line, mark all of them, and show the first that is wrong."""
    session, terminal = here.session, here.terminal
    if not session.networks:
        terminal.say("This lesson has no network.")
        return
    of = argument if argument in session.networks else next(iter(session.networks))
    terminal.say_filled("Type the numbers that you have, one a line, as in Z1 = 0.4. An empty line checks them.")
    while (line := terminal.ask("  ")) is not None and line.strip():
        name, sign, text = line.partition("=")
        try:
            if not sign:
                raise TutorError("Write a name and its number, as in Z1 = 0.4.")
            put(session, of, name.strip(), text.strip())
        except TutorError as error:
            terminal.say_filled(f"{error.message} {error.hint}".strip())
    found = check(session, of)
    terminal.say_filled(found.heading)
    if found.result is not None:
        terminal.say_markdown(found.result.message)
    if found.rest:
        terminal.say_filled(found.rest)


def play(here: CommandContext, argument: str) -> None:
    """Play with a network or worksheet; ``yes`` confirms that it may show answers that are still to be found."""
    from tutor.plain.playing import play_lines
    from tutor.play.opening import play as playing
    from tutor.play.opening import play_block

    session = here.session
    if session.is_sealed:
        here.terminal.say_filled("Playing is not possible during an exam.")
        return
    blocks = [block for block in session.screen().blocks if isinstance(block, ExploreView)]
    offered = [block for block in blocks if block.id == argument] or (blocks if not argument else [])
    if offered:
        block = offered[0]
        play_lines(play_block(block.block, block.lesson, block.reference), here.terminal)
        return
    of, _, sure = argument.partition(" ")
    if of == "yes":
        of, sure = "", "yes"
    names = [of] if of in session.networks else list(session.networks)
    unfound = [field for name in names for field in session.unfound(name)]
    if any(session.keeps(field) for field in unfound):
        here.terminal.say_filled("This would show answers that the lesson hides until you have found them.")
    elif unfound and sure.strip() != "yes":
        here.terminal.say_filled(
            f"This shows every number, even those still to be found ({len(unfound)}). Type :play yes to play anyway."
        )
    else:
        current = session.field(here.field).of if here.field is not None else ""
        play_lines(playing(session.lesson, of or current), here.terminal)


def program(here: CommandContext, argument: str) -> None:
    """Show the present network as a short program; ``yes`` confirms that it may print answers still to be found."""
    from tutor.labs.programs import numpy_program, torch_program

    libraries = {"numpy": numpy_program, "pytorch": torch_program}
    session = here.session
    networks = {name: model for name, model in session.lesson.models.items() if isinstance(model, Network)}
    library, _, sure = argument.lower().partition(" ")
    if not networks:
        here.terminal.say("This lesson has no network.")
        return
    if library not in libraries:
        here.terminal.say("Type :program numpy or :program pytorch.")
        return
    unfound = [field for name in networks for field in session.unfound(name)]
    if any(session.keeps(field) for field in unfound):
        here.terminal.say_filled("The program would print answers that this lesson hides until you have found them.")
        return
    if unfound and sure.strip() != "yes":
        here.terminal.say_filled(
            f"The program prints every number of the network, even those still to be found ({len(unfound)}). "
            f"Type :program {library} yes to see it anyway."
        )
        return
    of = session.field(here.field).of if here.field is not None else ""
    network = networks.get(of, next(iter(networks.values())))
    here.terminal.say_all(code_lines(libraries[library](network).source))
