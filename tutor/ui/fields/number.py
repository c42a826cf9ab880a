"""A number or a formula: one line, how it is read under it, its verdict beside it."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tutor.session.model import Answer, Field, FieldKind, FieldState, ReadBack, Verdict
from tutor.ui.fields.base import FieldWidget, MarkLine, SteadyLine
from tutor.ui.text import MUTED, clean, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.verdict import CLASSES, state_sign, words


class NumberField(FieldWidget):
    """``Z₁ ▏−0.7 ▕ ✓ Right.`` with ``I read −0.7`` under it while it has the focus."""

    DEFAULT_CSS = """
    NumberField {
        layout: vertical;
        & > Horizontal { height: auto; }
        .label { width: auto; min-width: 4; text-style: bold; padding: 0 1 0 0; text-align: right; }
        .sign { width: 3; padding: 0 1; text-style: bold; }
        .unit { width: auto; padding: 0 0 0 1; }
        .reading { min-height: 1; color: $foreground 66%; padding: 0 1; display: none; }
        &.-formula Entry { width: 50%; max-width: 48; }
        &.-formula MarkLine { width: 1fr; }
    }
    """

    help_text = (
        "A number, or the calculation itself: `-0.7`, `.332`, `0,332`, `1/3`, `2e-3`, `0.2*1 - 0.5 - 0.4`, "
        "`sigmoid(-0.7)`, `Z1 = -0.7`, or a whole line of working. Where a formula is asked for, write it with "
        "the names of the screen: `(yhat - y)*H1`, with Greek letters, or in LaTeX. How it is read stands under the "
        "field before you check it; what can't be read costs nothing. **Up** and **down** go to the fields beside it, "
        "**ctrl+z** takes back."
    )

    entry = query_one(Entry)
    mark = query_one(MarkLine)
    sign = query_one(".sign", Static)
    reading = query_one(".reading", SteadyLine)

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.set_class(field.kind is FieldKind.EXPRESSION, "-formula")
        self._label = one_line(field.label)

    @property
    def label_width(self) -> int:
        """How wide the label is, for fields to stand in line."""
        return cell_len(self._label)

    def take_in_hand(self, is_it: bool) -> None:
        """Its reading stands under the field in hand alone."""
        self.reading.display = is_it

    def align(self, width: int) -> None:
        """Set the label's width, so that the lines of a block stand under each other."""
        self.query_one(".label").styles.width = width + 1
        self.reading.styles.margin = (0, 0, 0, width + 1)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self._label, classes="label", markup=False)
            yield Entry()
            if self.field.unit:
                yield Static(clean(self.field.unit), classes="unit", markup=False)
            yield Static("", classes="sign", markup=False)
            yield MarkLine(signed=False)
        yield SteadyLine("", classes="reading", markup=False)

    @property
    def answer(self) -> Answer:
        """The text."""
        return self.entry.value

    def load(self, answer: Answer) -> None:
        """Put a text in."""
        self.entry.set_text(answer if isinstance(answer, str) else " ".join(answer))
        self.show_reading(ReadBack(""), None)

    def show_verdict(self, state: FieldState) -> None:
        """The sign and the words: a colour takes all of the entry's styles to be worked out anew."""
        self.state = state
        self._show_words()

    def show_mark(self) -> None:
        """The sign, the words (until a slip is named, how precise the answer is to be), and the entry's colour."""
        self._show_words()
        verdict = self.state.result.verdict if self.state.result is not None else None
        for each, name in CLASSES.items():
            self.entry.set_class(each is verdict, name)
        self.show_reading(ReadBack(""), None)

    def _show_words(self) -> None:
        self.sign.update(state_sign(self.state), layout=False)
        self.mark.show(self.state)
        result, precision = self.state.result, Content.styled(clean(self.field.precision), MUTED)
        if not self.mark.display and precision:
            self.mark.update(precision)
            self.mark.display = True
        elif result is not None and result.verdict is Verdict.WRONG and not result.mistakes and not self.state.done:
            self.mark.update(Content.assemble(words(result), "  ", precision))

    def show_reading(self, reading: ReadBack, cell: int | None) -> None:
        """How the text is read; where it can't be, what was expected."""
        text, style = one_line(reading.text), MUTED
        if not reading.ok:
            text, style = f"! {text}", "$warning"
        self.reading.update(Content.styled(text, style))
