"""A curve or points, with axes, and in words what it shows. Loads NumPy, so it is imported only where it is used."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual_plot import HiResMode, PlotWidget

from tutor.session.model import PlotView
from tutor.ui.blocks.shown import in_words
from tutor.ui.text import one_line


class PlotBlock(Vertical):
    """The plot, as high as it is useful, and its ``alt`` for those who can't see it."""

    DEFAULT_CSS = """
    PlotBlock { height: auto; margin: 0 0 1 0; }
    PlotBlock > PlotWidget { height: 14; max-width: 90; }
    PlotBlock > Static { height: auto; padding: 0 0 0 2; }
    """

    def __init__(self, view: PlotView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        plot = PlotWidget()
        plot.can_focus = False
        yield plot
        yield from in_words(self.view)

    def on_mount(self) -> None:
        """Draw."""
        view = self.view
        plot = self.query_one(PlotWidget)
        plot.margin_top = 0
        if view.line:
            plot.plot(view.xs, view.ys, line_style="bright_cyan", hires_mode=HiResMode.QUADRANT)
        else:
            plot.scatter(view.xs, view.ys, marker="●", marker_style="bright_cyan")
        plot.set_xlabel(one_line(view.x_label).replace("[", "\\["))
        plot.set_ylabel(one_line(view.y_label).replace("[", "\\["))
