"""Ask for a yes, with the focus on the safe answer, or for a line of text."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tutor.ui.screens.base import Dialog
from tutor.ui.text import clean
from tutor.ui.widgets.entry import Entry


class Confirm(Dialog[bool]):
    """Asks a question. Escape and the button that is focused first say no."""

    DEFAULT_CSS = """
    Confirm > Vertical { width: 56; }
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


class AskText(Dialog[str | None]):
    """Asks for a line of text. Returns it, or None on Escape."""

    DEFAULT_CSS = """
    AskText > Vertical { border-left: none; }
    """
    BINDINGS = [Binding("escape", "dismiss", "Close", show=False)]

    def __init__(self, question: str, *, placeholder: str = "", width: int = 40) -> None:
        """Ask for a text, in a field of ``width`` columns."""
        super().__init__()
        self.question = question
        self.entry = Entry(placeholder=placeholder)
        self.entry.styles.width = width

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(clean(self.question), markup=False)
            yield self.entry

    @on(Input.Submitted)
    def typed(self, event: Input.Submitted) -> None:
        """Close with what was typed."""
        event.stop()
        self.dismiss(event.value)
