"""Play with a model on plain lines: ``set w21 0.4``, ``turn``, ``step 10``, ``why E``, ``reset``, ``share``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from tutor.errors import TutorError
from tutor.formulas import evaluate, names, parse
from tutor.formulas import text as formula_text
from tutor.formulas.wording import counted, meant
from tutor.plain.terminal import Terminal
from tutor.play.playground import PlayError
from tutor.play.playing import Playing
from tutor.play.sharing import to_text
from tutor.play.wording import change_text, felt_text, shown

_MOST_STEPS = 100_000
_MOST_CHANGES = 12


def play_plain(
    playing: Playing, *, ascii_only: bool = False, source: TextIO | None = None, out: TextIO | None = None
) -> None:
    """Play on standard input and output, or ``source`` and ``out``, until the learner leaves or the input ends."""
    play_lines(playing, Terminal(source, out, ascii_only=ascii_only))


def play_lines(playing: Playing, terminal: Terminal) -> None:
    """Play on a terminal until the learner leaves or the input ends."""
    terminal.say_filled(f"Play: {terminal.in_line(playing.title)}. Type help to see what you can do here.")
    _numbers(playing, terminal, "")
    for condition, _ in playing.tasks():
        terminal.say_filled(f"Reach {condition}.", "  ")
    while (line := terminal.ask("play> ")) is not None:
        word, _, argument = line.strip().lstrip(":").partition(" ")
        found = meant(word.lower(), COMMANDS) if word else []
        if word.lower() in ("q", "quit", "home", "back"):
            return
        if word and len(found) != 1:
            terminal.say(f"There is no command {word}. help lists the commands.")
        elif word:
            _run(playing, terminal, found[0], argument.strip())


def _run(playing: Playing, terminal: Terminal, name: str, argument: str) -> None:
    reached = set(playing.reached)
    try:
        COMMANDS[name][1](playing, terminal, argument)
    except TutorError as error:
        terminal.say_filled(str(error))
    for goal, said in playing.reached.items():
        if goal not in reached:
            terminal.say_markdown(said)


def _set(playing: Playing, terminal: Terminal, argument: str) -> None:
    name, _, value = argument.replace("=", " ").partition(" ")
    if not value.strip():
        raise PlayError("Name a number and its new value, as in set w21 0.4.")
    playing.choose(name)
    playing.set(evaluate(parse(value)))
    _changes(playing, terminal)


def _turn(playing: Playing, terminal: Terminal, argument: str) -> None:
    words = argument.split()
    direction = words.pop() if words and words[-1] in ("up", "down") else "up"
    if words:
        playing.choose(" ".join(words))
    playing.turn(1 if direction == "up" else -1)
    _changes(playing, terminal)


def _changes(playing: Playing, terminal: Terminal) -> None:
    """Show what the last action changed: watched quantities first, at most ``_MOST_CHANGES`` in all."""
    graph = playing.graph
    changed = playing.changed()
    order = [name for name in dict.fromkeys((playing.chosen, *playing.watched, playing.pinned)) if name in changed]
    kinds = ("pre_activation", "activation", "output", "cell")
    order += [name for name in changed if name not in order and graph.nodes[name].kind.value in kinds]
    for name in order[:_MOST_CHANGES]:
        terminal.say(f"  {change_text(changed[name], graph.notation)}")
    if len(order) > _MOST_CHANGES:
        terminal.say(f"  and {len(order) - _MOST_CHANGES} more")
    if not changed:
        terminal.say("  Nothing changed.")
    if playing.felt is not None:
        terminal.say_filled(felt_text(playing.felt, graph.notation), "  ", "    ")


def _step(playing: Playing, terminal: Terminal, argument: str) -> None:
    if argument and not (argument.isascii() and argument.isdecimal() and 0 < int(argument) <= _MOST_STEPS):
        raise PlayError(f"Say how many steps, from 1 to {_MOST_STEPS}: step 10.")
    playing.train(int(argument or 1))
    terminal.say(f"  after {counted(playing.ground.steps, 'step')}:")
    graph = playing.graph
    changed = playing.changed()
    for name in dict.fromkeys((*playing.ground.trained, *playing.watched, playing.pinned)):
        if name in changed:
            terminal.say(f"  {change_text(changed[name], graph.notation)}")


def _why(playing: Playing, terminal: Terminal, argument: str) -> None:
    """Show a quantity's formula with its numbers, and how the chosen number affects it."""
    if argument:
        playing.pin(argument)
    graph, values, name = playing.graph, playing.ground.values, playing.pinned
    symbol = graph.notation.text
    node = graph.nodes[name]
    if node.formula is None:
        terminal.say(f"  {symbol(name)} = {shown(values[name])} is given.")
        return
    formula = formula_text(graph.definition(name), graph.notation)
    terminal.say_filled(f"{symbol(name)} = {formula} = {shown(values[name])}", "  ", "    ")
    parts = [f"{symbol(part)} = {shown(values[part])}" for part in names(graph.definition(name)) if part in values]
    terminal.say_filled(f"with {', '.join(parts)}", "  ", "    ")
    terminal.say_filled(playing.felt_words(), "  ", "    ")


def _numbers(playing: Playing, terminal: Terminal, _: str) -> None:
    """Show the numbers that can be turned, and the watched quantities."""
    graph, ground = playing.graph, playing.ground
    for group in playing.groups:
        said = []
        for name in group:
            limits = ground.limits.get(name)
            ends = f" (from {shown(limits[0])} to {shown(limits[1])})" if limits else ""
            said.append(f"{graph.notation.text(name)} = {shown(ground.numbers[name])}{ends}")
        terminal.say_filled(", ".join(said), "  ", "    ")
    for name in dict.fromkeys((*playing.watched, playing.pinned)):
        terminal.say(f"  {graph.notation.text(name)} = {shown(ground.values[name])}")


def _reset(playing: Playing, terminal: Terminal, _: str) -> None:
    playing.reset()
    terminal.say("  All numbers are as they were.")


def _share(playing: Playing, terminal: Terminal, _: str) -> None:
    text = to_text(playing.ground)
    terminal.say(f"  tutor play '{playing.reference}#{text}'" if text else "  Nothing is turned yet.")


def _help(playing: Playing, terminal: Terminal, _: str) -> None:
    for line, _action in COMMANDS.values():
        terminal.say(f"  {line}")


COMMANDS: dict[str, tuple[str, Callable[[Playing, Terminal, str], None]]] = {
    "help": ("help          this list", _help),
    "set": ("set w21 0.4   set a number", _set),
    "turn": ("turn w21 down turn a number by one notch, up or down", _turn),
    "step": ("step 10       take training steps", _step),
    "why": ("why E         where a quantity comes from, and its slope", _why),
    "numbers": ("numbers       all numbers as they are now", _numbers),
    "reset": ("reset         put all numbers back", _reset),
    "share": ("share         a command that opens the numbers you set", _share),
    "quit": ("quit          leave", lambda *_: None),
}
