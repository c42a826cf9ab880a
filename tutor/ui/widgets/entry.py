"""A one-line field: no blinking, undo, safe pasting, and arrow keys that leave it at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import Input
from textual.widgets.input import Selection

from tutor.session.model import Verdict
from tutor.ui.text import one_line, pasted
from tutor.ui.widgets.verdict import CLASSES

if TYPE_CHECKING:
    from tutor.ui.widgets.fills import Fills

MOST_UNDO = 200
MORE = "…"
"""Shown at an end of the line beyond which the text continues."""


class Entry(Input, inherit_bindings=False):
    """One field or cell to type in. The session parses its text. Keys that scroll are left to the page, because a line
    has nothing to scroll."""

    DEFAULT_CSS = """
    Entry {
        height: 1; border: none; padding: 0 1; width: 24; background: $foreground 8%;
        &:focus { border: none; background: $primary 22%; background-tint: transparent; }
        &.-correct { color: $success; }
        &.-wrong { color: $error; }
        &.-follows, &.-imprecise { color: $warning; }
        & > .input--placeholder { color: $foreground 66%; }
    }
    """
    BINDINGS = [
        Binding("enter", "submit", "check", id="field.enter", tooltip="Marks the answer and goes on."),
        Binding("up", "leave('up')", "Field above", show=False),
        Binding("down", "leave('down')", "Field below", show=False),
        Binding("left", "left", "Left, or the cell before", show=False),
        Binding("right", "right", "Right, or the next cell", show=False),
        Binding("ctrl+z", "undo", "Undo", show=False, id="field.undo", tooltip="Takes back what was typed last."),
        Binding("ctrl+y", "redo", "Redo", show=False, id="field.redo"),
        *Input.BINDINGS,
    ]

    selects_on_focus = False
    """Whether focusing the field selects its text, so that typing replaces it."""

    virtual_size = Reactive(Size(0, 0), layout=False)
    """The size of the text. It never changes the field's width, so that a key does not lay the page out again."""

    @dataclass
    class Left(Message):
        """Sent when the cursor leaves the field at an end. ``direction`` is up, down, left or right."""

        entry: Entry
        direction: str

    @dataclass
    class Pasted(Message):
        """Sent when several numbers were pasted, which may fill a whole grid."""

        entry: Entry
        text: str

    def __init__(self, value: str = "", *, place: int = 0, placeholder: str = "", in_grid: bool = False) -> None:
        """Make a field. ``place`` is the cell's number within its field, from 0."""
        self._past: list[str] = []
        self._future: list[str] = []
        self._known = value
        self._verdict: Verdict | None = None
        self._marked = ""  # the text that the verdict is about
        super().__init__(value, placeholder=placeholder, select_on_focus=False, validate_on=())
        self.place = place
        self.in_grid = in_grid
        self.cursor_blink = False
        self.fills: Fills | None = None
        """The lines that were filled together with this one."""

    def set_text(self, text: str) -> None:
        """Set a text that was not typed (a draft, a pasted cell)."""
        text = one_line(text) if not text.isprintable() else text
        self._remember()
        self.value = self._known = text
        self.cursor_position = len(text)

    def render_line(self, y: int) -> Strip:
        """Return the line. An end beyond which the text continues is marked, unless the cursor is there."""
        strip, columns, start = super().render_line(y), self.scrollable_content_region.width, self.scroll_offset.x
        length, cursor = cell_len(self.value), cell_len(self.value[: self.cursor_position]) - start
        if y or length <= columns - 1:  # the cursor may be behind the text
            return strip
        more = Strip([Segment(MORE, self.rich_style)], 1)
        if start and cursor:
            strip = Strip.join([more, strip.crop(1)])
        if start + columns < length and cursor != columns - 1:
            strip = Strip.join([strip.crop(0, columns - 1), more, strip.crop(columns)])
        return strip

    # -- marks --------------------------------------------------------------------------------------------------------

    def mark(self, verdict: Verdict | None) -> None:
        """Take the colour of a verdict, or lose it with None. A text newly marked as not right is selected, so that
        typing replaces it."""
        is_new = not self.is_wrong or self.value != self._marked
        self._verdict, self._marked = verdict, self.value
        for each, name in CLASSES.items():
            self.set_class(each is verdict, name)
        if self.is_wrong and is_new and self.has_focus:
            self._select_all()

    @property
    def is_wrong(self) -> bool:
        """Whether the text is marked as not right."""
        return any(self.has_class(CLASSES[verdict]) for verdict in (Verdict.WRONG, Verdict.FOLLOWS))

    @property
    def is_open(self) -> bool:
        """Whether what stands here is marked, and not as right."""
        return self._verdict not in (None, Verdict.CORRECT)

    def on_focus(self) -> None:
        """Select a text that is not right, or one that typing should replace."""
        if self.is_wrong or self.selects_on_focus:
            self._select_all()

    def _select_all(self) -> None:
        self.selection = Selection(0, len(self.value))

    # -- undo ---------------------------------------------------------------------------------------------------------

    def watch_value(self, value: str) -> None:
        """Keep the text before a change, for undo."""
        if value != self._known:
            self._remember()
            self._known = value

    def _remember(self) -> None:
        self._past = [*self._past[-MOST_UNDO:], self._known]
        self._future = []

    def action_undo(self) -> None:
        """Undo the last change. If it filled several fields at once, undo it in all of them."""
        if self.fills is not None and self.fills.undo():
            return
        before = self.value
        while self._past and self.value == before:  # skip texts that were set again unchanged
            self.step_back()

    def action_redo(self) -> None:
        """Redo what was undone."""
        if self.fills is None or not self.fills.redo():
            self.step_on()

    def step_back(self) -> None:
        """Restore the text before the last change."""
        self._step(self._past, self._future)

    def step_on(self) -> None:
        """Restore the text that was undone."""
        self._step(self._future, self._past)

    def _step(self, texts: list[str], others: list[str]) -> None:
        if texts:
            others.append(self.value)
            self._known = texts.pop()
            self.value = self._known
            self.cursor_position = len(self.value)

    def on_unmount(self) -> None:
        """Unsubscribe, or the screen would keep every removed field until the mouse selects some text."""
        self.screen.text_selection_started_signal.unsubscribe(self)

    # -- moving -------------------------------------------------------------------------------------------------------

    def action_leave(self, direction: str) -> None:
        """Ask to move on in a direction."""
        self.post_message(self.Left(self, direction))

    def action_left(self) -> None:
        """Move left; at the start of a cell, to the cell before."""
        if self.in_grid and self.cursor_position == 0 and self.selection.is_empty:
            self.action_leave("left")
        else:
            self.action_cursor_left()

    def action_right(self) -> None:
        """Move right; at the end of a cell, to the next cell."""
        if self.in_grid and self.cursor_position == len(self.value) and self.selection.is_empty:
            self.action_leave("right")
        else:
            self.action_cursor_right()

    # -- pasting ------------------------------------------------------------------------------------------------------

    def _on_paste(self, event: events.Paste) -> None:
        """Paste cleaned text on one line. In a grid, several numbers are offered to the whole grid."""
        event.stop()
        event.prevent_default()
        text = pasted(event.text).strip()
        if self.in_grid and len(text.replace(",", " ").replace(";", " ").split()) > 1:
            self.post_message(self.Pasted(self, text))
        elif text:
            self.put_in(text)

    def put_in(self, text: str) -> None:
        """Insert a text on one line, replacing the selection."""
        self.replace(" ".join(text.split()), *sorted(self.selection))
