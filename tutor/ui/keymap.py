"""The learner's keys: which commands there are, what counts as a key, and which keys were chosen.

They are kept in the setting ``keys``, from ids of commands to keys (``{"lesson.hint": "ctrl+t"}``). A command's letter
is remapped by its id with ``.letter``.
"""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Mapping

from textual.binding import Binding
from textual.keys import Keys

import tutor.ui
from tutor.ui.commands import Command
from tutor.ui.textual_compat import key_of

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})
_NAMED = frozenset(key.value.rpartition("+")[2] for key in Keys if key.value[-1] not in ">@") - {"ctrl-at"}
_ON_NO_KEYBOARD = ("So", "Sm", "Cn", "Co")
"""Categories of characters (pictures, mathematical signs beyond ASCII) that are on no keyboard."""
_ALIASES = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete", "ins": "insert"}


def all_commands() -> list[Command]:
    """Return every command that any screen or field declares."""
    found: dict[str, Command] = {}
    for module in pkgutil.walk_packages(tutor.ui.__path__, "tutor.ui."):
        for value in vars(importlib.import_module(module.name)).values():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Command):
                    found[one.id] = one
    return list(found.values())


def as_key(text: str) -> str | None:
    """Return a key as Textual names it (``ctrl+t``, ``f5``, ``question_mark`` for ?), or None if no keyboard sends
    it."""
    text = text.strip()
    if len(text) == 1:
        return key_of(text) if _is_typed(text) else None
    *modifiers, name = text.lower().split("+")
    name = _ALIASES.get(name, name)
    character = name if len(name) == 1 else _character(name)
    if name not in _NAMED and not (character and _is_typed(character)):
        return None
    if modifiers and not character.isascii():
        return None  # terminals send Ctrl and Alt only with ASCII keys
    if len(name) == 1:
        name = key_of(name)
    if not set(modifiers) <= _MODIFIERS or len(set(modifiers)) < len(modifiers):
        return None
    return "+".join([*modifiers, name])


#: Keys that a terminal cannot tell from others, with the names of those.
SENT_AS = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+left_square_bracket": "Escape"}


def _is_typed(character: str) -> bool:
    """Return whether some keyboard has a key for a character."""
    return character.isprintable() and (character.isascii() or unicodedata.category(character) not in _ON_NO_KEYBOARD)


def shown(key: str) -> str:
    """Return a key as a person writes it: ``?`` for ``question_mark``."""
    *modifiers, name = key.split("+")
    return "+".join([*modifiers, _character(name).strip() or name])


#: The characters that Textual names differently from Unicode.
_UNICODE_NAMES = {
    "slash": "solidus",
    "minus": "hyphen-minus",
    "plus": "plus sign",
    "less_than_sign": "less-than sign",
    "greater_than_sign": "greater-than sign",
}


def _character(name: str) -> str:
    """Return the character that Textual calls by this name, or nothing if there is no printable one."""
    try:
        character = unicodedata.lookup(_UNICODE_NAMES.get(name, name).replace("_", " "))
    except KeyError:
        return ""
    return character if character.isprintable() else ""


#: Commands that once had another id, under which a learner may have chosen keys.
_FORMER = {"lesson.mend": "lesson.fix"}


def present_id(name: str) -> str:
    """Return the present id of a command, or of its letter."""
    command, letter = name.removesuffix(".letter"), name.endswith(".letter")
    return _FORMER.get(command, command) + ".letter" * letter


def keymap(setting: object) -> dict[str, str]:
    """Return the setting as Textual expects it. What is no key is left out, so that its command keeps the key it
    had."""
    if not isinstance(setting, dict):
        return {}
    found: dict[str, str] = {}
    for name, keys in setting.items():
        known = [as_key(key) for key in keys.split(",")] if isinstance(keys, str) else [None]
        if all(known):
            found[present_id(str(name))] = ",".join(key for key in known if key)
    return found


def bindings_now(command: Command, chosen: Mapping[str, str]) -> list[Binding]:
    """Return a command's bindings with their current keys, without those of ``also``."""
    named = [(binding.id or "", binding) for binding in command.bindings()]
    return [binding.with_key(chosen.get(name, binding.key)) for name, binding in named if not name.endswith(".also")]


def keys_of(command: Command, chosen: Mapping[str, str]) -> list[str]:
    """Return the current keys of a command."""
    return [key for binding in bindings_now(command, chosen) for key in binding.key.split(",")]
