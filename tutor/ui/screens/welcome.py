"""The first dialog that a new learner sees: it offers the tour."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tutor.ui.screens.base import Dialog


class Welcome(Dialog[None]):
    """Asks whether to show the tour, which can also be opened later."""

    DEFAULT_CSS = """
    Welcome { background: $background 70%; }
    Welcome > Vertical { width: 58; padding: 1 3; }
    """
    BINDINGS = [
        Binding("escape,s,q", "skip", "Skip", show=False),
        Binding("left,up", "app.focus_previous", "Before", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(
                Content.assemble(
                    ("Neural networks by hand\n\n", "bold $primary"),
                    "You work out the numbers with pencil and paper, or in your head. The tutor reads what you type, ",
                    "marks it as a person would, and says which step went wrong.\n\n",
                    "One minute shows how, on a real question. You can leave it at any time with Escape.",
                )
            )
            with Horizontal():
                yield Button("Show me (enter)", id="start", compact=True)
                yield Button("Skip (esc)", id="skip", compact=True)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Open the tour, or skip it."""
        if event.button.id == "start":
            self.dismiss()
            self.tutor.open_tour()
        else:
            self.action_skip()

    def action_skip(self) -> None:
        """Close, and do not ask again."""
        self.tutor.store.set_setting("tour-seen", True)
        self.dismiss()
