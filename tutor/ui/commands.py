"""Declare every action once: its key, letter and palette entry, and its words in the footer, in F1 and in tooltips.

A key works at any time; a letter when no field has the focus, for terminals that do not pass the key on. Both can be
remapped by the command's id (``tutor remap lesson.hint ctrl+t``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """One action. ``label`` is the footer's word, ``title`` the palette's, ``help`` a sentence. ``also`` has further
    keys; these and ``letter`` are not shown in the footer."""

    id: str
    action: str
    key: str
    title: str
    help: str
    label: str = ""
    letter: str = ""
    also: str = ""
    footer: bool = False
    palette: bool = True

    def bindings(self) -> Iterable[Binding]:
        """Yield the command's bindings: the key, then the ones that are not shown, each with an id to remap it by."""
        words, silent = self.label or self.title.lower(), {"show": False, "tooltip": self.help}
        keys = self.key or self.letter
        yield Binding(keys, self.action, words, show=self.footer, id=self.id, tooltip=self.help)
        if self.letter and self.key:
            yield Binding(self.letter, self.action, words, id=f"{self.id}.letter", **silent)  # type: ignore[arg-type]
        if self.also:
            yield Binding(self.also, self.action, words, id=f"{self.id}.also", **silent)  # type: ignore[arg-type]


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """Return the bindings of several commands, for a screen's ``BINDINGS``."""
    return [binding for command in commands for binding in command.bindings()]
