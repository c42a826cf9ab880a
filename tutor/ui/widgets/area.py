"""A text area that accepts no control characters, neither pasted nor loaded."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.widgets import TextArea

from tutor.ui.text import clean, pasted


class Area(TextArea):
    """A text area without control characters and without blinking."""

    cursor_blink = reactive(False, init=False)

    def _refresh_size(self) -> None:
        """Clamp the selection to the text before the scroll bar changes, which scrolls to the cursor. After an undo,
        Textual moves the cursor only afterwards, so it may be on a line that no longer exists."""
        self.set_reactive(TextArea.selection, self._validate_selection(self.selection))
        super()._refresh_size()

    def undo(self) -> None:
        """Undo the last edit, and let what is typed next be undone separately.

        Textual would merge it with the edit before, which may be a paste. When it then undoes both at once, its
        wrapping has more lines than the text, and painting fails.
        """
        super().undo()
        self.history.checkpoint()

    def load_text(self, text: str) -> None:
        """Load text without control characters."""
        super().load_text(clean(text))

    async def _on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted. Textual calls the base class's handler next, which inserts it."""
        event.text = pasted(event.text)

    def on_unmount(self) -> None:
        """Unsubscribe, or the screen would keep every removed area until the mouse selects some text."""
        self.screen.text_selection_started_signal.unsubscribe(self)
