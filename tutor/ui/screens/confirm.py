"""A question with two answers; the safe one has the focus."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from tutor.ui.screens.base import Dialog
from tutor.ui.text import clean


class Confirm(Dialog[bool]):
    """Asks a question. Escape and the button that is focused first say no."""

    DEFAULT_CSS = """
    Confirm { align: center middle; background: $background 60%; }
    Confirm > Vertical { width: 56; max-width: 90%; height: auto; padding: 1 2; background: $panel;
                         border-left: outer $accent; }
    Confirm Static { height: auto; margin: 0 0 1 0; }
    Confirm Horizontal { height: 1; }
    Confirm Button { margin: 0 2 0 0; }
    """
    BINDINGS = [
        Binding("escape,n", "dismiss(False)", "No", show=False),
        Binding("y", "dismiss(True)", "Yes", show=False),
        Binding("left,up", "app.focus_previous", "Before", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
    ]

    keeps_keys_in_order = True

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self.question = question
        self.yes = yes

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(clean(self.question), markup=False)
            with Horizontal():
                yield Button("No (esc)", id="no", compact=True)
                yield Button(f"{self.yes} (y)", id="yes", compact=True)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Close with the answer."""
        self.dismiss(event.button.id == "yes")

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Leave the dialog. A yes counts once, even if its key is pressed twice."""
        if result:
            self.tutor.type_ahead.answered()
        return super().dismiss(result)
