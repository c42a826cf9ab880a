"""``tutor remap``: show which key does what, or choose other keys."""

from __future__ import annotations

from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.ui.commands import Command

_PLACES = {
    "skills": "In the skills",
    "explore": "Where numbers are turned in a lesson",
    "play": "Where numbers are turned",
    "assignment": "In the list of an assignment",
    "assignment_lesson": "In a lesson of an assignment",
    "own": "In the form for your own network", "picker": "At one of several words",
    "app": "Everywhere", "home": "At home", "lesson": "In a lesson", "field": "In a field", "choice": "In a choice",
    "order": "In an order", "write": "In a text", "code": "In a cell or a lab", "diagram": "In the drawing",
    "derivation": "In a derivation", "worksheet": "In the worksheet", "look_back": "In Look back",
    "preview": "In the preview", "program": "In the network as a program", "help": "In the help",
    "trouble": "Where something went wrong", "contents": "In the contents",
}  # fmt: skip


@click.command()
@click.argument("name", metavar="[COMMAND]", required=False)
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--reset", is_flag=True, help="Restore the default key; without a COMMAND, all of them.")
def command(name: str | None, keys: tuple[str, ...], reset: bool) -> None:
    """Show which key does what; with a COMMAND and KEYs, choose other keys for it.

    tutor remap lesson.hint ctrl+t lets ctrl+t open a hint. Keys are written f5, ctrl+t, pagedown, ?; a command's
    letter, which works while no field has the focus, is remapped as lesson.hint.letter.
    """
    from tutor.store import Store, default_place
    from tutor.ui.keymap import SENT_AS, all_commands, as_key, keymap, present_id

    commands = all_commands()
    with closing(Store(default_place(), strict=True)) as store:
        chosen = keymap(store.setting("keys", {}))
        if name is None:
            if reset:
                store.set_setting("keys", {})
                chosen = {}
            _say_all(commands, chosen)
            return
        known = {binding.id: each for each in commands for binding in each.bindings() if binding.id}
        typed, name = name, present_id(name)
        if name not in known:
            raise _unknown(typed, list(known))
        if reset:
            chosen.pop(name, None)
        elif keys:
            for key in keys:
                named = as_key(key)
                if named is None:
                    raise TutorError(f"No keyboard sends {key!r}.", hint="Keys are written f5, ctrl+t, pagedown, ?.")
                if named in SENT_AS:
                    sent = SENT_AS[named]
                    raise TutorError(f"Terminals send {sent} for {key}.", hint="Choose another key, such as ctrl+t.")
            chosen[name] = ",".join(as_key(key) or key for key in keys)
        store.set_setting("keys", chosen)
        one = known[name]
        click.echo(_line(one, chosen))
        for other in _clashes(one, commands, chosen):
            click.echo(f"{other.title} ({other.id}) has the same key: where both are available, one has no effect.")


def _unknown(name: str, known: list[str]) -> TutorError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.5)
    hint = f"Did you mean {near[0]}?" if near else "`tutor remap` lists them."
    return TutorError(f"There is no command {name!r}.", hint=hint)


def _say_all(commands: list[Command], chosen: dict[str, str]) -> None:
    for number, (place, here) in enumerate(groupby(commands, key=_place)):
        click.echo("\n" * bool(number) + _PLACES.get(place, place))
        for one in here:
            click.echo(f"  {_line(one, chosen)}")


def _place(command: Command) -> str:
    return command.id.partition(".")[0]


def _line(one: Command, chosen: dict[str, str]) -> str:
    from tutor.ui.keymap import keys_of, shown

    return f"{one.id:24} {', '.join(map(shown, keys_of(one, chosen))):16} {one.title}"


def _clashes(one: Command, commands: list[Command], chosen: dict[str, str]) -> list[Command]:
    """Return the commands that share a key with this one and are available on the same screen."""
    from tutor.ui.keymap import keys_of

    mine, place = set(keys_of(one, chosen)), _place(one)
    everywhere = {"app", "field", "lesson"} if place in ("app", "field", "lesson") else {"app", place}
    return [
        other
        for other in commands
        if other is not one and _place(other) in everywhere and mine & set(keys_of(other, chosen))
    ]
