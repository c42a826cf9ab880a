"""The footer of a page, with the buttons to the next and the previous screen."""

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
    """A button whose key is shown in the last line while it has the focus."""

    BINDINGS = [Binding("enter", "press", "go", id="foot.press", tooltip="Goes where the button says.")]

    def on_mount(self) -> None:
        """Accept every press. Textual's buttons ignore presses for a moment after one, but the next page has this
        button too."""
        self.active_effect_duration = 0


class PageFooter(Horizontal):
    """The buttons to the next and the previous screen: at the end of a page or, if that is longer than the screen, in
    its last line."""

    DEFAULT_CSS = """
    PageFooter { height: 1; }
    PageFooter Button { margin: 0 2 0 0; }
    PageFooter Static { width: 1fr; }
    PageFooter .more { width: auto; padding: 0 1; color: $accent; display: none; }
    PageFooter.-more .more { display: block; }
    """

    @dataclass
    class Went(Message):
        """Sent when a button was pressed: 1 for next, -1 for back."""

        step: int

    goes_on = False
    """Whether something follows the last screen."""

    def compose(self) -> ComposeResult:
        yield NavButton("◂ Back", id="back", compact=True, tooltip="The screen before (pgup)")
        yield NavButton("Next ▸", id="next", compact=True, tooltip="The next screen (pgdn)")
        yield Static("", classes="words", markup=False)
        yield Static("", classes="more", markup=False)

    def show(self, *, is_first: bool, is_last: bool) -> None:
        """Show the buttons that lead on from a screen."""
        self.query_one("#back", NavButton).display = not is_first
        next_button = self.query_one("#next", NavButton)
        next_button.label = "Finish ▸" if is_last and not self.goes_on else "Next ▸"
        next_button.refresh(layout=True)  # a button keeps its width when its label changes

    def say(self, text: str) -> None:
        """Show a text beside the buttons."""
        self.query_one(".words", Static).update(Content.styled(text, MUTED))

    def show_more(self, words: str) -> None:
        """Say where the page continues out of view, with the keys that scroll there; nothing if all is visible."""
        more = self.query_one(".more", Static)
        if words and more.content != words:
            more.update(words)
        self.set_class(bool(words), "-more")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Report which button was pressed."""
        event.stop()
        self.post_message(self.Went(1 if event.button.id == "next" else -1))
