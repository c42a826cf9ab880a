"""Decision regions: the output of a network with two inputs over the plane, with the data, two colours in each cell."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from tutor.errors import TutorError
from tutor.network import Network
from tutor.play.playing import Playing

_SHADES = 12
_STRONGEST = 0.7
_MARGIN = 0.3
"""How far the plane extends beyond the data, as a share of the data's own range."""


class Regions(Widget):
    """Shows the first output for both inputs: one hue towards the larger target, the other towards the smaller one."""

    DEFAULT_CSS = """
    Regions { width: 1fr; height: 1fr; max-width: 60; margin: 0 1; }
    """

    def __init__(self, playing: Playing) -> None:
        super().__init__()
        self.playing = playing
        self._grid: list[list[float]] = []
        self._points: dict[tuple[int, int], str] = {}

    def show_now(self) -> None:
        """Compute the plane for the current numbers, and draw it."""
        columns, rows = self.content_size
        if columns < 2 or rows < 2:
            return
        network, numbers = self.playing.ground.model, self.playing.ground.numbers
        assert isinstance(network, Network)
        points = data_points(network, numbers)
        low, high = _reach([value for x, y, _ in points for value in (x, y)])
        try:
            grid = self.playing.ground.regions(columns, 2 * rows, low, high)
        except TutorError:
            return
        middle, half = _scale(network, [target for *_, target in points])
        self._grid = [[min(max((value - middle) / half, -1.0), 1.0) for value in row] for row in grid]
        self._points = {}
        for x, y, target in points:
            column = round((x - low) / (high - low) * (columns - 1))
            row = round((high - y) / (high - low) * (2 * rows - 1)) // 2
            self._points[column, row] = "●" if target > middle else "○"
        self.refresh()

    def on_resize(self) -> None:
        """Draw as many cells as fit."""
        self.show_now()

    def notify_style_update(self) -> None:
        """Draw in the colours of the new theme."""
        super().notify_style_update()
        _shade.cache_clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a row of cells, each with two values of the plane, one above the other."""
        if 2 * y + 1 >= len(self._grid):
            return Strip.blank(self.size.width, self.rich_style)
        upper, lower = self._grid[2 * y], self._grid[2 * y + 1]
        is_plain = self.app.no_color
        cells = [self._cell(x, y, pair, is_plain) for x, pair in enumerate(zip(upper, lower, strict=True))]
        return Strip(cells, len(cells))

    def _cell(self, x: int, y: int, pair: tuple[float, float], is_plain: bool) -> Segment:
        point = self._points.get((x, y))
        if is_plain:
            sign = {"●": "#", "○": "o"}.get(point or "", ":" if sum(pair) > 0 else " ")
            return Segment(sign, self.rich_style)
        theme = self.app.theme_variables
        colours = tuple(theme[name] for name in ("background", "primary", "accent"))
        above, below = (_shade(round(value * _SHADES), colours) for value in pair)
        if point is not None:
            return Segment(point, Style(color=Color.parse(theme["foreground"]).rich_color, bgcolor=below, bold=True))
        return Segment("▀", Style(color=above, bgcolor=below))


@lru_cache(maxsize=256)
def _shade(value: int, colours: tuple[str, ...]) -> RichColor:
    ground, plus, minus = map(Color.parse, colours)
    return ground.blend(plus if value > 0 else minus, _STRONGEST * abs(value) / _SHADES).rich_color


def data_points(network: Network, numbers: dict[str, float]) -> list[tuple[float, float, float]]:
    """Return each sample's two inputs and its first target with their current values (0 without a target)."""
    suffixes = [f"[{sample}]" for sample in range(1, len(network.inputs) + 1)] if network.is_batch else [""]
    first, second = network.input_names
    target = network.target_names[0] if network.target_names else ""
    return [
        (numbers[first + suffix], numbers[second + suffix], numbers.get(target + suffix, 0.0))
        for suffix in suffixes
        if first + suffix in numbers
    ]


def _reach(values: list[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (-1.0, 1.0)
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _scale(network: Network, targets: list[float]) -> tuple[float, float]:
    """Return the value at which the hue changes, and the distance from there to where the colour is strongest."""
    low, high = (min(targets), max(targets)) if targets else (0.0, 1.0)
    if low == high:
        low, high = (-1.0, 1.0) if network.layers[-1].activation.name == "tanh" else (0.0, 1.0)
    return (low + high) / 2, (high - low) / 2
