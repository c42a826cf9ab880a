"""The button that opens a derivation."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from tutor.lessons.blocks.derive import DeriveView
from tutor.ui.blocks.registry import draws, never_changes
from tutor.ui.text import MUTED, one_line


class DeriveBlock(Horizontal):
    """A button that opens a derivation."""

    DEFAULT_CSS = """
    DeriveBlock { height: 1; margin: 0 0 1 2; }
    DeriveBlock Button { width: auto; }
    """

    @dataclass
    class Opened(Message):
        """Sent to show the derivation."""

        view: DeriveView

    def __init__(self, view: DeriveView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        label = Content.assemble(
            "▸ Where does ", (one_line(self.view.label), "bold"), " come from?  ", ("derivation", MUTED)
        )
        yield Button(label, compact=True, tooltip="Unfolds the derivation, line by line.")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Open the derivation."""
        event.stop()
        self.post_message(self.Opened(self.view))


draws(DeriveView, DeriveBlock, DeriveBlock, update=never_changes)
