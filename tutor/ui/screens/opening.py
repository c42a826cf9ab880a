"""A wait that has a screen: a lesson is being opened. Quick ones are over before anything is shown."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from tutor.ui.screens.base import Dialog
from tutor.ui.text import MUTED

SHOW_AFTER = 0.15


class Opening(Dialog[None]):
    """Stands between the key and the lesson, so that what is typed meanwhile goes nowhere. Escape gives it up."""

    DEFAULT_CSS = """
    Opening { align: center middle; background: transparent; }
    Opening Static { display: none; width: auto; height: auto; padding: 1 4; background: $panel;
                     border-left: outer $accent; }
    """
    BINDINGS = [Binding("escape", "dismiss", "Never mind", show=False)]

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("Opening the lesson …", "bold"), ("   esc  not now", MUTED)), markup=False)

    def on_mount(self) -> None:
        """Say so only where it takes a moment."""
        self.set_timer(SHOW_AFTER, self.reveal)

    def reveal(self) -> None:
        """Show the words."""
        self.query_one(Static).display = True
