"""Given formulas, laid out as mathematics."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.lessons.blocks.given import GivenView
from tutor.ui.blocks.registry import draws, never_changes
from tutor.ui.widgets.mathematics import FormulaView


class GivenBlock(Vertical):
    """Shows given formulas as mathematics."""

    DEFAULT_CSS = """
    GivenBlock { height: auto; margin: 0 0 1 0; padding: 0 0 0 2; border-left: outer $secondary 40%; color: $secondary;
                 overflow-x: auto; scrollbar-size-horizontal: 1; }
    GivenBlock > FormulaView.-tall { margin: 0 0 1 0; }
    GivenBlock > FormulaView:last-child { margin: 0; }
    """

    def __init__(self, view: GivenView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        for group in self.view.groups:
            # a blank line, as matrices below each other would look like one
            is_tall = any("matrix" in latex for latex in group)
            yield FormulaView(*group, is_broken=False, classes="-tall" if is_tall else None)


draws(GivenView, GivenBlock, GivenBlock, update=never_changes)
