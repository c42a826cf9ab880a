"""Tables, written in the lesson or from a CSV file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated

from pydantic import Field

from tutor.formulas.wording import counted
from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.declared import read_csv
from tutor.lessons.field_types import Anything, WordList, Words, describe, written
from tutor.lessons.models import BlockFile
from tutor.lessons.template import Template, literal
from tutor.lessons.validate import did_you_mean
from tutor.lessons.yaml.document import Path_

MOST_CELLS = 5_000
_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?")


class TableFile(BlockFile):
    """A CSV file, or columns and rows."""

    kind = "table"
    may_be_empty = True
    nested = ("file",)
    main: Annotated[
        Words | None, Field(alias="table", description="A CSV file; its path is relative to this file.")
    ] = None
    columns: WordList | None = None
    rows: Annotated[Anything, Field(description="A range of the file's rows such as 1-4, or a list of rows.")] = None
    caption: Words | None = None

    def build(self, work: Work) -> tuple[blocks.Table | None, str]:
        """Return the table, written here or from a CSV file; None with the problem noted."""
        rows_path, caption = work.place("rows"), work.words("caption", self.caption)
        if self.main is not None and str(self.main) != "":
            read = read_csv(work.folder, self.main, work.place("table"), work.checker)
            if read is None:
                return None, ""
            columns, every = read
            rows = self.chosen_rows(work, self.rows, _with_equal_decimals(every))
            if len(rows) < len(every) and self.caption is None:
                caption = literal(f"Row{'s' * (len(rows) > 1)} {written(self.rows).replace('-', '–')} of {len(every)}")
            if self.columns is not None:
                columns, rows = self.chosen_columns(work, self.columns, columns, rows)
            head = tuple(literal(cell) for cell in columns)
            body = tuple(tuple(literal(cell) for cell in row) for row in rows)
        else:
            if self.columns is None or not isinstance(self.rows, list):
                work.note("table", "A table is a CSV file, or columns: and rows:.", at_key=True)
                return None, ""
            head = work.texts("columns", self.columns)
            body = tuple(self.row(work, row, (*rows_path, n), len(head)) for n, row in enumerate(self.rows))
        if len(head) * len(body) > MOST_CELLS:
            message = (
                f"This table has {len(head) * len(body):,} cells; at most {MOST_CELLS:,} are shown. Choose some rows."
            )
            work.note("table", message, at_key=True)
            return None, ""
        return blocks.Table(**work.common, of=work.owner(), columns=head, rows=body, caption=caption), ""

    def row(self, work: Work, row: object, path: Path_, width: int) -> tuple[Template, ...]:
        """Return the cells of a row that is written in the lesson."""
        if not isinstance(row, list):
            work.checker.add(path, f"A row is a list, not {describe(row)}.")
            return ()
        if len(row) != width:
            work.checker.add(path, f"This row has {counted(len(row), 'cell')}, and there are {width} columns.")
        return tuple(work.resolver.text(written(cell), work.of, (*path, n)) for n, cell in enumerate(row))

    def chosen_columns(
        self, work: Work, names: Sequence[str], columns: list[str], rows: list[list[str]]
    ) -> tuple[list[str], list[list[str]]]:
        """Return the headings and rows of the columns with these names, in that order."""
        places = []
        for name in names:
            if name in columns:
                places.append(columns.index(name))
            else:
                meant = did_you_mean(name, columns, f"; it has {', '.join(columns)}.")
                work.note("columns", f"The file has no column '{name}'{meant}")
        return [columns[at] for at in places], [[row[at] if at < len(row) else "" for at in places] for row in rows]

    def chosen_rows(self, work: Work, chosen: object, rows: list[list[str]]) -> list[list[str]]:
        """Return the rows of a file in a range such as ``rows: 1-4``, counted from 1."""
        if chosen is None:
            return rows
        first, _, last = written(chosen).partition("-")
        try:
            low, high = int(first), int(last or first)
        except ValueError:
            work.note("rows", f"rows: of a file is a range such as 1-4, not {describe(chosen)}.")
            return rows
        if not 1 <= low <= high <= len(rows):
            work.note("rows", f"The file has rows 1 to {len(rows)}.")
            return rows
        return rows[low - 1 : high]


def _with_equal_decimals(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return a file's rows with the same number of decimals throughout each column of numbers."""
    columns = []
    for column in zip_longest(*rows, fillvalue=""):
        found = [_NUMBER.fullmatch(cell) for cell in column if cell]
        decimals = max((len(each[1] or "") for each in found if each), default=0)
        is_set = decimals and all(found)
        columns.append([f"{Decimal(cell):.{decimals}f}" if cell and is_set else cell for cell in column])
    return [list(row) for row in zip(*columns, strict=True)]
