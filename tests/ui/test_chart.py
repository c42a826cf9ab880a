"""A plot on a page: its axes are named and evenly divided, and the mouse wheel over it scrolls the page."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from textual.content import Content
from textual.events import MouseScrollDown
from textual.widgets import Static

from tests.ui.driving import OUTPUT, Opener, lesson_screen, resize, seen, settle
from tutor.labs.progress import Progress
from tutor.ui.widgets.chart import Axes, Chart, Series
from tutor.ui.widgets.training import Training


@pytest.fixture(autouse=True)
def painted_when_looked_at() -> None:
    """Paint the screen at every change, as in a terminal: plots are drawn when they are painted."""


async def test_the_axes_of_a_plot_are_even_and_named_and_the_wheel_over_it_scrolls_the_page(opened: Opener) -> None:
    async with opened("every-kind", screen=OUTPUT, size=(100, 48)) as pilot:
        lines = seen(pilot.app).splitlines()
        rows = [row for row, line in enumerate(lines) if "┤" in line]
        assert len(rows) >= 3
        assert len({after - before for before, after in pairwise(rows)}) == 1, "the axis is evenly divided"
        up, across = (next(row for row, line in enumerate(lines) if name in line) for name in ("(w − 3)² ↑", "w →"))
        foot = next(row for row, line in enumerate(lines) if "┬" in line)
        assert up < rows[0] < rows[-1] < foot < across, "each name is at its axis"

        await resize(pilot, (80, 20))
        screen = lesson_screen(pilot.app)
        axes = screen.query_one(Axes)
        axes.scroll_visible(animate=False)
        await settle(pilot)
        screen.page.scroll_home(animate=False)
        await settle(pilot)
        limits, canvas = (axes._x_min, axes._x_max), axes.query_one("#plot")
        canvas.post_message(MouseScrollDown(canvas, 3, 3, 0, 1, 0, False, False, False))
        await settle(pilot)
        assert screen.page.scroll_y > 0, "the wheel over a plot scrolls the page"
        assert (axes._x_min, axes._x_max) == limits, "and does not zoom"


async def test_every_series_is_drawn_with_its_axes_and_its_legend(opened: Opener) -> None:
    async with opened("every-kind", screen=OUTPUT, size=(80, 40)) as pilot:
        chart = pilot.app.screen.query_one(Chart)

        async def drawn(*series: Series, **more: Any) -> list[str]:
            chart.show(list(series), **more)
            await settle(pilot)
            return seen(pilot.app).splitlines()

        def below_the_plot(lines: list[str]) -> tuple[str, str]:
            foot = next(row for row, line in enumerate(lines) if "┬" in line)
            return lines[foot], lines[foot + 1]

        ticks, labels = below_the_plot(await drawn(Series([-6.0, 6.0], [0.0, 1.0], "primary")))
        assert "−6" in labels
        assert [labels[column] for column, mark in enumerate(ticks) if mark == "┬"] == list("6420246"), (
            "the digits of a label are below its tick"
        )

        ps = [place / 200 for place in range(2, 201)]
        lines = await drawn(Series(ps, [-math.log(p) for p in ps], "primary"))
        zero = next(line for line in lines if "0 ┤" in line)
        assert "▀" in zero, "a curve that ends at 0 stays above it"
        assert not set("▖▗▄▌▐▙▟") & set(zero), "0 is in the middle of its row"

        lines = await drawn(Series([50.0, 300.0], [1.0, 0.5], "primary"), reach=(0, 1000))
        _, labels = below_the_plot(lines)
        assert labels.split()[0] == "0", "a training that first prints epoch 50 still began at 0"
        assert labels.split()[-1] == "1000"

        ends = [0.0, 4.0]
        points = Series([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], "primary", "●")
        lines = await drawn(Series(ends, ends, "code-aside"), points)
        assert "\n".join(lines).count("●") == 3, "points are drawn over an earlier curve"

        lines = await drawn(Series([0.0, 1.0], [0.0, 1.0], "code-aside", name="perfect"), up="predicted")
        assert "predicted ↑   ─ perfect" in "\n".join(lines)
        legend = chart.query_one(".up", Static).content
        assert isinstance(legend, Content)
        assert [str(span.style) for span in legend.spans] == ["$code-aside"], "the legend has the series' colour"

        for empty in ([], [Series([], [], "primary")], [Series([1.0], [float("inf")], "primary", "●")]):
            lines = await drawn(*empty, up="[b]nothing[/]")
            assert "[b]nothing[/]" in "\n".join(lines), "the name of a plot is text, also without anything in it"


def test_a_finished_training_shows_no_rate() -> None:
    seconds = iter(range(10))
    training = Training(Progress(total=2000, clock=lambda: float(next(seconds))))
    training.progress.feed("Epoch 1000 loss 0.5\n")
    assert "epoch 1000 of 2000  " in training._figures().plain
    assert "epochs/s" in training._figures().plain
    training.progress.feed("Epoch 2000 loss 0.25\n")
    assert training._figures().plain.endswith("epoch 2000 of 2000  loss 0.25")
