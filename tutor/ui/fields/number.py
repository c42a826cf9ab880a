"""A number or a formula: one line, with its verdict beside it and how it is parsed below it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tutor.session.model import Answer, Field, FieldKind, FieldState, ReadBack, Verdict
from tutor.ui.fields.base import FieldWidget, SteadyLine
from tutor.ui.text import MUTED, clean, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.verdict import faded, state_sign, state_words

ROWS_BESIDE = 2
"""The most rows of a message beside the entry. A longer one goes below it, at full width."""

_REMOVED_ON_EDIT = (Verdict.CORRECT, Verdict.UNREADABLE)
"""Verdicts whose marks are removed when the text is changed. The messages of others help to fix it, so they only
fade."""


class NumberField(FieldWidget):
    """``Z₁ ▏−0.7 ▕ ✓ Right.``, with how it is parsed below it while it has the focus. Long messages go below it too."""

    DEFAULT_CSS = """
    NumberField {
        layout: vertical;
        & > Horizontal { height: auto; }
        .label { width: auto; min-width: 4; text-style: bold; padding: 0 1 0 0; text-align: right; }
        .sign { width: 3; padding: 0 1; text-style: bold; }
        .unit { width: auto; padding: 0 0 0 1; }
        .reading { min-height: 1; color: $foreground 66%; padding: 0 1; display: none; }
        .words { height: auto; padding: 0 1; }
        .beside { width: 1fr; }
        .below { display: none; }
        &.-formula Entry { width: 50%; max-width: 48; }
        &.-second Entry:blur { background: $foreground 14%; }
    }
    """

    help_text = (
        "A number, or the calculation itself: `-0.7`, `.332`, `0,332`, `1/3`, `2e-3`, `0.2*1 - 0.5 - 0.4`, "
        "`sigmoid(-0.7)`, `Z1 = -0.7`, or a whole line of working. Where a formula is asked for, write it with "
        "the names of the screen: `(yhat - y)*H1`, with Greek letters, or in LaTeX. How it is read is shown below "
        "the field before you check it; what cannot be read is not counted. **Up** and **down** go to the field above "
        "or below, **ctrl+z** undoes."
    )

    entry = query_one(Entry)
    beside = query_one(".beside", SteadyLine)
    below = query_one(".below", SteadyLine)
    sign = query_one(".sign", Static)
    reading = query_one(".reading", SteadyLine)

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.set_class(field.kind is FieldKind.EXPRESSION, "-formula")
        self._label = one_line(field.label)

    @property
    def label_width(self) -> int:
        """The width of the label, for aligning fields."""
        return cell_len(self._label)

    def set_current(self, is_current: bool) -> None:
        """Show how the text is parsed only below the current field."""
        self.reading.display = is_current

    def align(self, width: int) -> None:
        """Set the label's width, so that the fields of a block are aligned."""
        self.query_one(".label").styles.width = width + 1
        for under in (self.below, self.reading):
            under.styles.margin = (0, 0, 0, width + 1)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self._label, classes="label", markup=False)
            yield Entry()
            if self.field.unit:
                yield Static(clean(self.field.unit), classes="unit", markup=False)
            yield Static("", classes="sign", markup=False)
            yield SteadyLine("", classes="words beside", markup=False)
        yield SteadyLine("", classes="words below", markup=False)
        yield SteadyLine("", classes="reading", markup=False)

    @property
    def answer(self) -> Answer:
        """The typed text."""
        return self.entry.value

    def load(self, answer: Answer) -> None:
        """Show a kept text."""
        self.entry.set_text(answer if isinstance(answer, str) else " ".join(answer))
        self.show_reading(ReadBack(""), None)

    def show_verdict(self, state: FieldState) -> None:
        """Show only the sign and the message: the entry's colour makes Textual restyle it, which takes longer."""
        self.state = state
        self._show_words()

    def show_mark(self) -> None:
        """Show the sign, the message (with the precision asked for, unless a mistake is named), and the entry's
        colour."""
        self._show_words()
        result = self.state.result
        self.entry.mark(result.verdict if result is not None and not self.is_stale else None)
        if not self.is_stale:
            self.reading.update("")

    def when_painted(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back once the message is painted."""
        self.beside.call_after_refresh(callback)

    def on_resize(self) -> None:
        """Put the message beside or below the entry, depending on the new width."""
        self._show_words()

    @property
    def _marked(self) -> FieldState:
        """The state, without a mark that typing has removed."""
        is_removed = self.is_stale and self.state.result is not None and self.state.result.verdict in _REMOVED_ON_EDIT
        return replace(self.state, result=None) if is_removed else self.state

    def _show_words(self) -> None:
        state = self._marked
        result, precision = state.result, Content.styled(clean(self.field.precision), MUTED)
        said = state_words(state)
        if not said:
            said = precision
        elif result is not None and result.verdict is Verdict.WRONG and not result.mistakes and not state.done:
            said = said if precision.plain in said.plain else Content.assemble(said, "  ", precision)
        if self.is_stale and result is not None:
            said = faded(said)
        columns = self.beside.content_size.width
        rows = _rows(said, self.beside, columns)
        is_beside = rows <= ROWS_BESIDE
        if rows > 1 and is_beside:  # one row at full width is easier to read, and takes no more room
            margin = self.below.styles.margin.width + self.below.gutter.width
            is_beside = _rows(said, self.below, self.content_size.width - margin) > 1
        self.sign.update(Content("") if self.is_stale else state_sign(state), layout=False)
        self.beside.update(said if is_beside else "")
        self.below.update("" if is_beside else said)
        self.below.display = not is_beside

    def show_note(self, note: str) -> None:
        """Show a note below the line."""
        self.show_reading(ReadBack(note, ok=False), None)

    def show_reading(self, reading: ReadBack, cell: int | None) -> None:
        """Show how the text is parsed, or what was expected if it cannot be."""
        text, style = one_line(reading.text), MUTED
        if not reading.ok:
            text, style = f"! {text}", "$warning"
        self.reading.update(Content.styled(text, style))


def _rows(said: Content, line: SteadyLine, columns: int) -> int:
    """Return the rows that a text takes in a line of ``columns`` columns; 0 if there are none yet."""
    return said.get_height(line.styles, columns) if columns > 0 else 0  # type: ignore[arg-type]  # as in SteadyLine
