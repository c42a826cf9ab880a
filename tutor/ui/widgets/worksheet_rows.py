"""The worksheet's rows: a quantity each, the cells of an array in the array's own shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tutor.lessons.template import HIDDEN
from tutor.session import Session
from tutor.session.model import Answer, FieldKind, FieldState, WorksheetRow
from tutor.ui.text import MUTED, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.verdict import CLASSES, sign, state_sign

_CELL = re.compile(r"(?P<array>.+)\[(?P<row>\d+)(,(?P<column>\d+))?\](?P<step>@\d+)?")
MOST_BESIDE = 4
"""Cells of an array that stand in one line."""


class Row(Horizontal):
    """A quantity: its name, its value once it may be shown, and a line to type in. What nobody asks stays hidden on
    this sheet too, until it is worked out."""

    DEFAULT_CSS = """
    Row { height: 1; &.-apart { margin: 1 0 0 0; } }
    Row > .name { width: 9; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    Row > .value { width: 1fr; max-width: 12; color: $foreground 75%; text-wrap: nowrap; text-overflow: ellipsis; }
    Row > Entry { width: 10; }
    Row:odd > Entry:blur { background: $foreground 14%; }
    Row > .sign { width: 3; padding: 0 1; text-style: bold; }
    """

    def __init__(self, row: WorksheetRow) -> None:
        super().__init__()
        self.row = row
        self._value = ""  # as it is shown
        self._state = FieldState()

    @property
    def cell(self) -> int | None:
        """Which cell of its field this is; None where the field is one number."""
        field = self.row.field
        if field is None or field.kind is not FieldKind.GRID or self.row.label not in field.cells:
            return None
        return field.cells.index(self.row.label)

    def cell_text(self, answer: Answer) -> str:
        """This line's part of the field's answer."""
        if self.cell is None:
            return answer if isinstance(answer, str) else ""
        return answer[self.cell] if isinstance(answer, tuple) and self.cell < len(answer) else ""

    def answer(self, draft: Answer) -> Answer:
        """The field's answer with what stands in this line put in."""
        text = self.query_one(Entry).value
        if self.cell is None or self.row.field is None:
            return text
        count = len(self.row.field.cells)
        cells = [*(draft if isinstance(draft, tuple) else ()), *[""] * count][:count]
        cells[self.cell] = text
        return tuple(cells)

    def compose(self) -> ComposeResult:
        yield Static(one_line(self.row.label).partition("@")[0], classes="name", markup=False)
        yield Static("", classes="value", markup=False)
        if self.row.field is not None:
            yield Entry()
            yield Static("", classes="sign", markup=False)

    def show(self, row: WorksheetRow, session: Session) -> None:
        """Show the value and the mark as they are now."""
        self.row = row
        open_here = row.extra and row.field is not None and not session.state(row.field.id).done
        value = HIDDEN if open_here else one_line(row.value)
        if value != self._value:
            self._value = value
            self.query_one(".value", Static).update(Content(value), layout=False)
        self.show_mark(session)

    def show_mark(self, session: Session) -> None:
        """Show the mark as it is now."""
        field = self.row.field
        if field is None or session.state(field.id) == self._state:
            return
        state = self._state = session.state(field.id)
        verdict = state.result.verdict if state.result is not None else None
        if state.result is not None and self.cell is not None and self.cell < len(state.result.cells):
            verdict = state.result.cells[self.cell].verdict
        shown = state_sign(state) if self.cell is None or state.given_up else sign(verdict)
        self.query_one(".sign", Static).update(shown, layout=False)
        entry = self.query_one(Entry)
        for each, name in CLASSES.items():
            entry.set_class(each is verdict, name)


class CellRow(Horizontal):
    """A row of a matrix, cell beside cell."""

    DEFAULT_CSS = """
    CellRow {
        height: 1; width: auto;
        &.-apart { margin: 1 0 0 0; }
        Row { width: 25; }
        Row > .name { width: 7; }
        Row > .value { width: 6; }
        Row > Entry { width: 9; }
    }
    """


def laid_out(rows: list[WorksheetRow]) -> Iterator[Widget]:
    """The rows of a group one under another, those of a matrix's row beside each other."""
    array: tuple[str, str] | None = None
    for key, group in groupby(rows, key=_matrix_row):
        cells = list(group)
        before, array = array, (key[0], key[2]) if key is not None else None
        lines = [CellRow(*map(Row, cells))] if key is not None and 1 < len(cells) <= MOST_BESIDE else [*map(Row, cells)]
        lines[0].set_class(before not in (None, array), "-apart")  # a line of space after every array
        yield from lines


def _matrix_row(row: WorksheetRow) -> tuple[str, ...] | None:
    cell = _CELL.fullmatch(row.name)
    return (cell["array"], cell["row"], cell["step"] or "") if cell is not None and cell["column"] else None


class Head(Horizontal):
    """A group's name and, over its columns where it has the rows' own, what stands in them."""

    DEFAULT_CSS = """
    Head { height: 2; }
    Head > .name { width: 9; }
    Head > .value { width: 1fr; max-width: 12; }
    Head > .yours { width: 13; padding: 0 0 0 1; }
    Head > .value, Head > .yours { text-style: not bold; color: $foreground 66%; }
    Head > .alone { width: 1fr; }
    """

    def __init__(self, title: str, rows: list[WorksheetRow]) -> None:
        super().__init__(classes="group")
        self._title = title
        self._is_alone = len(title) > 8 or any(_matrix_row(row) for row in rows)
        self._yours = "yours" if any(row.field is not None for row in rows) else ""

    def compose(self) -> ComposeResult:
        if self._is_alone:
            yield Static(self._title, classes="alone", markup=False)
            return
        yield Static(self._title, classes="name", markup=False)
        yield Static("value", classes="value", markup=False)
        yield Static(self._yours, classes="yours", markup=False)


def given_parts(rows: list[WorksheetRow]) -> Iterator[Widget]:
    """What is given: the arrays beside each other, each in its shape, then a run of names and numbers."""
    arrays: dict[str, dict[str, list[str]]] = {}
    single = []
    for row in rows:
        cell = _CELL.fullmatch(row.label)
        if cell is None:
            single.append(row)
        else:
            arrays.setdefault(cell["array"], {}).setdefault(cell["row"], []).append(one_line(row.value))
    if arrays:
        yield Horizontal(*(Static(_array(one_line(name), list(each.values()))) for name, each in arrays.items()))
    if single:
        named = [Content.assemble((f"{one_line(r.label)}=", MUTED), (one_line(r.value), "bold")) for r in single]
        yield Static(Content("   ").join(named))


def _array(name: str, rows: list[list[str]]) -> Content:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lead = [f"{name} ", *[" " * (len(name) + 1)] * (len(lines) - 1)]
    return Content("\n").join(
        Content.assemble((before, MUTED), (line, "bold")) for before, line in zip(lead, lines, strict=True)
    )
