"""What all widgets for answers share: each holds an answer, reports when it is changed or submitted, and shows a
mark."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Answer, CellResult, Field, FieldState, ReadBack
from tutor.ui.commands import Command
from tutor.ui.screens.base import Commanded
from tutor.ui.text import MUTED
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.hanging import Hanging
from tutor.ui.widgets.verdict import faded, sign, state_sign, state_words

if TYPE_CHECKING:
    from tutor.session import Session

CHECK = Command(
    "field.check", "check", "enter", "Check the answer",
    "Marks what you typed and goes on to the next question. What cannot be read is not counted.", footer="check",
)  # fmt: skip


class SteadyLine(Static):
    """A text that lays the page out again only if its number of rows changes, so that typing is never delayed."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text."""
        content = Content(content) if isinstance(content, str) else content
        width, before = self.content_size.width, self.content_size.height
        if not self.display:
            layout = False  # whatever shows it will lay the page out
        elif layout and width and isinstance(content, Content | Hanging):
            layout = content.get_height(self.styles, width) != before  # type: ignore[arg-type]  # as Textual itself does
        super().update(content, layout=layout)


class MarkLine(SteadyLine):
    """The message of a mark, beside or below what was typed."""

    DEFAULT_CSS = """
    MarkLine { width: 1fr; padding: 0 1; }
    """

    def __init__(self, *, signed: bool = True, id: str | None = None) -> None:
        """Make a line. ``signed`` puts the verdict's sign before the message; it is off if the sign is shown
        elsewhere."""
        super().__init__(markup=False, id=id)
        self.signed = signed

    def show(self, state: FieldState, *, stale: bool = False) -> None:
        """Show a state's message, or the answer if it was given up; nothing if there is no mark. The message of a
        ``stale`` mark is faded."""
        said = faded(state_words(state)) if stale else state_words(state)
        is_signed = self.signed and not stale and state.result is not None and not (state.given_up and not state.solved)
        self.update(Hanging(state_sign(state) + "  ", said) if is_signed else said)
        self.display = state.result is not None or state.given_up

    def say(self, note: str) -> None:
        """Say what to do if there is no mark yet."""
        self.display = True
        self.update(Content.styled(note, MUTED))


class FieldWidget(Commanded):
    """The widget of one field. State comes in through ``show``; messages go out."""

    DEFAULT_CSS = """
    FieldWidget { height: auto; width: 1fr; }
    """
    commands: ClassVar[tuple[Command, ...]] = (CHECK,)

    columns = 1
    """The cells on one line."""

    mark = query_one(MarkLine)

    @dataclass
    class Edited(Message):
        """Sent when the learner changed the answer. ``cell`` is the cell of a grid that was typed in."""

        field: FieldWidget
        answer: Answer
        cell: int | None = None

    @dataclass
    class Submitted(Message):
        """Sent when the answer is to be checked."""

        field: FieldWidget
        answer: Answer

    @dataclass
    class Leaving(Message):
        """Sent when the cursor leaves for the field before (-1) or after (1)."""

        field: FieldWidget
        step: int

    def __init__(self, field: Field) -> None:
        super().__init__(classes="field")
        self.field = field
        self.state = FieldState()
        self._is_faded = False
        self._has_note = False
        self.session: Session | None = None
        """The session of this answer, even if the screen shows other numbers by now; None if answers are not kept."""

    # -- what subclasses do -------------------------------------------------------------------------------------------

    @property
    def answer(self) -> Answer:
        """The answer as it is typed now."""
        return tuple(entry.value for entry in self.entries())

    def load(self, answer: Answer) -> None:
        """Show an answer that was kept."""
        for entry, text in zip(self.entries(), (answer,) if isinstance(answer, str) else answer, strict=False):
            entry.set_text(text)

    def show_mark(self) -> None:
        """Show the mark in ``state``."""
        self.mark.show(self.state, stale=self.is_stale)

    def mark_cells(self, results: Sequence[CellResult]) -> None:
        """Show each cell's verdict by the sign after it and its colour, unless the cell was changed since."""
        marked = self.state.answer
        for place, entry in enumerate(self.entries()):
            is_changed = isinstance(marked, tuple) and marked[place : place + 1] not in ((), (entry.value,))
            verdict = results[place].verdict if place < len(results) and not is_changed else None
            self.query_one(f"#sign-{place}", Static).update(sign(verdict))
            entry.mark(verdict)

    def show_reading(self, reading: ReadBack, cell: int | None) -> None:
        """Show how the text is parsed, if the field shows that."""

    def show_note(self, note: str) -> None:
        """Show what to do, in the place of the mark."""
        self.mark.say(note)

    def set_current(self, is_current: bool) -> None:
        """Show or hide what only the current field shows. It is called when the field becomes the current one, and when
        another one does."""

    # -- common -------------------------------------------------------------------------------------------------------

    def show(self, state: FieldState) -> None:
        """Show the field's state. What is typed is not touched."""
        self.state = state
        self._is_faded = self.is_stale
        self.show_mark()

    @property
    def is_stale(self) -> bool:
        """Whether the mark is about an answer that has been changed since."""
        return self.state.result is not None and self.state.answer is not None and self.answer != self.state.answer

    def say(self, note: str) -> None:
        """Say what to do if there is nothing to mark, until the answer is changed."""
        self._has_note = True
        self.show_note(note)

    def fade(self) -> None:
        """Fade the mark if the answer was changed, or show it again if the answer is the marked one."""
        if self._is_faded != self.is_stale or self._has_note:
            self._is_faded, self._has_note = self.is_stale, False
            self.show_mark()

    def show_verdict(self, state: FieldState) -> None:
        """Show what can be shown of a new mark at once. ``show`` follows when that is painted."""
        self.show(state)

    def when_painted(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back once the mark is painted."""
        marks = self.query(MarkLine)
        (marks.first() if marks else self).call_after_refresh(callback)

    def entries(self) -> list[Entry]:
        """Return the lines to type in, in order."""
        return list(self.query(Entry))

    def focus_target(self) -> Widget:
        """Return what to focus: the first cell that is empty or not right, or the only one."""
        entries = self.entries()
        return next((entry for entry in entries if not entry.value or entry.is_open), entries[0])

    def focus_field(self) -> None:
        """Focus this field. The page scrolls to its question, so the field does not."""
        self.focus_target().focus(scroll_visible=False)

    def action_check(self) -> None:
        """Ask for the answer to be checked."""
        self.post_message(self.Submitted(self, self.answer))

    @on(Entry.Submitted)
    def entry_submitted(self, event: Entry.Submitted) -> None:
        """Check the answer when Enter is pressed in a line."""
        event.stop()
        self.action_check()

    @on(Entry.Changed)
    def entry_changed(self, event: Entry.Changed) -> None:
        """Report that the answer was changed."""
        event.stop()
        place = event.input.place if isinstance(event.input, Entry) else 0
        self.post_message(self.Edited(self, self.answer, place))

    @on(Entry.Left)
    def entry_left(self, event: Entry.Left) -> None:
        """Go to the cell in that direction; up and down go on to the next field."""
        event.stop()
        step = {"up": -self.columns, "down": self.columns, "left": -1, "right": 1}[event.direction]
        entries, target = self.entries(), event.entry.place + step
        if 0 <= target < len(entries):
            entries[target].focus()
        elif event.direction in ("up", "down"):
            self.post_message(self.Leaving(self, 1 if step > 0 else -1))
