"""Tables, written in the lesson or from a CSV file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated, Any

from pydantic import Field

from tutor.formulas.wording import counted
from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.declared import read_csv
from tutor.lessons.field_types import Anything, WordList, Words, describe, written
from tutor.lessons.models import BlockFile
from tutor.lessons.template import Template, literal
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


@builds(TableFile)
class TableBuilder(Work[TableFile]):
    """Builds ``table`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Table | None, str]:
        """Return the table, written here or from a CSV file; None with the problem noted."""
        file = self.file
        rows_path, caption = self.place("rows"), self.words("caption", file.caption)
        if file.main is not None and str(file.main) != "":
            read = read_csv(self.folder, file.main, self.place("table"), self.checker)
            if read is None:
                return None, ""
            columns, every = read
            rows = self.chosen_rows(file.rows, _with_equal_decimals(every))
            if len(rows) < len(every) and file.caption is None:
                caption = literal(f"Row{'s' * (len(rows) > 1)} {written(file.rows).replace('-', '–')} of {len(every)}")
            if file.columns is not None:
                columns, rows = self.chosen_columns(file.columns, columns, rows)
            head = tuple(literal(cell) for cell in columns)
            body = tuple(tuple(literal(cell) for cell in row) for row in rows)
        else:
            if file.columns is None or not isinstance(file.rows, list):
                self.checker.add(self.place("table"), "A table is a CSV file, or columns: and rows:.", at_key=True)
                return None, ""
            head = self.one_of_each(file.columns, "columns")
            body = tuple(self.row(row, (*rows_path, n), len(head)) for n, row in enumerate(file.rows))
        if len(head) * len(body) > MOST_CELLS:
            message = (
                f"This table has {len(head) * len(body):,} cells; at most {MOST_CELLS:,} are shown. Choose some rows."
            )
            self.checker.add(self.place("table"), message, at_key=True)
            return None, ""
        return made.Table(**common, of=self.owner(), columns=head, rows=body, caption=caption), ""

    def row(self, row: object, path: Path_, width: int) -> tuple[Template, ...]:
        """Return the cells of a row that is written in the lesson."""
        if not isinstance(row, list):
            self.checker.add(path, f"A row is a list, not {describe(row)}.")
            return ()
        if len(row) != width:
            self.checker.add(path, f"This row has {counted(len(row), 'cell')}, and there are {width} columns.")
        return tuple(self.resolver.text(written(cell), self.of, (*path, n)) for n, cell in enumerate(row))

    def chosen_rows(self, wanted: object, rows: list[list[str]]) -> list[list[str]]:
        """Return the rows of a file in a range such as ``rows: 1-4``, counted from 1."""
        if wanted is None:
            return rows
        first, _, last = written(wanted).partition("-")
        try:
            low, high = int(first), int(last or first)
        except ValueError:
            self.checker.add(self.place("rows"), f"rows: of a file is a range such as 1-4, not {describe(wanted)}.")
            return rows
        if not 1 <= low <= high <= len(rows):
            self.checker.add(self.place("rows"), f"The file has rows 1 to {len(rows)}.")
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
