"""Curves and points on axes. This imports NumPy, so import it only where it is used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static
from textual_hires_canvas import Canvas, TextAlign
from textual_plot import HiResMode, PlotWidget
from textual_plot.plot_widget import LinePlot

from tutor.ui.axes import Axis, axis
from tutor.ui.glyphs import has_braille
from tutor.ui.text import clean

ROWS_APART, COLUMNS_APART = range(2, 5), range(8, 17)
"""The allowed distances between two numbers along an axis, in cells."""

MIN_ROWS = 8
"""The fewest rows in which a plot with its numbers and axis names is readable."""

TALL_SCREEN = 36
"""A screen of at least this many rows has room for a taller plot."""


@dataclass(frozen=True, slots=True)
class Series:
    """Points in a colour of the theme, joined to a curve if they have no ``marker``. ``name`` is for the legend;
    without one they are not in it."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    marker: str = ""
    name: str = ""


class Axes(PlotWidget):  # type: ignore[misc]  # its types are skipped, see pyproject.toml
    """Two thin axes with curves and points, redrawn for every size and theme."""

    DEFAULT_CSS = """
    Axes > .plot--axis { color: $foreground 45%; }
    Axes > .plot--tick { color: $foreground 75%; text-style: none; }
    """
    can_focus = False

    def __init__(self) -> None:
        super().__init__(allow_pan_and_zoom=False)
        self.set_reactive(PlotWidget.margin_top, 0)
        self.set_reactive(PlotWidget.margin_bottom, 1)
        self._series: tuple[Series, ...] = ()
        self._reach: tuple[float, ...] = ()
        self._up: Axis | None = None
        self._across: Axis | None = None
        self._margin = 0  # the columns for the numbers at the left

    def show(self, series: Sequence[Series], reach: Sequence[float]) -> None:
        """Draw other curves and points. The horizontal axis covers every number in ``reach`` as well."""
        self._series, self._reach = tuple(each for each in series if len(each.xs)), tuple(reach)
        self._draw()

    def on_resize(self) -> None:
        """Draw the axes for the new size."""
        self._draw()

    def notify_style_update(self) -> None:
        """Draw in the colours of the new theme."""
        super().notify_style_update()
        self._draw()

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    def ignore_wheel(self, event: events.MouseEvent) -> None:
        """Let the wheel scroll the page instead of zooming."""
        event.prevent_default()

    def _draw(self) -> None:
        rows = self.size.height - self.margin_bottom - 1
        if not self._series or rows < 2 or not self.children:
            return
        self._set_axes(rows)
        self.clear()
        # thin dots if they are sure to be displayed
        mode = HiResMode.BRAILLE if has_braille() else HiResMode.QUADRANT
        for each in self._series:
            style = str(Style(color=Color.parse(self.app.theme_variables[each.colour]).rich_color))
            if each.marker:
                self.scatter(each.xs, each.ys, marker=each.marker, marker_style=style)
            else:
                self.plot(_inside(each.xs), _inside(each.ys), line_style=style, hires_mode=mode)

    def _set_axes(self, rows: int) -> None:
        xs = [*(x for each in self._series for x in each.xs if math.isfinite(x)), *self._reach]
        ys = [y for each in self._series for y in each.ys if math.isfinite(y)]
        if not xs or not ys or not math.isfinite(max(ys) - min(ys)):
            return
        up = axis(min(ys), max(ys), rows, ROWS_APART)
        before, self._margin = self._margin, max(map(len, up.labels)) + 2
        if self._margin != before:
            self.margin_left = self._margin
            self.call_after_refresh(self.refresh, layout=True)  # the plot takes the columns left by the numbers
        columns = self.size.width - self._margin - 2
        if columns < 2 * COLUMNS_APART[0]:
            return
        self._up, self._across = up, axis(min(xs), max(xs), columns, COLUMNS_APART)
        self.set_ylimits(up.low, up.high)
        self.set_xlimits(self._across.low, self._across.high)

    def _render_plot(self) -> None:
        """Draw the curves and points, then the two axes with ticks at their numbers: PlotWidget's own frame has ticks
        on all four sides."""
        canvas, left, below = (self.query_one(f"#{name}", Canvas) for name in ("plot", "margin-left", "margin-bottom"))
        if self._across is None or self._up is None or not canvas.size.area:
            return
        for each in (canvas, left, below):
            each.reset()
        width, foot = canvas.size.width, canvas.size.height - 1
        self._scale_rectangle = Region(1, 0, width - 2, foot)
        for dataset in self._datasets:
            (self._render_line_plot if isinstance(dataset, LinePlot) else self._render_scatter_plot)(dataset)
        line, numbers = (str(self.get_component_rich_style(f"plot--{part}")) for part in ("axis", "tick"))
        canvas.set_pixels([(0, row) for row in range(foot)], "│", line)
        canvas.set_pixels([(column, foot) for column in range(1, width - 1)], "─", line)
        canvas.set_pixel(0, foot, "└", line)
        for tick, label in zip(self._up.ticks, self._up.labels, strict=True):
            row = self.get_pixel_from_coordinate(0.0, tick)[1]
            canvas.set_pixel(0, row, "┤", line)
            left.write_text(self._margin - 2, row, f"[{numbers}]{label}", TextAlign.RIGHT)
        for tick, label in zip(self._across.ticks, self._across.labels, strict=True):
            column = self.get_pixel_from_coordinate(tick, 0.0)[0]
            canvas.set_pixel(column, foot, "┬", line)
            digits = label.removeprefix("−")  # digits are centred under their tick, the sign goes before them
            start = self._margin + column - (len(digits) - 1) // 2 - (len(label) - len(digits))
            below.write_text(min(start, self._margin + width - len(label)), 0, f"[{numbers}]{label}")


def _inside(values: Sequence[float]) -> list[float]:
    """Return the values of a curve with its ends moved inwards by a tiny amount. A round number lies on the boundary
    between two dots, where one of many last points would be drawn on the wrong side."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    hair = 1e-6 * (high - low)
    return [min(max(value, low + hair), high - hair) if math.isfinite(value) else value for value in values]


class Chart(Vertical):
    """A plot with the names of its axes above and below it, and a legend at the top."""

    DEFAULT_CSS = """
    Chart { height: 12; width: 1fr; max-width: 90; padding: 0 1 0 0; }
    Chart > Static { height: 1; padding: 0 0 0 2; color: $foreground 75%; text-wrap: nowrap; text-overflow: ellipsis; }
    Chart > .across { text-align: right; padding: 0 1 0 0; }
    Chart > Axes { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        yield Static("", classes="up", markup=False)
        yield Axes()
        yield Static("", classes="across", markup=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._fitted = (0, 0)  # the screen's rows that the plot was fitted to, and the plot's rows

    def on_resize(self) -> None:
        """Be taller on a tall screen, unless fitted to one of this height."""
        high = self.app.size.height
        if self._fitted[0] != high:
            self.styles.height = 15 if high >= TALL_SCREEN else None

    def fit(self, rows: int) -> bool:
        """Use at most this many rows, but enough to be readable. Return whether that changes the height."""
        rows = max(MIN_ROWS, rows)
        if rows >= self.size.height:
            return False
        self._fitted = self.app.size.height, rows
        self.styles.height = rows
        return True

    def show(self, series: Sequence[Series], *, up: str = "", across: str = "", reach: Sequence[float] = ()) -> None:
        """Show other curves and points, with these names for the axes."""
        named = [
            Content.assemble((each.marker or "─", f"${each.colour}"), f" {each.name}") for each in series if each.name
        ]
        head = [Content(f"{clean(up)} ↑")] if up else []
        self.query_one(".up", Static).update(Content("   ").join([*head, *named]))
        below = self.query_one(".across", Static)
        below.update(Content(f"{clean(across)} →"))
        below.display = bool(across)
        self.query_one(Axes).show(series, reach)
