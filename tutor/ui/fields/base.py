"""What every widget for an answer has: it holds an answer, says when it changes or is to be checked, shows a mark."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.message import Message
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Answer, Field, FieldState, ReadBack
from tutor.ui.commands import Command
from tutor.ui.screens.base import Commanded
from tutor.ui.text import MUTED
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.hanging import Hanging
from tutor.ui.widgets.verdict import faded, state_sign, state_words

if TYPE_CHECKING:
    from tutor.session import Session

CHECK = Command(
    "field.check",
    "check",
    "enter",
    "Check the answer",
    "Marks what you typed and goes on to the next question. What cannot be read is not counted.",
    label="check",
    footer=True,
)


class FieldWidget(Commanded):
    """One field. Data goes down by ``show``; messages go up."""

    DEFAULT_CSS = """
    FieldWidget { height: auto; width: 1fr; }
    """
    commands: ClassVar[tuple[Command, ...]] = (CHECK,)
    BINDINGS = list(CHECK.bindings())

    @dataclass
    class Edited(Message):
        """The answer was changed by the learner. ``cell`` is the one typed in, of a grid."""

        field: FieldWidget
        answer: Answer
        cell: int | None = None

    @dataclass
    class Submitted(Message):
        """The answer is to be checked."""

        field: FieldWidget
        answer: Answer

    @dataclass
    class Leaving(Message):
        """The cursor wants to go to the field before (-1) or after (1)."""

        field: FieldWidget
        step: int

    def __init__(self, field: Field) -> None:
        super().__init__(classes="field")
        self.field = field
        self.state = FieldState()
        self._is_faded = False
        self._has_note = False
        self.session: Session | None = None
        """Whose answer it is, also when the screen has gone on to other numbers; None where nothing is kept."""

    # -- what subclasses do -------------------------------------------------------------------------------------------

    @property
    def answer(self) -> Answer:
        """What stands in the field now."""
        raise NotImplementedError

    def load(self, answer: Answer) -> None:
        """Put an answer in, as it was left."""
        raise NotImplementedError

    def show_mark(self) -> None:
        """Show the mark in ``state``."""
        raise NotImplementedError

    def show_reading(self, reading: ReadBack, cell: int | None) -> None:
        """Show how the text is read, where there is a reading."""

    def show_note(self, note: str) -> None:
        """Show what to do: under the line in hand, as what cannot be read is shown."""
        focused = self.screen.focused
        self.show_reading(ReadBack(note, ok=False), focused.place if isinstance(focused, Entry) else None)

    def take_in_hand(self, is_it: bool) -> None:
        """What is shown of the field in hand alone: called when the field becomes it, and when another one does."""

    # -- common -------------------------------------------------------------------------------------------------------

    def show(self, state: FieldState) -> None:
        """Show where the learner is with this field; what is typed is not touched."""
        self.state = state
        self._is_faded = self.is_stale
        self.show_mark()

    @property
    def is_stale(self) -> bool:
        """Whether the mark is about another answer than the one that stands here now."""
        return self.state.result is not None and self.state.answer is not None and self.answer != self.state.answer

    def say(self, note: str) -> None:
        """Say what to do where there is nothing to mark, until the answer is changed."""
        self._has_note = True
        self.show_note(note)

    def fade(self) -> None:
        """The answer was changed: let the mark fade where it is about another one, and come back where it is not."""
        if self._is_faded != self.is_stale or self._has_note:
            self._is_faded, self._has_note = self.is_stale, False
            self.show_mark()

    def show_verdict(self, state: FieldState) -> None:
        """Show what can be seen at once of a new mark; ``show`` follows when that has been painted."""
        self.show(state)

    def when_painted(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back once the mark has been painted."""
        marks = self.query(MarkLine)
        (marks.first() if marks else self).call_after_refresh(callback)

    def entries(self) -> list[Entry]:
        """Return the lines to type in, in order."""
        return list(self.query(Entry))

    def focus_target(self) -> Widget:
        """Return what to give the focus: the first empty or wrong cell, or the one thing there is."""
        entries = self.entries()
        return next((entry for entry in entries if not entry.value or entry.has_class("-wrong")), entries[0])

    def focus_field(self) -> None:
        """Give this field the focus. The page scrolls to its question, so that the field need not."""
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
        """Tell that the answer was changed."""
        event.stop()
        place = event.input.place if isinstance(event.input, Entry) else 0
        self.post_message(self.Edited(self, self.answer, place))

    @on(Entry.Left)
    def entry_left(self, event: Entry.Left) -> None:
        """Leave a field of one line by up and down."""
        event.stop()
        if event.way in ("up", "down"):
            self.post_message(self.Leaving(self, -1 if event.way == "up" else 1))


class SteadyLine(Static):
    """A line of words. The page is laid out anew only where they take more rows, or fewer: nothing typed waits."""

    DEFAULT_CSS = """
    SteadyLine { height: auto; }
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show other words."""
        content = Content(content) if isinstance(content, str) else content
        width, before = self.content_size.width, self.content_size.height
        if not self.display:
            layout = False  # what shows it lays the page out
        elif layout and width and isinstance(content, Content | Hanging):
            layout = content.get_height(self.styles, width) != before  # type: ignore[arg-type]  # as Textual itself does
        super().update(content, layout=layout)


class MarkLine(SteadyLine):
    """The words of a mark, beside or under what was typed; they stay."""

    DEFAULT_CSS = """
    MarkLine { height: auto; width: 1fr; padding: 0 1; }
    """

    def __init__(self, *, signed: bool = True, id: str | None = None) -> None:
        """``signed`` puts the verdict's sign before the words; off where it stands beside them anyway."""
        super().__init__(markup=False, id=id)
        self.signed = signed

    def show(self, state: FieldState, *, stale: bool = False) -> None:
        """Show a state's words, or the answer where it was given up; nothing where there is no mark. The words of a
        ``stale`` mark are faded."""
        said = faded(state_words(state)) if stale else state_words(state)
        is_signed = self.signed and not stale and state.result is not None and not (state.given_up and not state.solved)
        self.update(Hanging(state_sign(state) + "  ", said) if is_signed else said)
        self.display = state.result is not None or state.given_up

    def say(self, note: str) -> None:
        """Say what to do, where there is no mark yet."""
        self.display = True
        self.update(Content.styled(note, MUTED))
