"""A table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tutor.lessons.blocks.base import Block, View
from tutor.lessons.blocks.paper import Paper, Part
from tutor.lessons.template import EMPTY, IsShown, Template


@dataclass(frozen=True, slots=True)
class TableView(View):
    """A table of texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Block):
    """A table of texts."""

    columns: tuple[Template, ...]
    rows: tuple[tuple[Template, ...], ...]
    caption: Template = EMPTY

    def view(self, is_shown: IsShown | None) -> TableView:
        """Return the table with its values filled in."""
        columns = tuple(cell.fill(is_shown) for cell in self.columns)
        rows = tuple(tuple(cell.fill(is_shown) for cell in row) for row in self.rows)
        return TableView(self.id, columns, rows, self.caption.fill(is_shown))

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        return (self.view(None),)

    def height(self) -> int:
        """Return a line for each row, and three for the frame."""
        return len(self.rows) + 3

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        for cell in (*self.columns, *(cell for row in self.rows for cell in row), self.caption):
            yield cell.fill(is_shown)
