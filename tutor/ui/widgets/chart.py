"""Curves and points on axes. Loads NumPy, so it is imported only where it is used."""

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
from textual.widgets import Static
from textual_plot import HiResMode, NumericAxisFormatter, PlotWidget

from tutor.ui.axes import axis
from tutor.ui.glyphs import Signs, line_signs
from tutor.ui.text import clean

ROWS_APART, COLUMNS_APART = range(2, 5), range(8, 17)
"""From one number along an axis to the next."""

HIGH = 36
"""A screen of so many rows has some to spare for a plot."""


def _hires() -> HiResMode:
    """How a curve is drawn: with thin dots where they are sure to be seen."""
    return HiResMode.BRAILLE if line_signs() is Signs.BRAILLE else HiResMode.QUADRANT


@dataclass(frozen=True, slots=True)
class Series:
    """Points in a colour of the theme, joined to a curve where they have no ``marker``."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    marker: str = ""


class _Labels(NumericAxisFormatter):  # type: ignore[misc]  # its types are not looked at, as pyproject.toml says
    """Writes what the axis says."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = labels

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """The numbers beside the ticks."""
        return list(self.labels)


class Axes(PlotWidget):  # type: ignore[misc]
    """The frame, with what is drawn in it; drawn anew for every size and theme."""

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
        self._most: float | None = None
        self._margin = 0  # the columns of the numbers at the left

    def show(self, series: Sequence[Series], most: float | None) -> None:
        """Draw other curves and points; ``most`` is how far the axis goes across, where that is known."""
        self._series, self._most = tuple(each for each in series if len(each.xs)), most
        self._draw()

    def on_resize(self) -> None:
        """Other axes for another size."""
        self._draw()

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        super().notify_style_update()
        self._draw()

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    def leave_the_wheel(self, event: events.MouseEvent) -> None:
        """The wheel scrolls the page: nothing here is to be zoomed."""
        event.prevent_default()

    def _draw(self) -> None:
        rows = self.size.height - self.margin_bottom - 2
        if not self._series or rows < 2 or not self.children:
            return
        self._set_axes(rows)
        self.clear()
        for each in self._series:
            style = str(Style(color=Color.parse(self.app.theme_variables[each.colour]).rich_color))
            if each.marker:
                self.scatter(each.xs, each.ys, marker=each.marker, marker_style=style)
            else:
                self.plot(each.xs, each.ys, line_style=style, hires_mode=_hires())

    def _set_axes(self, rows: int) -> None:
        xs = [x for each in self._series for x in each.xs if math.isfinite(x)]
        ys = [y for each in self._series for y in each.ys if math.isfinite(y)]
        if not xs or not ys or not math.isfinite(max(ys) - min(ys)):
            return
        up = axis(min(ys), max(ys), rows, ROWS_APART)
        before, self._margin = self._margin, max(map(len, up.labels)) + 2
        if self._margin != before:
            self.margin_left = self._margin
            self.call_after_refresh(self.refresh, layout=True)  # the frame grows into what the numbers leave
        columns = self.size.width - self._margin - 2
        if columns < 2 * COLUMNS_APART[0]:
            return
        across = axis(min(xs), max(max(xs), self._most or max(xs)), columns, COLUMNS_APART)
        self.set_ylimits(up.low, up.high)
        self.set_yticks(up.ticks)
        self.set_y_formatter(_Labels(up.labels))
        self.set_xlimits(across.low, across.high)
        self.set_xticks(across.ticks)
        self.set_x_formatter(_Labels(across.labels))


class Chart(Vertical):
    """A plot under a line that says what it shows: labels beside the axes would cost rows of the curve."""

    DEFAULT_CSS = """
    Chart { height: 12; width: 1fr; max-width: 90; padding: 0 1 0 0; }
    Chart > Static { height: 1; padding: 0 0 0 2; color: $foreground 75%; text-wrap: nowrap; text-overflow: ellipsis; }
    Chart > Axes { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)
        yield Axes()

    def on_resize(self) -> None:
        """Be higher where the screen is."""
        self.styles.height = 15 if self.app.size.height >= HIGH else None

    def show(self, caption: str, series: Sequence[Series], *, most: float | None = None) -> None:
        """Show other curves and points, and say what they are."""
        self.query_one(Static).update(Content(clean(caption)))
        self.query_one(Axes).show(series, most)
