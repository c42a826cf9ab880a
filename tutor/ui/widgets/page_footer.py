"""The way on and back from a page."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from tutor.ui.text import MUTED


class NavButton(Button):
    """A button whose key stands in the footer while it has the focus."""

    BINDINGS = [Binding("enter", "press", "go", id="foot.press", tooltip="Goes where the button says.")]

    def on_mount(self) -> None:
        """Take every press: Textual's buttons are deaf for a moment after one, and the next page has this one too."""
        self.active_effect_duration = 0


class PageFooter(Horizontal):
    """The way on and back, at the end of a page or, where that is longer than the screen, in its last line."""

    DEFAULT_CSS = """
    PageFooter { height: 1; }
    PageFooter Button { margin: 0 2 0 0; }
    PageFooter Static { width: 1fr; }
    PageFooter .more { width: auto; padding: 0 1; color: $accent; display: none; }
    PageFooter.-more .more { display: block; }
    """

    @dataclass
    class Went(Message):
        """A button was pressed: 1 is on, -1 is back."""

        step: int

    goes_on = False
    """Whether there is more after the last screen."""

    def compose(self) -> ComposeResult:
        yield NavButton("◂ Back", id="back", compact=True, tooltip="The screen before (pgup)")
        yield NavButton("Next ▸", id="next", compact=True, tooltip="The next screen (pgdn)")
        yield Static("", classes="words", markup=False)
        yield Static("", classes="more", markup=False)

    def show(self, *, is_first: bool, is_last: bool) -> None:
        """Show the buttons that lead on from a screen."""
        self.query_one("#back", NavButton).display = not is_first
        way_on = self.query_one("#next", NavButton)
        way_on.label = "Finish ▸" if is_last and not self.goes_on else "Next ▸"
        way_on.refresh(layout=True)  # a button keeps its width when its label changes

    def say(self, text: str) -> None:
        """Show words beside the buttons."""
        self.query_one(".words", Static).update(Content.styled(text, MUTED))

    def show_more(self, words: str) -> None:
        """Say where the page goes on out of sight, and the keys that scroll there; nothing where all is seen."""
        more = self.query_one(".more", Static)
        if words and more.content != words:
            more.update(words)
        self.set_class(bool(words), "-more")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Tell which button was pressed."""
        event.stop()
        self.post_message(self.Went(1 if event.button.id == "next" else -1))
