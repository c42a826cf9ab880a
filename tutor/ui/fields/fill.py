"""Code or text with gaps, with a field in the place of each gap."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tutor.session.model import Field, Verdict
from tutor.ui.code_colours import highlighted
from tutor.ui.fields.base import FieldWidget, MarkLine
from tutor.ui.text import clean
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.verdict import CLASSES

GAP = "____"
NARROW, WIDE = 8, 32
RIGHT = CLASSES[Verdict.CORRECT]


class FillField(FieldWidget):
    """Shows the text line by line, with a field for each gap and a sign after it."""

    DEFAULT_CSS = """
    FillField {
        layout: vertical;
        .code { height: auto; background: $surface; padding: 0 1; }
        .line { height: 1; width: 1fr; }
        .line Static { width: auto; }
        Entry { width: 8; padding: 0; }
        .gap-sign { width: 3; padding: 0 1; text-style: bold; }
        .gap-sign.-correct { width: 1; padding: 0; }
    }
    """

    help_text = (
        "Fill every gap. **Enter** goes to the next empty one and, when there is none, checks; **tab**, **up** and "
        "**down** go from gap to gap. Each gap is marked by itself."
    )

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.set_class(bool(field.language), "-code")

    def compose(self) -> ComposeResult:
        place = 0
        for line in clean(self.field.code).rstrip("\n").split("\n"):
            with Horizontal(classes="line"):
                first, *rest = line.split(GAP)
                yield Static(highlighted(first, self.field.language) if first else "", markup=False)
                for part in rest:
                    yield Entry(place=place)
                    yield Static("", classes="gap-sign", id=f"sign-{place}", markup=False)
                    yield Static(highlighted(part, self.field.language) if part else "", markup=False)
                    place += 1
        yield MarkLine()

    @on(Entry.Changed)
    def fit(self, event: Entry.Changed) -> None:
        """Grow a gap with what is typed in it, but not so far that the code after it leaves the view."""
        self._fit(event.input)

    def _fit(self, entry: Input) -> None:
        """Set a gap's width. A right one is as narrow as its text, so that the code reads as code."""
        narrowest = 1 if entry.has_class(RIGHT) else NARROW
        entry.styles.width = max(narrowest, min(WIDE, cell_len(entry.value) + 1))

    def show_mark(self) -> None:
        """Show a sign after each gap, and the message."""
        self.mark_cells(self.state.result.cells if self.state.result is not None else ())
        for entry in self.entries():
            is_right = entry.has_class(RIGHT)
            self.query_one(f"#sign-{entry.place}").set_class(is_right, RIGHT)
            self._fit(entry)
        super().show_mark()

    def action_check(self) -> None:
        """Go to the first empty gap; if there is none, or the cursor is in it, check the answer."""
        empty = next((entry for entry in self.entries() if not entry.value.strip()), None)
        if empty is not None and empty is not self.screen.focused:
            self.tutor.type_ahead.hand_over(empty)
        else:
            super().action_check()
