"""The commands about a network's quantities: derivation, worksheet, check, play, program."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.errors import TutorError
from tutor.lessons.blocks.explore import ExploreView
from tutor.lessons.template import HIDDEN
from tutor.network import Network, split_owner
from tutor.plain.blocks import code_lines
from tutor.plain.context import CommandContext
from tutor.session.checking import check, put


def derive(here: CommandContext, argument: str) -> None:
    """Show the derivation of a quantity, line by line."""
    session, terminal = here.session, here.terminal
    of, name = _quantity(here, argument)
    for line in session.derivation(of, name):
        terminal.say_filled(
            f"{line.text}" + (f"    ({terminal.in_line(line.what)})" if line.what else ""), "  ", "    "
        )
    if engines := session.engines(of, name, ask_torch=True):
        terminal.say_filled(engines, "  ", "    ")


def _quantity(here: CommandContext, argument: str) -> tuple[str, str]:
    """Return the network and name of the quantity in ``argument``, or of the one that is being asked for.

    Raises:
        TutorError: There is no such quantity or network, or nothing is named or asked for.
    """
    session = here.session
    if not argument:
        field = session.field(here.field) if here.field is not None else None
        if field is None or not field.quantity:
            raise TutorError("Say which quantity, as in :derive Z1.")
        return field.of, field.quantity
    owner, name = split_owner(argument)
    of = owner or _current(here) or next(iter(session.networks), "")
    if of not in session.networks:
        raise TutorError(f"There is no network {of!r} here.")
    return of, session.lesson.graph(of).quantity(name).name


def worksheet(here: CommandContext, argument: str) -> None:
    """Show the table of a network's quantities; if ``argument`` names one, ask for it."""
    session = here.session
    if not session.networks:
        raise TutorError("This lesson has no network.")
    of = argument if argument in session.networks else ""
    if argument and not of:
        of, name = _quantity(here, argument)
        _answer(here, of, name)
        return
    group = ""
    for row in session.worksheet(of or _current(here)):
        if row.group != group:
            group = row.group
            here.terminal.say(f"{group}:")
        asked = "  (asked)" if row.field is not None and not row.extra and row.value == HIDDEN else ""
        here.terminal.say(f"  {row.label} = {row.value}{asked}")


def _answer(here: CommandContext, of: str, name: str) -> None:
    row = next((row for row in here.session.worksheet(of) if row.name == name), None)
    if row is None:
        raise TutorError("The worksheet has no line for that.")
    if row.field is None:
        here.terminal.say(f"  {row.label} = {row.value}")
    else:
        here.ask(row.field)


def check_all(here: CommandContext, argument: str) -> None:
    """Ask for the learner's numbers, one per line, mark all of them, and show the first that is wrong."""
    session, terminal = here.session, here.terminal
    if not session.networks:
        raise TutorError("This lesson has no network.")
    of = argument if argument in session.networks else next(iter(session.networks))
    terminal.say_filled("Type the numbers that you have, one a line, as in Z1 = 0.4. An empty line checks them.")
    while (line := terminal.ask("  ")) is not None and line.strip():
        name, sign, text = line.partition("=")
        try:
            if not sign:
                raise TutorError("Write a name and its number, as in Z1 = 0.4.")
            put(session, of, name.strip(), text.strip())
        except TutorError as error:
            terminal.say_filled(str(error))
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
    may_show = _may_show(
        here,
        [of] if of in session.networks else session.networks,
        is_sure=sure.strip() == "yes",
        hides="This would show answers that the lesson hides until you have found them.",
        asks="This shows every number, even those still to be found ({}). Type :play yes to play anyway.",
    )
    if may_show:
        play_lines(playing(session.lesson, of or _current(here)), here.terminal)


def _current(here: CommandContext) -> str:
    """Return the network of the field that is being asked for, or ""."""
    return here.session.field(here.field).of if here.field is not None else ""


def _may_show(here: CommandContext, networks: Iterable[str], *, is_sure: bool, hides: str, asks: str) -> bool:
    """Return whether to show every number of some networks. If not, say that the lesson hides some of them, or how to
    confirm that those still to be found may be shown."""
    unfound = [field for name in networks for field in here.session.unfound(name)]
    if any(here.session.keeps(field) for field in unfound):
        here.terminal.say_filled(hides)
        return False
    if unfound and not is_sure:
        here.terminal.say_filled(asks.format(len(unfound)))
        return False
    return True


def program(here: CommandContext, argument: str) -> None:
    """Show the present network as a short program; ``yes`` confirms that it may print answers still to be found."""
    from tutor.labs.programs import numpy_program, torch_program

    libraries = {"numpy": numpy_program, "pytorch": torch_program}
    networks = {name: model for name, model in here.session.lesson.models.items() if isinstance(model, Network)}
    library, _, sure = argument.lower().partition(" ")
    if not networks:
        raise TutorError("This lesson has no network.")
    if library not in libraries:
        raise TutorError("Type :program numpy or :program pytorch.")
    may_show = _may_show(
        here,
        networks,
        is_sure=sure.strip() == "yes",
        hides="The program would print answers that this lesson hides until you have found them.",
        asks="The program prints every number of the network, even those still to be found ({}). "
        f"Type :program {library} yes to see it anyway.",
    )
    if may_show:
        network = networks.get(_current(here), next(iter(networks.values())))
        here.terminal.say_all(code_lines(libraries[library](network).source))
