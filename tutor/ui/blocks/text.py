"""A text of a lesson, as Markdown or as a single paragraph."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Static

from tutor.lessons.blocks import TextView
from tutor.ui.blocks.registry import draws
from tutor.ui.text import clean
from tutor.ui.widgets.prose import Prose, inline, is_plain


class TextBlock(Prose):
    """A text, in lines short enough to read easily."""

    DEFAULT_CSS = """
    TextBlock { max-width: 88; }
    """

    async def show(self, text: str) -> None:
        """Show another text."""
        text = clean(text)
        if text != self.source:
            await self.update(text)


class ParagraphBlock(Static):
    """A text of one paragraph. It looks like a TextBlock, but takes a third of the time."""

    DEFAULT_CSS = """
    ParagraphBlock { max-width: 88; margin: 0 0 1 0; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(inline(text))
        self.source = text

    def show(self, text: str) -> None:
        """Show another text."""
        if text != self.source:
            self.source = text
            self.update(inline(text))


def _make(view: TextView) -> Widget:
    return ParagraphBlock(view.markdown) if is_plain(view.markdown) else TextBlock(view.markdown)


async def _update(widget: TextBlock | ParagraphBlock, view: TextView) -> bool:
    if isinstance(widget, TextBlock):
        await widget.show(view.markdown)
        return True
    if not is_plain(view.markdown):
        return False
    widget.show(view.markdown)
    return True


draws(TextView, _make, TextBlock, ParagraphBlock, update=_update)
