"""The screens of a lesson, with the progress in each."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.session import Session
from tutor.ui.screens.base import Dialog
from tutor.ui.text import MUTED, one_line
from tutor.ui.widgets.keyline import key_words
from tutor.ui.widgets.lesson_list import Line


class ScreenLine(Line):
    """A screen: its number, state and title, and how many of its questions are done."""

    def __init__(self, session: Session, place: int) -> None:
        self.session = session
        self.place = place

    def line(self, width: int) -> Content:
        progress = self.session.screen_progress(self.place)
        sign, style = ("✓", "$success") if progress.done == progress.total and progress.total else ("·", MUTED)
        if progress.to_fix:
            sign, style = "✗", "$error"
        head = Content.assemble((f"{self.place + 1:>2}  ", MUTED), (f"{sign} ", style))
        count = Content.styled(f"{progress.done} of {progress.total}" if progress.total else "", MUTED)
        here = Content.styled("  you are here" if self.place == self.session.position else "", MUTED)
        free = max(8, width - head.cell_length - here.cell_length - count.cell_length - 2)
        title = Content(one_line(self.session.titles[self.place])).truncate(free, ellipsis=True) + here
        return head + title.pad_right(free + here.cell_length - title.cell_length) + "  " + count


class Contents(Dialog[int | None]):
    """A list to choose a screen from. Returns its index."""

    DEFAULT_CSS = """
    Contents > Vertical { width: 64; max-height: 80%; }
    Contents .title { text-style: bold; }
    Contents OptionList { height: auto; max-height: 18; background: $panel; border: none; padding: 0; }
    Contents .keys { height: 1; margin: 1 0 0 0; }
    Contents OptionList:focus { border: none; background-tint: transparent; }
    """
    BINDINGS = [
        Binding("escape,c,f7,q", "dismiss", "Close", show=False),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(one_line(self.session.title), classes="title", markup=False)
            yield OptionList(*[Option(ScreenLine(self.session, place)) for place in range(len(self.session.titles))])
            yield Static(key_words(("⏎", "go"), ("↑ ↓", "choose"), ("esc", "close")), classes="keys")

    def on_mount(self) -> None:
        """Highlight the current screen."""
        self.query_one(OptionList).highlighted = self.session.position

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with the screen that was selected."""
        self.dismiss(event.option_index)

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()
