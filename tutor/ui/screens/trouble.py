"""An error that a person can act on: what is wrong, where, and what to do."""

from __future__ import annotations

import re

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.errors import LessonError, TutorError
from tutor.ui.commands import Command
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import MUTED, plain

_QUOTED = re.compile(r"^ *\d* \|.*$", re.MULTILINE)
_CARETS = re.compile(r"(?<=\| )[ ]*\^+[ ]*$", re.MULTILINE)

COMMANDS = (
    Command("trouble.back", "dismiss", "escape", "Back", "Back to where you were.", footer="back", also="enter,q"),
)


class Trouble(TutorScreen[None]):
    """Shows an error in full."""

    DEFAULT_CSS = """
    Trouble > VerticalScroll { padding: 1 2; }
    Trouble Static { height: auto; margin: 0 0 1 0; }
    """
    commands = COMMANDS
    help_text = "What went wrong, where, and what to do about it."

    def __init__(self, error: TutorError) -> None:
        super().__init__()
        self.error = error

    def parts(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(plain(f"✗ {self.error.title}", "bold $error"))
            if isinstance(self.error, LessonError):
                yield from (Static(_marked(line)) for line in self.error.report)
                yield Static(plain("Fix the file and open the lesson again.", "$accent"))
            else:
                yield Static(plain(self.error.message))
            if self.error.hint:
                yield Static(plain(self.error.hint, "$accent"))
            yield Static(plain("Nothing of yours is lost.", MUTED))


def _marked(problem: str) -> Content:
    """Return a problem, with the quoted lines of the file muted and the characters at fault highlighted."""
    text = plain(problem)
    return text.highlight_regex(_QUOTED, style=MUTED).highlight_regex(_CARETS, style="bold $accent")
