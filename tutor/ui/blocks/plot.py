"""A curve or points, with axes, and in words what it shows."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.lessons.blocks.plot import PlotView
from tutor.ui.blocks.image import in_words
from tutor.ui.blocks.registry import always_anew, draws
from tutor.ui.text import one_line


class PlotBlock(Vertical):
    """The plot, as high as it is useful, and its ``alt`` for those who cannot see it."""

    DEFAULT_CSS = """
    PlotBlock { height: auto; margin: 0 0 1 0; }
    PlotBlock > .alt { height: auto; padding: 0 0 0 2; }
    """

    def __init__(self, view: PlotView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        from tutor.ui.widgets.chart import Chart  # loads NumPy, which a lesson without a plot does not need

        yield Chart()
        yield from in_words(self.view)

    @property
    def asked_rows(self) -> range:
        """The plot's rows, without those of the words under it."""
        charts = self.query("Chart")
        return range(charts.first().size.height if charts else 0)

    def fit(self, rows: int) -> bool:
        """Be no higher than so many rows, as far as a plot can be read then; whether it has changed."""
        from tutor.ui.widgets.chart import Chart

        return self.query_one(Chart).fit(rows)

    def on_mount(self) -> None:
        """Draw."""
        from tutor.ui.widgets.chart import Chart, Series

        view = self.view
        # a sign beside the colour, for those who do not tell colours apart
        looks = zip(("primary", "warning", "success", "error", "accent", "secondary"), "●▲■◆○△", strict=True)
        self.query_one(Chart).show(
            [
                Series(each.xs, each.ys, colour, "" if view.line else sign, one_line(each.name))
                for each, (colour, sign) in zip(view.series, looks, strict=False)
            ],
            up=one_line(view.y_label),
            across=one_line(view.x_label),
        )


draws(PlotView, PlotBlock, PlotBlock, update=always_anew)
