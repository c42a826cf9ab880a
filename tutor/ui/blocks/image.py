"""Pictures, and descriptions of pictures and plots."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.lessons.blocks.image import ImageView
from tutor.lessons.blocks.plot import PlotView
from tutor.ui.blocks.registry import draws
from tutor.ui.text import MUTED, clean, one_line
from tutor.ui.widgets.prose import inline


def in_words(view: ImageView | PlotView) -> ComposeResult:
    """Yield what goes below a picture: its caption, and a description for those who cannot see it."""
    if view.caption:
        yield Static(inline(view.caption), classes="caption")
    yield Static(Content.styled(clean(view.alt), f"italic {MUTED}"), classes="alt", markup=False)


class PictureBlock(Vertical):
    """Shows a picture if the terminal can and the optional package is installed, and its description in any case."""

    DEFAULT_CSS = """
    PictureBlock { height: auto; margin: 0 0 1 2; }
    PictureBlock > .picture { width: 60; height: auto; max-height: 20; }
    """

    def __init__(self, view: ImageView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        try:
            from textual_image.widget import HalfcellImage  # does not query the terminal; works in tmux and a browser

            yield HalfcellImage(self.view.path, classes="picture")
        except (ImportError, OSError):
            yield Static(Content.styled(f"▦ {one_line(self.view.path.name)}", MUTED), markup=False)
        yield from in_words(self.view)


draws(ImageView, PictureBlock, PictureBlock)
