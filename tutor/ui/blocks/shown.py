"""Blocks that are only shown: text, what is given, the drawing, a derivation's door, a picture."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from tutor.session.model import DeriveView, DiagramView, GivenView, ImageView, PlotView
from tutor.ui.text import MUTED, clean, one_line
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.mathematics import FormulaView
from tutor.ui.widgets.prose import Prose, inline


class TextBlock(Prose):
    """A text, in lines of a length that is read with ease."""

    DEFAULT_CSS = """
    TextBlock { max-width: 88; }
    """

    async def show(self, text: str) -> None:
        """Another text, if it is another."""
        text = clean(text)
        if text != self.source:
            await self.update(text)


class ParagraphBlock(Static):
    """A text of one paragraph: it looks like any other, and costs a third of one."""

    DEFAULT_CSS = """
    ParagraphBlock { max-width: 88; margin: 0 0 1 0; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(inline(text))
        self.source = text

    def show(self, text: str) -> None:
        """Another text, if it is another."""
        if text != self.source:
            self.source = text
            self.update(inline(text))


class GivenBlock(Vertical):
    """What is given, as mathematics."""

    DEFAULT_CSS = """
    GivenBlock { height: auto; margin: 0 0 1 0; padding: 0 0 0 2; border-left: outer $secondary 40%; color: $secondary;
                 overflow-x: auto; scrollbar-size-horizontal: 1; }
    GivenBlock > FormulaView { margin: 0; }
    GivenBlock > FormulaView.-tall { margin: 0 0 1 0; }
    GivenBlock > FormulaView:last-child { margin: 0; }
    """

    def __init__(self, view: GivenView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        for group in self.view.groups:
            # matrices under one another would look like one
            yield FormulaView(*group, classes="-tall" if any("matrix" in latex for latex in group) else None)


class DiagramBlock(Diagram):
    """The drawing where it stands in the text; on a wide screen the map beside the text takes its place."""

    DEFAULT_CSS = """
    DiagramBlock { width: 100%; }
    """

    def __init__(self, view: DiagramView) -> None:
        super().__init__(view, most_rows=self._room())

    def _room(self) -> int:
        """Half of the screen, so that the question has room beside it; less than 12 rows tell too little."""
        return max(12, self.app.size.height // 2)

    def on_resize(self) -> None:
        """Another size of the screen may leave more rows, or fewer."""
        self.show(most_rows=self._room())


class DeriveBlock(Horizontal):
    """A door to a derivation."""

    DEFAULT_CSS = """
    DeriveBlock { height: 1; margin: 0 0 1 2; }
    DeriveBlock Button { width: auto; }
    """

    @dataclass
    class Opened(Message):
        """The derivation is to be shown."""

        view: DeriveView

    def __init__(self, view: DeriveView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        label = Content.assemble(
            "▸ Where does ", (one_line(self.view.label), "bold"), " come from?  ", ("derivation", MUTED)
        )
        yield Button(label, compact=True, tooltip="Unfolds the derivation, line by line.")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Show it."""
        event.stop()
        self.post_message(self.Opened(self.view))


def in_words(view: ImageView | PlotView) -> ComposeResult:
    """What stands under a picture: its caption, and what it shows for those who can't see it."""
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
