"""Several lines filled at once, as from the clipboard: taken back, and done again, as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.ui.widgets.entry import MOST_UNDO, Entry


@dataclass(frozen=True)
class _Fill:
    entries: Sequence[Entry]
    before: Sequence[str]
    after: Sequence[str]

    def stands(self, texts: Sequence[str]) -> bool:
        """Return whether that is what stands there now: nothing was typed since."""
        return [entry.value for entry in self.entries] == [*texts]

    def step(self, texts: Sequence[str], step: Callable[[Entry], None]) -> None:
        """Go through each line's own history until the text stands in it."""
        for entry, text in zip(self.entries, texts, strict=True):
            for _ in range(MOST_UNDO):
                if entry.value == text:
                    break
                step(entry)


class Fills:
    """What was filled in at once, the last one last."""

    def __init__(self) -> None:
        self._done: list[_Fill] = []
        self._undone: list[_Fill] = []

    def fill(self, entries: Sequence[Entry], texts: Sequence[str]) -> None:
        """Put a text in each line; undo in any of them takes all of them back."""
        before = [entry.value for entry in entries]
        for entry, text in zip(entries, texts, strict=True):
            entry.set_text(text)
            entry.fills = self
        self._done.append(_Fill(entries, before, [entry.value for entry in entries]))
        self._undone.clear()

    def undo(self) -> bool:
        """Take back the last one, if nothing was typed since; whether it was."""
        if not self._done or not self._done[-1].stands(self._done[-1].after):
            return False
        last = self._done.pop()
        self._undone.append(last)
        last.step(last.before, Entry.step_back)
        return True

    def redo(self) -> bool:
        """Do the last one again that was taken back, if nothing was typed since; whether it was."""
        if not self._undone or not self._undone[-1].stands(self._undone[-1].before):
            return False
        last = self._undone.pop()
        self._done.append(last)
        last.step(last.after, Entry.step_on)
        return True
