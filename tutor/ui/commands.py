"""Declare every action once: its key, letter and palette entry, and its words in the footer, in F1 and in tooltips.

A key works at any time; a letter when no field has the focus, for terminals that do not pass the key on. Both can be
remapped by the command's id (``tutor remap lesson.hint ctrl+t``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """One action. ``title`` is the palette's words, ``help`` a sentence. ``footer`` has the words beside ``key`` in the
    last line; without them it is not shown there. ``also`` has further keys."""

    id: str
    action: str
    key: str
    title: str
    help: str
    footer: str = ""
    letter: str = ""
    also: str = ""
    palette: bool = True

    def bindings(self) -> Iterable[Binding]:
        """Yield the command's bindings: the key, then the ones that are not shown, each with an id to remap it by."""
        keys, words = self.key or self.letter, self.footer or self.title
        yield Binding(keys, self.action, words, show=bool(self.footer), id=self.id, tooltip=self.help)
        for name, more in (("letter", self.letter if self.key else ""), ("also", self.also)):
            if more:
                yield Binding(more, self.action, words, show=False, id=f"{self.id}.{name}", tooltip=self.help)


class HasCommands:
    """A screen, a widget or the application with ``commands``. Their keys go before its other ``BINDINGS``, unless
    these name them, so that they are in another order in the last line."""

    commands: ClassVar[tuple[Command, ...]] = ()
    help_text: ClassVar[str] = ""
    """What F1 says about it as a whole, in Markdown."""

    words_now: Mapping[str, str] = {}
    """What the last line currently says for an action, instead of its usual words."""

    BINDINGS: ClassVar[list[BindingType]]

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the keys of the commands whose keys are not inherited."""
        bases = cls.__bases__ if options.get("inherit_bindings", True) else ()
        bound = {command for base in bases for command in getattr(base, "commands", ())}
        others = list(vars(cls).get("BINDINGS", ()))
        bound |= {command for command in cls.commands if any(binding in others for binding in command.bindings())}
        keys = [binding for command in cls.commands if command not in bound for binding in command.bindings()]
        if keys:
            cls.BINDINGS = [*keys, *others]
        super().__init_subclass__(**options)

    def offers(self, action: str) -> bool:
        """Return whether the last line shows the key of an action. A command that would only say that there is nothing
        to do is not shown."""
        return True
