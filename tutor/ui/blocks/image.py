"""Pictures, and what pictures and plots show in words."""

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
    """Return what stands under a picture: its caption, and what it shows for those who cannot see it."""
    if view.caption:
        yield Static(inline(view.caption), classes="caption")
    yield Static(Content.styled(clean(view.alt), f"italic {MUTED}"), classes="alt", markup=False)


class PictureBlock(Vertical):
    """A picture file where the terminal and the optional package can show one; what it shows in words in any case."""

    DEFAULT_CSS = """
    PictureBlock { height: auto; margin: 0 0 1 2; }
    PictureBlock > .picture { width: 60; height: auto; max-height: 20; }
    """

    def __init__(self, view: ImageView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        try:
            from textual_image.widget import HalfcellImage  # asks the terminal nothing, works in tmux and a browser

            yield HalfcellImage(self.view.path, classes="picture")
        except (ImportError, OSError):
            yield Static(Content.styled(f"▦ {one_line(self.view.path.name)}", MUTED), markup=False)
        yield from in_words(self.view)


draws(ImageView, PictureBlock, PictureBlock)
