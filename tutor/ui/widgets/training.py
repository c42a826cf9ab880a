"""A training as it goes: how far, how fast, the figures, the curve of the loss, and how the model fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual_plot import HiResMode, PlotWidget

from tutor.labs.progress import Progress
from tutor.ui.text import MUTED, bar, clean

DRAW_EVERY = 0.1
POINTS = 400


class Training(Vertical):
    """Drawn ten times a second at most, never per epoch."""

    DEFAULT_CSS = """
    Training { height: auto; margin: 0 0 1 0; display: none; }
    Training.-on { display: block; }
    Training > PlotWidget { height: 11; max-width: 80; }
    Training > #fit { display: none; }
    Training > Static { height: auto; }
    """

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield Static("", id="figures", markup=False)
        for name in ("curve", "fit"):
            plot = PlotWidget(id=name)
            plot.can_focus = False
            yield plot

    def on_mount(self) -> None:
        """Draw what is new, at 10 Hz."""
        self.set_interval(DRAW_EVERY, self.draw_progress)

    def draw_progress(self) -> None:
        """Draw the curve and the figures, if there is anything new."""
        progress = self.progress
        if not progress.is_training or progress.latest is self._drawn:
            return
        self._drawn = progress.latest
        self.add_class("-on")
        self.query_one("#figures", Static).update(self._figures())
        plot = self.query_one("#curve", PlotWidget)
        if progress.names:
            xs, ys = progress.series(progress.names[0])
            stride = max(1, len(xs) // POINTS)
            plot.clear()
            if len(xs) > 1:
                plot.plot(xs[::stride], ys[::stride], line_style="bright_cyan", hires_mode=HiResMode.QUADRANT)
                plot.set_xlabel("epoch")
                plot.set_ylabel(clean(progress.names[0]).replace("[", "\\["))

    def _figures(self) -> Content:
        progress = self.progress
        epoch = f"epoch {progress.latest.epoch:g}" if progress.latest else ""
        total = f" of {progress.total:g}" if progress.total else ""
        parts: list[Content] = [Content(epoch + total)]
        if progress.fraction is not None:
            parts.insert(0, bar(progress.fraction, 20))
        if progress.rate:
            parts.append(Content.styled(f"{progress.rate:,.0f}/s", MUTED))
        if progress.seconds_left:
            parts.append(Content.styled(f"{progress.seconds_left:.0f} s left", MUTED))
        parts += [Content.styled(f"{clean(name)} {value:.4g}", "bold") for name, value in progress.figures.items()]
        return Content("  ").join(parts)

    def show_fit(self, fit: Mapping[str, Any]) -> None:
        """Draw the data and what the model says of them."""
        plot = self.query_one("#fit", PlotWidget)
        plot.clear()
        points = fit.get("points") or []
        if fit.get("kind") == "line" and points:
            plot.scatter([p[0] for p in points], [p[1] for p in points], marker="·", marker_style="bright_white")
            plot.plot(fit["x"], fit["y"], line_style="bright_cyan", hires_mode=HiResMode.QUADRANT)
        elif fit.get("kind") == "predicted":
            plot.scatter(fit["x"], fit["y"], marker="·", marker_style="bright_cyan")
            plot.set_xlabel("true")
            plot.set_ylabel("predicted")
        elif fit.get("kind") == "boundary" and points:
            for target, marker, style in ((0, "○", "bright_cyan"), (1, "●", "bright_yellow")):
                chosen = [p for p in points if round(p[2]) == target]
                plot.scatter([p[0] for p in chosen], [p[1] for p in chosen], marker=marker, marker_style=style)
        else:
            return
        self.add_class("-on")
        plot.display = True
