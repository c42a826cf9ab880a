"""Draw a plot as SVG. Each series has its own marker or dashes, so that it can be printed without colour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from tutor.formulas import format_number
from tutor.lessons.blocks import PlotSeries
from tutor.lessons.blocks.plot import PlotView

_WIDTH, _HEIGHT, _LEFT, _BELOW, _TOP = 460, 260, 64, 44, 26
#: One for each series; a plot has at most six.
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 2", "1 5")
_SIGNS = "●▲■◆○△"


def plot_svg(plot: PlotView) -> str:
    """Return the plot as an SVG element; empty if no point is finite."""
    finite = [_finite(each) for each in plot.series]
    points = [point for each in finite for point in each]
    if not points:
        return ""
    across = _Scale([x for x, _ in points], _LEFT, _WIDTH - 16)
    up = _Scale([y for _, y in points], _HEIGHT - _BELOW, _TOP)
    inner = [*_axes(across, up, plot.x_label, plot.y_label)]
    for place, each in enumerate(plot.series):
        places = [(across.at(x), up.at(y)) for x, y in finite[place]]
        inner.append(_curve(places, place) if plot.line else "".join(_words(*at, _SIGNS[place], 9) for at in places))
        if each.name:
            x = _LEFT + 90 + 95 * place
            line = [(x - 34, 10), (x - 6, 10)]
            inner.append(_curve(line, place) if plot.line else _words(x - 12, 14, _SIGNS[place], 9))
            inner.append(_words(x, 14, each.name, 11, "start"))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" font-family="sans-serif">'
        f"<title>{escape(plot.alt)}</title>{''.join(inner)}</svg>"
    )


def _finite(series: PlotSeries) -> list[tuple[float, float]]:
    pairs = zip(series.xs, series.ys, strict=True)
    return [(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]


class _Scale:
    """Maps numbers to coordinates between two ends of the drawing; ``ticks`` are the round numbers to label."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = min(values), max(values)
        if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
            low, high = low - (abs(low) / 2 or 1.0), high + (abs(high) / 2 or 1.0)
        rough = (high - low) / 5
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough)
        first, last = math.floor(low / step), math.ceil(high / step)
        self.ticks = [number * step for number in range(first, last + 1)]
        self._low, self._high, self._start, self._end = self.ticks[0], self.ticks[-1], start, end

    def at(self, value: float) -> float:
        """Return the coordinate of a number."""
        return self._start + (value - self._low) / (self._high - self._low) * (self._end - self._start)


def _axes(across: _Scale, up: _Scale, x_label: str, y_label: str) -> Iterator[str]:
    foot = _HEIGHT - _BELOW
    yield f'<path d="M{_LEFT} {_TOP} V{foot} H{_WIDTH - 16}" fill="none" stroke="#111"/>'
    for tick in across.ticks:
        yield f'<path d="M{across.at(tick):.1f} {foot} v4" stroke="#111"/>'
        yield _words(across.at(tick), foot + 16, format_number(tick), 11)
    for tick in up.ticks:
        yield f'<path d="M{_LEFT} {up.at(tick):.1f} h-4" stroke="#111"/>'
        yield _words(_LEFT - 7, up.at(tick) + 4, format_number(tick), 11, "end")
    yield _words((_LEFT + _WIDTH) / 2, _HEIGHT - 8, x_label, 12)
    yield _words(6, 14, y_label, 12, "start")


def _curve(places: Sequence[tuple[float, float]], number: int) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashes = _DASHES[number]
    return f'<polyline points="{path}" fill="none" stroke="#111" stroke-width="1.5" stroke-dasharray="{dashes}"/>'


def _words(x: float, y: float, text: str, size: int, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'
