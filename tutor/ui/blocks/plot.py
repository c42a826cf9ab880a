"""A curve or points on axes, with a description."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.lessons.blocks.plot import PlotView
from tutor.ui.blocks.image import in_words
from tutor.ui.blocks.registry import always_remade, draws
from tutor.ui.text import one_line


class PlotBlock(Vertical):
    """The plot, and its ``alt`` for those who cannot see it."""

    DEFAULT_CSS = """
    PlotBlock { height: auto; margin: 0 0 1 0; }
    PlotBlock > .alt { height: auto; padding: 0 0 0 2; }
    """

    def __init__(self, view: PlotView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        from tutor.ui.widgets.chart import Chart  # imports NumPy, which a lesson without a plot does not need

        yield Chart()
        yield from in_words(self.view)

    @property
    def asked_rows(self) -> range:
        """The plot's rows, without those of the text below it."""
        charts = self.query("Chart")
        return range(charts.first().size.height if charts else 0)

    def fit(self, rows: int) -> bool:
        """Use at most this many rows, but enough to be readable. Return whether the height changed."""
        from tutor.ui.widgets.chart import Chart

        return self.query_one(Chart).fit(rows)

    def on_mount(self) -> None:
        """Draw the curves and points."""
        from tutor.ui.widgets.chart import Chart, Series

        view = self.view
        # a sign besides the colour, for those who cannot tell colours apart
        looks = zip(("primary", "warning", "success", "error", "accent", "secondary"), "●▲■◆○△", strict=True)
        self.query_one(Chart).show(
            [
                Series(each.xs, each.ys, colour, "" if view.line else sign, one_line(each.name))
                for each, (colour, sign) in zip(view.series, looks, strict=False)
            ],
            up=one_line(view.y_label),
            across=one_line(view.x_label),
        )


draws(PlotView, PlotBlock, PlotBlock, update=always_remade)
