"""Several lines to type in, whatever is pasted or loaded without control characters."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.widgets import TextArea

from tutor.ui.text import clean, pasted


class Area(TextArea):
    """A text area in which nothing can steer the terminal, and nothing blinks."""

    cursor_blink = reactive(False, init=False)

    def _refresh_size(self) -> None:
        """Clamp the selection to the text before the scroll bar changes: that scrolls to the cursor, and after an undo
        Textual moves the cursor only afterwards, so that it may lie on a line that is gone."""
        self.set_reactive(TextArea.selection, self._validate_selection(self.selection))
        super()._refresh_size()

    def undo(self) -> None:
        """Undo the last edit, and let what is typed next be undone on its own.

        Textual would add it to the edit before, which may be a paste; when it then undoes both at once, its wrapping
        has more lines than the text, and painting fails.
        """
        super().undo()
        self.history.checkpoint()

    def load_text(self, text: str) -> None:
        """Load text without control characters."""
        super().load_text(clean(text))

    async def _on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted; Textual calls the base class's handler next, which puts it in."""
        event.text = pasted(event.text)

    def on_unmount(self) -> None:
        """Be forgotten: the screen would keep every area that was ever on it until the mouse selects some text."""
        self.screen.text_selection_started_signal.unsubscribe(self)
