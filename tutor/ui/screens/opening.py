"""A screen to wait on while a lesson is opened. A quick one is open before anything is shown."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from tutor.ui.screens.base import Dialog
from tutor.ui.text import MUTED

SHOW_AFTER = 0.15


class Opening(Dialog[None]):
    """Takes the keys typed while a lesson is opened, so that they do nothing. Escape cancels."""

    DEFAULT_CSS = """
    Opening { background: transparent; }
    Opening Static { display: none; width: auto; height: auto; padding: 1 4; background: $panel;
                     border-left: outer $accent; }
    """
    BINDINGS = [Binding("escape", "dismiss", "Never mind", show=False)]

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("Opening the lesson …", "bold"), ("   esc  not now", MUTED)), markup=False)

    def on_mount(self) -> None:
        """Show the text only if opening takes a moment."""
        self.set_timer(SHOW_AFTER, self.reveal)

    def reveal(self) -> None:
        self.query_one(Static).display = True
