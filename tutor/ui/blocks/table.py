"""Draw the tables of a lesson."""

from __future__ import annotations

from tutor.lessons.blocks.table import TableView
from tutor.ui.blocks.registry import always_remade, draws
from tutor.ui.widgets.prose import TextTable


def _make(view: TableView) -> TextTable:
    return TextTable(view.columns, view.rows, view.caption)


draws(TableView, _make, TextTable, update=always_remade)
