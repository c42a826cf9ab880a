"""An error that a person can do something about: what, where, and what to do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tutor.errors import LessonError, TutorError
from tutor.ui.commands import Command, bindings
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import MUTED, plain
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.topbar import TopBar

COMMANDS = (
    Command(
        "trouble.back",
        "dismiss",
        "escape",
        "Back",
        "Back to where you were.",
        label="back",
        also="enter,q",
        footer=True,
    ),
)


class Trouble(TutorScreen[None]):
    """The error, in full."""

    DEFAULT_CSS = """
    Trouble > VerticalScroll { padding: 1 3; }
    Trouble Static { height: auto; margin: 0 0 1 0; }
    """
    BINDINGS = bindings(COMMANDS)
    commands = COMMANDS
    help_text = "What went wrong, where, and what to do about it."

    def __init__(self, error: TutorError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        yield TopBar(self.error.title)
        with VerticalScroll():
            yield Static(plain(f"✗ {self.error.title}", "bold $error"))
            if isinstance(self.error, LessonError):
                yield from (Static(plain(line)) for line in self.error.report)
            else:
                yield Static(plain(self.error.message))
            if self.error.hint:
                yield Static(plain(self.error.hint, "$accent"))
            yield Static(plain("Escape goes back. Nothing of yours is lost.", MUTED))
        yield KeyLine()
