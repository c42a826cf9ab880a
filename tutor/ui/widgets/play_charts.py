"""The charts beside the numbers that are turned: the loss, the decision regions, the curve of a quantity."""

from __future__ import annotations

import math

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from tutor.errors import TutorError
from tutor.network import Network
from tutor.play.playing import Playing
from tutor.ui.widgets.chart import Chart, Series
from tutor.ui.widgets.regions import Regions
from tutor.ui.widgets.training import thinned

_DRAW_AFTER = 0.03
"""Seconds to wait after a turn, so that the numbers are drawn first."""

_COLUMNS = 44
_HIGH, _LOW, _TALL = 9, 24, 36
_BEYOND = 1.0


class Charts(Horizontal):
    """As many of the model's charts as fit, beginning with the one that the learner has chosen."""

    DEFAULT_CSS = """
    Charts { height: 9; padding: 0 1; }
    Charts > Chart { height: 1fr; width: 1fr; }
    """

    def __init__(self, playing: Playing) -> None:
        super().__init__()
        self.playing = playing
        self._first = 0
        self._soon: Timer | None = None

    def compose(self) -> ComposeResult:
        network = self.playing.ground.model
        if isinstance(network, Network) and len(network.input_names) == 2:
            yield Regions(self.playing)
        yield PlainChart(id="over")
        if self.playing.ground.learns:
            yield PlainChart(id="loss")

    @staticmethod
    def rows_at(height: int) -> int:
        """Return the rows that the charts take on a screen of this height."""
        return 0 if height < _LOW else _HIGH if height < _TALL else height // 3

    def on_mount(self) -> None:
        """Lay the charts out once the size is known."""
        self._lay_out()

    def on_resize(self) -> None:
        """Show as many charts as fit."""
        self._lay_out()

    def turn_over(self) -> None:
        """Begin with the next chart."""
        self._first = (self._first + 1) % len(self.children)
        self._lay_out()

    def _lay_out(self) -> None:
        rows = self.rows_at(self.screen.size.height)
        self.display = rows > 0
        self.styles.height = rows
        count = max(1, self.screen.size.width // _COLUMNS)
        for place, chart in enumerate(self.children):
            chart.display = (place - self._first) % len(self.children) < count
        self.show_soon()

    def show_soon(self) -> None:
        """Draw the visible charts after the numbers. Turns that arrive meanwhile are included."""
        if self._soon is None:
            self._soon = self.set_timer(_DRAW_AFTER, self._show)

    def _show(self) -> None:
        self._soon = None
        if not self.display:
            return
        for chart in self.children:
            if not chart.display:
                continue
            if isinstance(chart, Regions):
                chart.show_now()
            elif isinstance(chart, PlainChart):
                (self._draw_loss if chart.id == "loss" else self._draw_curve)(chart)

    def _draw_loss(self, chart: Chart) -> None:
        """Draw the loss at every training step so far; for a worksheet that does not learn, the pinned quantity."""
        losses = [loss for loss in self.playing.ground.losses if math.isfinite(loss)]
        name = self.playing.graph.notation.text(self.playing.pinned)
        if not losses and not isinstance(self.playing.ground.model, Network):
            losses = [value for value in self.playing.history if math.isfinite(value)]
        else:
            name = "E"
        xs, ys = thinned(list(range(len(losses))), losses)
        chart.show([Series(xs, ys, "primary")] if len(xs) > 1 else [], up=name, across="step")

    def _draw_curve(self, chart: Chart) -> None:
        """Draw the pinned quantity as a function of the selected number, with its current point and the next training
        step."""
        playing = self.playing
        number, asked, ground = playing.chosen, playing.pinned, playing.ground
        here = ground.numbers[number]
        after = ground.next_value(number)
        try:
            xs, ys = ground.curve(number, asked, include=after)
            series = [Series(xs, ys, "primary"), Series([here], [ground.values[asked]], "accent", "●", "now")]
            if after is not None and abs(after - here) < _BEYOND * (max(xs) - min(xs)):
                then = ground.at({number: after})[asked]
                line = Series([here, after], [ground.values[asked], then], "secondary")
                series[1:1] = [line, Series([after], [then], "secondary", "○", "after a step")]
        except TutorError:
            return
        name = playing.graph.notation.text
        chart.show(series, up=name(asked), across=name(number))


class PlainChart(Chart):
    """A chart as high as its container."""

    def on_resize(self) -> None:
        """Do not change the height."""
