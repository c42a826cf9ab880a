"""A training in progress: how far, how fast, the figures, the curve of the loss, and how the model fits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.labs.progress import Progress
from tutor.ui.text import MUTED, bar, clean
from tutor.ui.widgets.chart import Chart, Series
from tutor.ui.widgets.output import Output

DRAW_EVERY = 0.1
POINTS = 200
LOG_SCALE_FROM = 1000
"""The ratio of the largest loss to the smallest from which the axis is logarithmic: on a linear one, all but the first
points would lie on the axis."""


class Training(Vertical):
    """Shows a training. It is drawn at most ten times a second, not at every epoch."""

    DEFAULT_CSS = """
    Training { height: auto; margin: 1 0 0 0; display: none; }
    Training > .charts { height: auto; layout: vertical; }
    .-wide Training > .charts { layout: horizontal; }
    """
    SCOPED_CSS = False

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield Static("", id="figures", markup=False)
        with Horizontal(classes="charts"):
            yield Chart(id="curve")

    def on_mount(self) -> None:
        """Draw ten times a second."""
        self.set_interval(DRAW_EVERY, self.draw_progress)

    def on_resize(self) -> None:
        """Tell the block that the curve takes more or fewer rows."""
        self.post_message(Output.Grown())

    def draw_progress(self) -> None:
        """Draw the curve and the figures, if anything is new."""
        progress = self.progress
        if not progress.is_training or progress.latest is self._drawn:
            return
        self._drawn = progress.latest
        self.display = True  # not a class, which would have all of it restyled
        self.query_one("#figures", Static).update(self._figures())
        if progress.names:
            self._draw_curve(progress.names[0])

    def _draw_curve(self, name: str) -> None:
        xs, ys = thinned(*self.progress.series(name))
        is_steep = bool(ys) and min(ys) > 0 and max(ys) > LOG_SCALE_FROM * min(ys)
        self.query_one("#curve").display = True
        heights = [math.log10(y) for y in ys] if is_steep else ys
        self.query_one("#curve", Chart).show(
            [Series(xs, heights, "primary")] if len(xs) > 1 else [],
            up=f"log₁₀ {name}" if is_steep else name,
            across="epoch",
            reach=(0, self.progress.total or 0),
        )

    def _figures(self) -> Content:
        progress = self.progress
        epoch = f"epoch {progress.latest.epoch:.10g}" if progress.latest else ""  # as programs print it
        total = f" of {progress.total:.10g}" if progress.total else ""
        parts: list[Content] = [Content(epoch + total)]
        if progress.fraction is not None:
            parts.insert(0, bar(progress.fraction, 20))
        if progress.rate and progress.fraction != 1:
            parts.append(Content.styled(f"{progress.rate:,.0f} epochs/s", MUTED))
        if (progress.seconds_left or 0) >= 0.5:
            parts.append(Content.styled(f"{progress.seconds_left:.0f} s left", MUTED))
        parts += [Content.styled(f"{clean(name)} {value:.4g}", "bold") for name, value in progress.figures.items()]
        return Content("  ").join(parts)

    async def show_fit(self, fit: Mapping[str, Any]) -> None:
        """Draw the data and the model's predictions."""
        draw = {"line": _draw_line, "predicted": _draw_predicted, "boundary": _draw_boundary}.get(fit.get("kind", ""))
        if draw is None:
            return
        self.query_one("#curve").display = bool(self.progress.names)
        if not self.query("#fit"):
            await self.query_one(".charts").mount(Chart(id="fit"))
        draw(self.query_one("#fit", Chart), fit)
        self.display = True


def thinned(xs: Sequence[float], ys: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return a few hundred of the points, including the last one."""
    stride = max(1, len(xs) // POINTS)
    kept = [*range(0, len(xs), stride)]
    if xs and kept[-1] != len(xs) - 1:
        kept.append(len(xs) - 1)
    return [xs[place] for place in kept], [ys[place] for place in kept]


def _pairs(xs: Sequence[float | None], ys: Sequence[float | None]) -> tuple[list[float], list[float]]:
    """Return the points whose numbers are both finite; None stands for one that is not."""
    both = [(x, y) for x, y in zip(xs, ys, strict=True) if x is not None and y is not None]
    return [x for x, _ in both], [y for _, y in both]


def _draw_line(chart: Chart, fit: Mapping[str, Any]) -> None:
    points = _points([(point[0], point[1]) for point in fit.get("points") or ()], "●", "accent", "the data")
    xs, ys = _pairs(fit["x"], fit["y"])
    chart.show([points, *([Series(xs, ys, "primary", name="the model")] if len(xs) > 1 else [])])


def _draw_predicted(chart: Chart, fit: Mapping[str, Any]) -> None:
    xs, ys = _pairs(fit["x"], fit["y"])
    ends = [min(xs), max(xs)] if xs else []
    line = Series(ends, ends, "code-aside", name="perfect")  # pale, and below the points
    chart.show([line, Series(xs, ys, "primary", "●")], up="predicted", across="measured")


def _draw_boundary(chart: Chart, fit: Mapping[str, Any]) -> None:
    points, grid = fit.get("points") or [], fit.get("grid") or []
    classes = sorted({round(point[2]) for point in points})
    values = [value for row in grid for value in row if value is not None]
    # probabilities are cut at 0.5; values outside 0 to 1 are scores, cut at 0
    cut = 0.5 if values and min(values) >= 0 and (max(values) <= 1 or len(classes) > 2) else 0.0
    (left, right), (low, high) = fit["x"], fit["y"]
    shaded = [
        (left + (right - left) * column / (len(row) - 1), low + (high - low) * place / (len(grid) - 1))
        for place, row in enumerate(grid)
        for column, value in enumerate(row)
        if value is not None and value > cut
    ]
    series = [_points(shaded, "░", "code-aside", "the model says ●")]
    for target, marker, colour in zip(classes, "○●", ("primary", "accent"), strict=False):
        of_class = [(point[0], point[1]) for point in points if round(point[2]) == target]
        series.append(_points(of_class, marker, colour, f"class {target}"))
    chart.show(series)


def _points(points: Sequence[tuple[float | None, float | None]], marker: str, colour: str, name: str) -> Series:
    xs, ys = _pairs([x for x, _ in points], [y for _, y in points])
    return Series(xs, ys, colour, marker, name)
