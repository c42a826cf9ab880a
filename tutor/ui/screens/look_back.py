"""Everything that was answered in a lesson, including wrong attempts and what was said about them."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor import paths
from tutor.session import Session
from tutor.session.model import Attempt
from tutor.ui.commands import Command
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import MUTED, clean, one_line, plain
from tutor.ui.widgets.hanging import Hanging
from tutor.ui.widgets.prose import inline
from tutor.ui.widgets.verdict import WORDS, sign

WIDEST_LABEL = 24
"""Cells of the widest label beside which answers are aligned."""

COMMANDS = (
    Command("look_back.markdown", "export('markdown')", "m", "Save as Markdown",
            "Writes everything here to a Markdown file.", footer="save as Markdown"),
    Command("look_back.html", "export('html')", "h", "Save as HTML",
            "Writes everything here to one HTML file.", footer="save as HTML"),
    Command("look_back.close", "dismiss", "escape", "Close", "Back to where you were.", footer="close", also="q,l"),
)  # fmt: skip


class LookBackScreen(TutorScreen[None]):
    """Lists the attempts, question by question, oldest first."""

    DEFAULT_CSS = """
    LookBackScreen > VerticalScroll { padding: 1 3; }
    LookBackScreen .screen { text-style: bold; color: $primary; margin: 1 0 0 0; height: auto; }
    LookBackScreen .screen:first-of-type { margin: 0; }
    LookBackScreen .attempt { height: auto; margin: 0 0 0 2; }
    LookBackScreen .said { height: auto; margin: 0 0 0 11; color: $foreground 66%; }
    """
    commands = COMMANDS
    help_text = "Everything you have answered in this lesson, in the order you did. **m** and **h** write it to a file."

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.title = f"Look back: {one_line(session.title)}"

    def on_mount(self) -> None:
        """Say which answers changed, as the lesson may have been opened only to look back."""
        self.say_news(self.session)

    def parts(self) -> ComposeResult:
        back = self.session.look_back()
        with VerticalScroll():
            if not back.attempts:
                yield Static("Nothing answered yet. What you answer is kept here, with what was said about it.")
            widths = [inline(attempt.label).cell_length for attempt in back.attempts]
            column = max((width for width in widths if width <= WIDEST_LABEL), default=0)
            day = ""
            for (date, screen), attempts in groupby(back.attempts, key=lambda one: (one.local_time[:10], one.screen)):
                heading = plain(screen or "No longer in the lesson")
                yield Static(
                    heading if date == day else heading + Content.styled(f"   {date}", MUTED), classes="screen"
                )
                day = date
                for attempt in attempts:
                    yield Static(_line(attempt, column), classes="attempt")
                    if attempt.message and attempt.message != WORDS.get(attempt.verdict):
                        yield Static(plain(attempt.message), classes="said")

    def action_export(self, form: str) -> None:
        """Write a file into the learner's folder."""
        suffix = "html" if form == "html" else "md"
        path = paths.learner_folder() / "exports" / f"{self.session.lesson.id}-{datetime.now():%Y-%m-%d-%H%M}.{suffix}"
        try:
            paths.make_folder(path.parent)
            path.write_text(self.session.export(form), encoding="utf-8")
        except OSError as error:
            self.notify(f"This could not be written: {error}", severity="error", markup=False)
        else:
            self.notify(f"Written to {path}", markup=False, timeout=12)


def _line(attempt: Attempt, column: int) -> Hanging:
    """Return an attempt. Answers are aligned, ``column`` cells after where their labels begin; a longer label has its
    answer below it."""
    label = inline(attempt.label).stylize("bold")
    number = f"  #{clean(attempt.variant)}" if attempt.variant else ""
    old = "  before you started again" if attempt.archived else ""
    head = Content.assemble((f"{attempt.local_time[11:]}  ", MUTED), sign(attempt.verdict), " ")
    is_beside = label.cell_length <= column
    gap = " " * (column - label.cell_length + 2) if is_beside else "\n"
    return Hanging(head, Content.assemble(label, gap, clean(attempt.answer), (f"{number}{old}", MUTED)))
