"""Free text, which is kept but not marked."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Button, Static, TextArea

from tutor.session.model import Answer, Verdict
from tutor.ui.commands import Command
from tutor.ui.fields.base import FieldWidget
from tutor.ui.text import MUTED
from tutor.ui.widgets.area import Area

KEEP = Command(
    "write.keep", "check", "f5", "Keep the text",
    "Keeps what you wrote, and shows a model answer if there is one. Nothing is marked.", footer="keep",
)  # fmt: skip


class WriteField(FieldWidget, inherit_bindings=False):
    """A few lines to write in, and a button to keep them."""

    DEFAULT_CSS = """
    WriteField {
        layout: vertical;
        TextArea { height: 6; border: none; padding: 0 1; background: $foreground 8%; }
        TextArea:focus { border: none; background: $primary 14%; }
        .foot { height: 1; width: 1fr; }
        .foot Static { width: 1fr; padding: 0 1; }
    }
    """
    commands = (KEEP,)

    area = query_one(Area)

    def compose(self) -> ComposeResult:
        yield Area(soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        with Horizontal(classes="foot"):
            yield Button("Keep", compact=True, tooltip=KEEP.help)
            yield Static("", classes="words", markup=False)

    @property
    def answer(self) -> Answer:
        """The typed text."""
        return self.area.text

    def load(self, answer: Answer) -> None:
        """Show a kept text."""
        self.area.load_text(answer if isinstance(answer, str) else "\n".join(answer))

    def show_mark(self) -> None:
        """Say whether the text is kept."""
        kept = self.state.result is not None and self.state.result.verdict is Verdict.KEPT
        said = "✓ kept" if kept else "not marked; F5 or the button keeps it"
        self.query_one(".words", Static).update(Content.styled(said, MUTED))

    def show_note(self, note: str) -> None:
        """Show a note where the field says that the text is kept."""
        self.query_one(".words", Static).update(Content.styled(note, MUTED))

    def focus_target(self) -> Widget:
        return self.area

    @on(TextArea.Changed)
    def text_changed(self, event: TextArea.Changed) -> None:
        """Report that the text was changed."""
        event.stop()
        if self.area.has_focus:
            self.post_message(self.Edited(self, self.answer))

    @on(Button.Pressed)
    def button_pressed(self, event: Button.Pressed) -> None:
        """Keep the text."""
        event.stop()
        self.action_check()
