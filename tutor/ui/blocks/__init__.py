"""A lesson's blocks as widgets."""

from __future__ import annotations

from textual.widget import Widget

from tutor.session.model import (
    Block,
    DeriveView,
    DiagramView,
    GivenView,
    ImageView,
    LabView,
    PlotView,
    QuestionView,
    RunView,
    TableView,
    TextView,
)
from tutor.ui.blocks.code import CodeBlock
from tutor.ui.blocks.question import QuestionBlock
from tutor.ui.blocks.shown import DeriveBlock, DiagramBlock, GivenBlock, ParagraphBlock, PictureBlock, TextBlock
from tutor.ui.widgets.prose import TextTable, is_plain

__all__ = ["CodeBlock", "QuestionBlock", "block_widget", "update_block"]


def block_widget(view: Block) -> Widget:
    """The widget of a block. Plots are imported when there are some: they load NumPy."""
    match view:
        case TextView():
            return ParagraphBlock(view.markdown) if is_plain(view.markdown) else TextBlock(view.markdown)
        case GivenView():
            return GivenBlock(view)
        case DiagramView():
            return DiagramBlock(view)
        case QuestionView():
            return QuestionBlock(view)
        case DeriveView():
            return DeriveBlock(view)
        case TableView():
            return TextTable(view.columns, view.rows, view.caption)
        case PlotView():
            from tutor.ui.blocks.plot import PlotBlock

            return PlotBlock(view)
        case ImageView():
            return PictureBlock(view)
        case RunView() | LabView():
            return CodeBlock(view)


async def update_block(widget: Widget, view: Block) -> bool:
    """Bring a widget up to date with its block; False where it has to be made anew."""
    match widget, view:
        case TextBlock(), TextView():
            await widget.show(view.markdown)
        case ParagraphBlock(), TextView() if is_plain(view.markdown):
            widget.show(view.markdown)
        case DiagramBlock(), DiagramView():
            widget.show(view)
        case QuestionBlock(), QuestionView():
            await widget.show(view)
        case CodeBlock(), RunView() | LabView():
            await widget.show(view)
        case (GivenBlock(), GivenView()) | (DeriveBlock(), DeriveView()):
            pass
        case PictureBlock(), ImageView() if widget.view == view:
            pass
        case _:
            return False
    return True
