"""Find what a question is about: the last drawing, plot, picture, table or list of numbers above it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from tutor.ui.blocks.diagram import DiagramBlock
from tutor.ui.blocks.given import GivenBlock
from tutor.ui.blocks.image import PictureBlock
from tutor.ui.blocks.plot import PlotBlock
from tutor.ui.widgets.prose import TextTable

SUBJECTS = (DiagramBlock, PlotBlock, PictureBlock, TextTable, GivenBlock)


def subject_of(blocks: Sequence[Widget], question: Widget | None) -> Widget | None:
    """Return the block of a page that a question is about, or None if there is none above it."""
    before = blocks[: blocks.index(question)] if question in blocks else []
    shown = [block for block in before if block.display and isinstance(block, SUBJECTS)]
    return shown[-1] if shown else None


def subject_rows(blocks: Sequence[Widget], question: Widget | None) -> range:
    """Return the rows of the page that must be visible with a question: the units of a drawing that it asks about, a
    plot without its description, or a whole table, picture or list of numbers. The range is empty if the question is
    about none of these."""
    block = subject_of(blocks, question)
    if block is None:
        return range(0)
    top = block.virtual_region.y
    own = block.asked_rows if isinstance(block, DiagramBlock | PlotBlock) else range(block.virtual_region.height)
    return range(top + own.start, top + own.stop)
