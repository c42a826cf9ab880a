"""Undo and redo for several fields that were filled at once, as from the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.ui.widgets.entry import MOST_UNDO, Entry


@dataclass(frozen=True)
class _Fill:
    entries: Sequence[Entry]
    before: Sequence[str]
    after: Sequence[str]

    def is_current(self, texts: Sequence[str]) -> bool:
        """Return whether the fields hold these texts, so that nothing was typed since."""
        return [entry.value for entry in self.entries] == [*texts]

    def step(self, texts: Sequence[str], step: Callable[[Entry], None]) -> None:
        """Step through each field's history until it holds its text."""
        for entry, text in zip(self.entries, texts, strict=True):
            for _ in range(MOST_UNDO):
                if entry.value == text:
                    break
                step(entry)


class Fills:
    """The history of fields filled at once, newest last."""

    def __init__(self) -> None:
        self._done: list[_Fill] = []
        self._undone: list[_Fill] = []

    def fill(self, entries: Sequence[Entry], texts: Sequence[str]) -> None:
        """Set a text in each field. Undo in any of them undoes all of them."""
        before = [entry.value for entry in entries]
        for entry, text in zip(entries, texts, strict=True):
            entry.set_text(text)
            entry.fills = self
        self._done.append(_Fill(entries, before, [entry.value for entry in entries]))
        self._undone.clear()

    def undo(self) -> bool:
        """Undo the last fill, if nothing was typed since. Return whether it was undone."""
        if not self._done or not self._done[-1].is_current(self._done[-1].after):
            return False
        last = self._done.pop()
        self._undone.append(last)
        last.step(last.before, Entry.step_back)
        return True

    def redo(self) -> bool:
        """Redo the fill that was undone last, if nothing was typed since. Return whether it was redone."""
        if not self._undone or not self._undone[-1].is_current(self._undone[-1].before):
            return False
        last = self._undone.pop()
        self._done.append(last)
        last.step(last.after, Entry.step_on)
        return True
