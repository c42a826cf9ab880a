"""A vector or matrix: a cell for each number, arrows to move between them, paste for all at once, and a verdict on
each."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Static

from tutor.formulas.wording import counted
from tutor.lessons.blocks.base import NOTHING_TYPED
from tutor.session.model import Answer, CellResult, Field, ReadBack, Verdict
from tutor.ui.fields.base import FieldWidget, MarkLine, SteadyLine
from tutor.ui.text import MUTED, clean, one_line, with_lowered_subscript
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.fills import Fills
from tutor.ui.widgets.verdict import SIGNS, faded, state_sign


class Cell(Entry):
    """A cell. It shows its name as a placeholder while it has no focus; beside the cursor, that would look like
    text."""

    def __init__(self, place: int, name: str) -> None:
        super().__init__(place=place, placeholder=name, in_grid=True)
        self.cell_name = name

    def on_focus(self) -> None:
        """Hide the cell's name while typing."""
        self.placeholder = ""

    def on_blur(self) -> None:
        """Show the cell's name again."""
        self.placeholder = self.cell_name


CELLS_IN_A_LINE = 6
"""The most cells of a vector on one line, which fit into 80 columns."""


class GridField(FieldWidget):
    """``hidden.W′`` with its cells. The arrows move between them; Enter goes to the next empty one, then checks."""

    DEFAULT_CSS = """
    GridField {
        layout: vertical;
        & > .head { height: auto; text-style: bold; }
        .row { height: 1; padding: 0 0 0 2; }
        .rows { height: auto; overflow-x: auto; }
        Entry { width: 12; }
        .cell-sign { width: 3; padding: 0 1; text-style: bold; }
        MarkLine { padding: 0 3; }
        .reading { min-height: 1; padding: 0 3; color: $foreground 66%; }
    }
    """

    class Offered(Message):
        """Sent when a text that may be a vector or matrix was pasted into a cell. The screen parses it and calls
        ``fill``."""

        def __init__(self, field: GridField, entry: Entry, text: str) -> None:
            self.field = field
            self.entry = entry
            self.text = text
            super().__init__()

    help_text = (
        "A vector or a matrix, a number in each cell. **Enter** goes to the next empty cell and, when there is "
        "none, checks the whole; the **arrows** and **tab** go from cell to cell. A matrix that is pasted fills "
        "all the cells: rows of numbers, a NumPy array or a tensor as printed. Each cell is marked by itself."
    )

    reading = query_one(".reading", SteadyLine)

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        # a vector continues on another line; the rows of a matrix stay whole and scroll
        self.columns = min(field.columns, CELLS_IN_A_LINE) if len(field.shape) == 1 else field.columns
        self._fills = Fills()

    def compose(self) -> ComposeResult:
        yield Static(self._head(), classes="head", markup=False)
        count = self.field.rows * self.field.columns
        labels = [*self.field.cells, *[""] * count][:count]
        with Vertical(classes="rows"):
            for start in range(0, count, self.columns):
                with Horizontal(classes="row"):
                    for place in range(start, min(start + self.columns, count)):
                        yield Cell(place, one_line(labels[place]))
                        yield Static("", classes="cell-sign", id=f"sign-{place}", markup=False)
        yield MarkLine(signed=False)
        yield SteadyLine("", classes="reading", markup=False)

    def _head(self) -> Content:
        label, subscript = with_lowered_subscript(one_line(self.field.label))
        sizes = self.field.shape
        shape = counted(sizes[0], "number") if len(sizes) == 1 else "×".join(map(str, sizes))
        said = Content("") if self.is_stale else state_sign(self.state)
        return Content.assemble(label, (f"   {shape}", MUTED), "  ", said, f"\n{subscript}" if subscript else "")

    # -- the answer ---------------------------------------------------------------------------------------------------

    def load(self, answer: Answer) -> None:
        """Fill the cells with kept texts."""
        super().load(answer)
        self.show_reading(ReadBack(""), None)

    def fill(self, cells: tuple[str, ...]) -> None:
        """Fill the whole grid, as from the clipboard."""
        self._fills.fill(self.entries(), cells)
        self.show_reading(ReadBack(""), None)
        self.post_message(self.Edited(self, self.answer, 0))

    def on_resize(self) -> None:
        """Give all cells the same width, as wide as fits."""
        free = (self.size.width - 4) // self.columns - 3
        for entry in self.entries():
            entry.styles.width = max(8, min(12, free))

    def show_mark(self) -> None:
        """Show a sign beside each cell, and one explanation."""
        results = self._cell_results()
        self.mark_cells(results)
        self.query_one(".head", Static).update(self._head())
        super().show_mark()
        if results and self.state.result is not None:
            said = self._explanation(results, self.state.result.message)
            self.mark.update(faded(said) if self.is_stale else said)
        if not self.is_stale:
            self.show_reading(ReadBack(""), None)

    def _cell_results(self) -> tuple[CellResult, ...]:
        result = self.state.result
        if result is None:
            return ()
        return result.cells or (CellResult(result.verdict),) * len(self.entries())

    def _explanation(self, results: tuple[CellResult, ...], message: str) -> Content:
        """Return each cell's message with its name, or else the message about the whole grid."""
        lines = [
            (place, cell) for place, cell in enumerate(results) if cell.message and cell.verdict is not Verdict.CORRECT
        ]
        if not lines or message:
            style = SIGNS.get(self.state.result.verdict, ("", ""))[1] if self.state.result else ""
            return Content.styled(clean(message) or "Right.", style)
        return Content("\n").join(
            Content.assemble((f"{self._label(place)}: ", "bold"), (clean(cell.message), SIGNS[cell.verdict][1]))
            for place, cell in lines
        )

    def _label(self, place: int) -> str:
        if place < len(self.field.cells) and self.field.cells[place]:
            return one_line(self.field.cells[place])
        row, column = divmod(place, self.field.columns)
        return f"cell {row + 1},{column + 1}"

    def show_note(self, note: str) -> None:
        """Show a note below the cells, with the name of the focused one."""
        focused = self.screen.focused
        self.show_reading(ReadBack(note, ok=False), focused.place if isinstance(focused, Entry) else None)

    def show_reading(self, reading: ReadBack, cell: int | None) -> None:
        """Show how the cell that is typed in is parsed."""
        if not reading.text:
            is_right = self.state.result is not None and self.state.result.verdict is Verdict.CORRECT
            cell_name = next((entry.cell_name for entry in self.query(Cell) if entry.has_focus), "")
            parts = (cell_name, "" if is_right else clean(self.field.precision))
            self.reading.update(Content.styled("   ".join(filter(None, parts)), MUTED))
            return
        name = f"{self._label(cell)}: " if cell is not None else ""
        text = one_line(reading.text)
        self.reading.update(
            Content.styled(f"{name}{text}", MUTED) if reading.ok else Content.styled(f"! {name}{text}", "$warning")
        )

    # -- moving -------------------------------------------------------------------------------------------------------

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Name the focused cell, which hides its placeholder, and scroll a wide row to it."""
        self.query_one(".rows", Vertical).scroll_to_widget(event.widget, animate=False)
        self.show_reading(ReadBack(""), None)

    def on_descendant_blur(self) -> None:
        """Name no cell while the cursor is elsewhere."""
        self.show_reading(ReadBack(""), None)

    def on_entry_pasted(self, event: Entry.Pasted) -> None:
        """Offer a pasted matrix to the session."""
        event.stop()
        self.post_message(self.Offered(self, event.entry, event.text))

    def action_check(self) -> None:
        """Go to the next empty cell; if there is none, check the answer."""
        entries = self.entries()
        focused = self.screen.focused
        start = focused.place + 1 if isinstance(focused, Entry) else 0
        order: list[Entry] = [*entries[start:], *entries[:start]]
        empty = next((entry for entry in order if not entry.value.strip()), None)
        if empty is focused and empty is not None:
            self.say(NOTHING_TYPED.message)  # in the only empty cell
        elif empty is not None and any(entry.value.strip() for entry in entries):
            self.tutor.type_ahead.hand_over(empty)
        else:
            super().action_check()
