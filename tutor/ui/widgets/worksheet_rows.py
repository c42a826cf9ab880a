"""The worksheet's rows: one for each quantity, with the cells of an array in the array's shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, ItemGrid, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tutor.lessons.template import HIDDEN
from tutor.session import Session
from tutor.session.model import CellResult, Field, FieldState, Result, WorksheetRow
from tutor.ui.text import MUTED, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.verdict import sign, state_sign

_CELL = re.compile(r"(?P<array>.+)\[(?P<row>\d+)(,(?P<column>\d+))?\](?P<step>@\d+)?")
MOST_BESIDE = 4
"""The most cells of an array that are put on one line."""

_NAME, _CELL_NAME, _NAME_AT_MOST = 10, 7, 20
"""Columns for the names of quantities and of an array's cells. Longer names get more, up to a limit."""
_VALUE_AT_LEAST, _VALUE_AT_MOST = 8, 12
_YOURS = 12
"""Columns for what is typed and its sign."""
_CELL_VALUE_AND_YOURS = 18
_GAP = 2


class Row(Horizontal):
    """A quantity: its name, its value once it may be shown, and a field. A value that the lesson does not ask for is
    hidden on this sheet too, until it is worked out."""

    DEFAULT_CSS = """
    Row { height: 1; &.-apart { margin: 1 0 0 0; } }
    Row > .name { text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    Row > .value { width: 1fr; max-width: 12; color: $foreground 75%; text-wrap: nowrap; text-overflow: ellipsis; }
    Row > Entry { width: 10; }
    Row:odd > Entry:blur { background: $foreground 14%; }
    Row > .sign { width: 2; padding: 0 0 0 1; text-style: bold; }
    """

    def __init__(self, row: WorksheetRow, names: int) -> None:
        """Make a row whose name is ``names`` columns wide."""
        super().__init__()
        self.row = row
        self._names = names
        self._value = ""  # as shown
        self._shown = (FieldState(), True)  # the state, and whether its answer is still in the field

    @property
    def field(self) -> Field | None:
        """The field it is filled in with, or None."""
        return self.row.field

    def result(self, state: FieldState) -> Result | CellResult | None:
        """Return the mark of this row: its own cell's, if the field is an array that was marked cell by cell."""
        result = state.result
        if result is None or self.row.cell is None or self.row.cell >= len(result.cells):
            return result
        return result.cells[self.row.cell]

    def compose(self) -> ComposeResult:
        name = Static(_name(self.row), classes="name", markup=False)
        name.styles.width = self._names
        yield name
        yield Static("", classes="value", markup=False)
        if self.field is not None:
            yield Entry(in_grid=True)
            yield Static("", classes="sign", markup=False)

    def show(self, row: WorksheetRow, session: Session) -> None:
        """Update the value and the mark."""
        self.row = row
        open_here = row.extra and row.field is not None and not session.state(row.field.id).done
        value = HIDDEN if open_here else one_line(row.value)
        if value != self._value:
            self._value = value
            self.query_one(".value", Static).update(Content(value), layout=False)
        self.show_mark(session)

    def show_mark(self, session: Session) -> None:
        """Update the mark; show none if the text has changed since."""
        field = self.field
        if field is None:
            return
        state, entry = session.state(field.id), self.query_one(Entry)
        is_current = state.answer is None or self.row.part_of(state.answer) == entry.value
        if (state, is_current) == self._shown:
            return
        self._shown = state, is_current
        result = self.result(state) if is_current else None
        verdict = result.verdict if result is not None else None
        is_whole = is_current and (self.row.cell is None or state.given_up)
        self.query_one(".sign", Static).update(state_sign(state) if is_whole else sign(verdict), layout=False)
        entry.mark(verdict)


class CellRow(Horizontal):
    """A row of a matrix: its cells side by side if they fit, or else one below the other."""

    DEFAULT_CSS = """
    CellRow {
        height: 1; width: auto;
        &.-apart { margin: 1 0 0 0; }
        Row > .value { width: 6; }
        Row > Entry { width: 9; }
        Row > .sign { width: 3; }
        &.-folded { layout: vertical; height: auto; }
    }
    """

    def __init__(self, rows: list[WorksheetRow], names: int) -> None:
        cells = [Row(row, names) for row in rows]
        for cell in cells:
            cell.styles.width = names + _CELL_VALUE_AND_YOURS
        super().__init__(*cells)
        self.needs = len(cells) * (names + _CELL_VALUE_AND_YOURS)
        """The columns that it needs on one line."""


class Group(Vertical):
    """A group of quantities below its heading: one row below the other, but the cells of a matrix's row side by
    side."""

    DEFAULT_CSS = """
    Group { height: auto; padding: 0 0 1 0; }
    """

    def __init__(self, title: str, rows: list[WorksheetRow]) -> None:
        names = _width(rows, _NAME)
        self._lines = list(_laid_out(rows, names, _width(filter(_matrix_row, rows), _CELL_NAME)))
        super().__init__(Head(title, rows, names), *self._lines)
        self.needs = names + _VALUE_AT_LEAST + _YOURS
        """The fewest columns that it needs."""
        self.takes = max(names + _VALUE_AT_MOST + _YOURS, *(line.needs for line in self._cell_rows), 0)
        """The most columns that it can use."""

    @property
    def _cell_rows(self) -> list[CellRow]:
        return [line for line in self._lines if isinstance(line, CellRow)]

    def fold(self, width: int) -> None:
        """Fold the rows of a matrix that do not fit."""
        for line in self._cell_rows:
            line.set_class(line.needs > width, "-folded")


class Table(Container):
    """The groups of a training step or round, side by side as far as they fit."""

    DEFAULT_CSS = f"""
    Table {{ layout: grid; grid-gutter: 0 {_GAP}; grid-rows: auto; height: auto; }}
    """

    def __init__(self, *groups: Group) -> None:
        super().__init__(*groups)
        self.groups = groups


def set_columns(tables: Iterable[Table], width: int) -> None:
    """Give all tables as many columns as fit, the same for all, so that the cells of the steps are aligned."""
    tables = list(tables)
    groups = [group for table in tables for group in table.groups]
    if not groups:
        return
    fitting = (width + _GAP) // (max(group.needs for group in groups) + _GAP)
    columns = max(1, min(fitting, max(len(table.groups) for table in tables)))
    each = min((width + _GAP) // columns - _GAP, max(group.takes for group in groups))
    for table in tables:
        table.styles.grid_size_columns = columns
        table.styles.width = columns * (each + _GAP) - _GAP
    for group in groups:
        group.fold(each)


def _name(row: WorksheetRow) -> str:
    """Return a quantity's name without the step, which is in the heading."""
    return one_line(row.label).partition("@")[0]


def _width(rows: Iterable[WorksheetRow], least: int) -> int:
    """Return the width of the names, with a space after the longest."""
    return min(max([least, *(cell_len(_name(row)) + 1 for row in rows)]), _NAME_AT_MOST)


def _laid_out(rows: list[WorksheetRow], names: int, cell_names: int) -> Iterator[Widget]:
    """Yield the lines of a group. ``names`` and ``cell_names`` are the widths for names of quantities and of cells."""
    array: tuple[str, str] | None = None
    for key, group in groupby(rows, key=_matrix_row):
        cells = list(group)
        before, array = array, (key[0], key[2]) if key is not None else None
        is_beside = key is not None and 1 < len(cells) <= MOST_BESIDE
        lines = [CellRow(cells, cell_names)] if is_beside else [Row(cell, names) for cell in cells]
        lines[0].set_class(before not in (None, array), "-apart")  # a blank line after every array
        yield from lines


def _matrix_row(row: WorksheetRow) -> tuple[str, ...] | None:
    cell = _CELL.fullmatch(row.name)
    return (cell["array"], cell["row"], cell["step"] or "") if cell is not None and cell["column"] else None


class Head(Vertical):
    """A group's heading, with the titles of its columns if it has no matrix. A name that does not fit beside them goes
    above."""

    DEFAULT_CSS = """
    Head { height: auto; text-style: bold; color: $primary; border-bottom: solid $foreground 20%; }
    Head > Horizontal { height: 1; }
    Head .value { width: 1fr; max-width: 12; }
    Head .yours { width: 12; padding: 0 0 0 1; }
    Head .value, Head .yours { text-style: not bold; color: $foreground 66%; }
    """

    def __init__(self, title: str, rows: list[WorksheetRow], names: int) -> None:
        super().__init__()
        self._title = title
        self._names = names
        self._has_matrix = any(_matrix_row(row) for row in rows)
        self._yours = "yours" if any(row.field is not None for row in rows) else ""

    def compose(self) -> ComposeResult:
        is_above = self._has_matrix or cell_len(self._title) + _GAP > self._names
        if is_above:
            yield Static(self._title, markup=False)
        if not self._has_matrix:
            with Horizontal():
                name = Static("" if is_above else self._title, markup=False)
                name.styles.width = self._names
                yield name
                yield Static("value", classes="value", markup=False)
                yield Static(self._yours, classes="yours", markup=False)


def given_parts(rows: list[WorksheetRow]) -> Iterator[Widget]:
    """Yield what is given: the arrays side by side, each in its shape, then the other names and numbers. What differs
    from step to step has its step after its name."""
    arrays: dict[str, dict[str, list[str]]] = {}
    single = []
    changing = {_name(row) for row in rows if "@" in row.label}
    for row in rows:
        label = f"{row.label}@1" if row.label in changing else row.label
        cell = _CELL.fullmatch(label)
        if cell is None:
            single.append((label, row.value))
        else:
            array = cell["array"] + (cell["step"] or "")
            arrays.setdefault(array, {}).setdefault(cell["row"], []).append(one_line(row.value))
    if arrays:
        shown = [_array(one_line(name), list(each.values())) for name, each in arrays.items()]
        width = max(each.cell_length for array in shown for each in array.split()) + 4
        yield ItemGrid(*map(Static, shown), min_column_width=width, max_column_width=width, stretch_height=False)
    if single:
        named = [Content.assemble((f"{one_line(name)}=", MUTED), (one_line(value), "bold")) for name, value in single]
        yield Static(Content("   ").join(named))


def _array(name: str, rows: list[list[str]]) -> Content:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lead = [f"{name} ", *[" " * (len(name) + 1)] * (len(lines) - 1)]
    return Content("\n").join(
        Content.assemble((before, MUTED), (line, "bold")) for before, line in zip(lead, lines, strict=True)
    )
