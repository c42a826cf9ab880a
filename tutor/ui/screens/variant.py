"""Open a variant by its number, such as one that somebody else has."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from tutor.ui.screens.base import Dialog
from tutor.ui.text import clean
from tutor.ui.widgets.entry import Entry


class AskVariant(Dialog[str | None]):
    """Returns the number that was typed, without its #; empty for the author's own numbers, None for no change."""

    DEFAULT_CSS = """
    AskVariant { align: center middle; background: $background 60%; }
    AskVariant > Vertical { width: 60; max-width: 90%; height: auto; padding: 1 2; background: $panel; }
    AskVariant Static { height: auto; margin: 0 0 1 0; }
    AskVariant Entry { width: 30; }
    """
    BINDINGS = [Binding("escape", "dismiss", "Close", show=False)]

    def __init__(self, present: str) -> None:
        super().__init__()
        self.present = present

    def compose(self) -> ComposeResult:
        now = f"You have #{clean(self.present)}." if self.present else "You have the author's own."
        with Vertical():
            yield Static(
                "Which numbers? A number or a word, 17 or a.miller: the same one gives everybody the same numbers. "
                f"{now} Left empty: the author's own.",
                markup=False,
            )
            yield Entry(placeholder="#17")

    @on(Input.Submitted)
    def chosen(self, event: Input.Submitted) -> None:
        """Close with what was typed."""
        event.stop()
        self.dismiss(event.value.strip().lstrip("#").strip())
