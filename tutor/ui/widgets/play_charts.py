"""What is drawn beside the numbers that are turned: the loss, the decision regions, the curve of a quantity."""

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

_LATER = 0.03
"""Seconds after a turn: the numbers are drawn first."""

_COLUMNS = 44
_HIGH, _LOW, _TALL = 9, 24, 36
_BEYOND = 1.0


class Charts(Horizontal):
    """As many of the charts that the model has as there is room for, from the one that is turned to."""

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
        """Draw, once it is known how many there is room for."""
        self._lay_out()

    def on_resize(self) -> None:
        """Show as many charts as have room."""
        self._lay_out()

    def turn_over(self) -> None:
        """Begin with the next one."""
        self._first = (self._first + 1) % len(self.children)
        self._lay_out()

    def _lay_out(self) -> None:
        rows = self.rows_at(self.screen.size.height)
        self.display = rows > 0
        self.styles.height = rows
        room = max(1, self.screen.size.width // _COLUMNS)
        for place, chart in enumerate(self.children):
            chart.display = (place - self._first) % len(self.children) < room
        self.show_soon()

    def show_soon(self) -> None:
        """Draw what is seen, after the numbers; turns that come meanwhile are drawn with it."""
        if self._soon is None:
            self._soon = self.set_timer(_LATER, self._show)

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
                (self._loss if chart.id == "loss" else self._over)(chart)

    def _loss(self, chart: Chart) -> None:
        """Return the loss at every training step so far."""
        losses = [loss for loss in self.playing.ground.losses if math.isfinite(loss)]
        name = self.playing.graph.notation.text(self.playing.pinned)
        if not losses and not isinstance(self.playing.ground.model, Network):
            losses = [value for value in self.playing.history if math.isfinite(value)]
        else:
            name = "E"
        xs, ys = thinned(list(range(len(losses))), losses)
        chart.show([Series(xs, ys, "primary")] if len(xs) > 1 else [], up=name, across="step")

    def _over(self, chart: Chart) -> None:
        """The pinned quantity over the number in hand, the ball where it stands and the step that training takes."""
        playing = self.playing
        number, asked, ground = playing.chosen, playing.pinned, playing.ground
        here = ground.numbers[number]
        after = ground.next_value(number)
        try:
            xs, ys = ground.curve(number, asked, 41, include=after)
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
    """A chart as high as there is room."""

    def on_resize(self) -> None:
        """Draw for another size."""
