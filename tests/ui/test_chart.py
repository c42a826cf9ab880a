"""A plot on a page: its axes are named and evenly divided, and the mouse wheel over it scrolls the page."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from textual.content import Content
from textual.events import MouseScrollDown
from textual.widgets import Static

from tests.ui.driving import OUTPUT, Opener, lesson_screen, seen, session, settle
from tutor.labs.progress import Progress
from tutor.ui.widgets.chart import Axes, Chart, Series
from tutor.ui.widgets.training import Training


@pytest.fixture(autouse=True)
def painted_when_looked_at() -> None:
    """Paint the screen at every change, as in a terminal: plots are drawn when they are painted."""


async def test_both_axes_are_named_and_evenly_divided(opened: Opener) -> None:
    async with opened("every-kind", size=(100, 48)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        lines = seen(pilot.app).splitlines()
        rows = [row for row, line in enumerate(lines) if "┤" in line]
        assert len(rows) >= 3
        assert len({after - before for before, after in pairwise(rows)}) == 1
        up, across = (next(row for row, line in enumerate(lines) if name in line) for name in ("(w − 3)² ↑", "w →"))
        foot = next(row for row, line in enumerate(lines) if "┬" in line)
        assert up < rows[0] < rows[-1] < foot < across, "each name is at its axis"


async def test_the_digits_of_a_label_are_below_its_tick(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        pilot.app.screen.query_one(Chart).show([Series([-6.0, 6.0], [0.0, 1.0], "primary")])
        await settle(pilot)
        lines = seen(pilot.app).splitlines()
        foot = next(row for row, line in enumerate(lines) if "┬" in line)
        assert "−6" in lines[foot + 1]
        assert [lines[foot + 1][column] for column, mark in enumerate(lines[foot]) if mark == "┬"] == list("6420246")


async def test_a_curve_that_ends_at_0_stays_above_it(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        ps = [place / 200 for place in range(2, 201)]
        pilot.app.screen.query_one(Chart).show([Series(ps, [-math.log(p) for p in ps], "primary")])
        await settle(pilot)
        zero = next(line for line in seen(pilot.app).splitlines() if "0 ┤" in line)
        assert "▀" in zero
        assert not set("▖▗▄▌▐▙▟") & set(zero), "0 is in the middle of its row"


async def test_the_axis_of_a_curve_covers_the_given_reach(opened: Opener) -> None:
    """A training that first prints epoch 50 still began at 0."""
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        pilot.app.screen.query_one(Chart).show([Series([50.0, 300.0], [1.0, 0.5], "primary")], reach=(0, 1000))
        await settle(pilot)
        lines = seen(pilot.app).splitlines()
        foot = next(row for row, line in enumerate(lines) if "┬" in line)
        labels = lines[foot + 1].split()
        assert labels[0] == "0"
        assert labels[-1] == "1000"


async def test_points_are_drawn_over_an_earlier_curve(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        ends = [0.0, 4.0]
        pilot.app.screen.query_one(Chart).show(
            [Series(ends, ends, "code-aside"), Series([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], "primary", "●")]
        )
        await settle(pilot)
        assert seen(pilot.app).count("●") == 3


def test_a_finished_training_shows_no_rate() -> None:
    seconds = iter(range(10))
    training = Training(Progress(total=2000, clock=lambda: float(next(seconds))))
    training.progress.feed("Epoch 1000 loss 0.5\n")
    assert "epoch 1000 of 2000  " in training._figures().plain
    assert "epochs/s" in training._figures().plain
    training.progress.feed("Epoch 2000 loss 0.25\n")
    assert training._figures().plain.endswith("epoch 2000 of 2000  loss 0.25")


async def test_the_legend_has_the_colours_of_the_series(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        chart = pilot.app.screen.query_one(Chart)
        chart.show([Series([0.0, 1.0], [0.0, 1.0], "code-aside", name="perfect")], up="predicted")
        await settle(pilot)
        assert "predicted ↑   ─ perfect" in seen(pilot.app)
        legend = chart.query_one(".up", Static).content
        assert isinstance(legend, Content)
        assert [str(span.style) for span in legend.spans] == ["$code-aside"]


async def test_the_wheel_over_a_plot_scrolls_the_page_without_zooming(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 20)) as pilot:
        screen = lesson_screen(pilot.app)
        await screen.show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        axes = screen.query_one(Axes)
        axes.scroll_visible(animate=False)
        await settle(pilot)
        screen.page.scroll_home(animate=False)
        await settle(pilot)
        limits, canvas = (axes._x_min, axes._x_max), axes.query_one("#plot")
        canvas.post_message(MouseScrollDown(canvas, 3, 3, 0, 1, 0, False, False, False))
        await settle(pilot)
        assert screen.page.scroll_y > 0
        assert (axes._x_min, axes._x_max) == limits


async def test_an_empty_plot_is_drawn_with_its_name_as_text(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        chart = pilot.app.screen.query_one(Chart)
        for series in ([], [Series([], [], "primary")], [Series([1.0], [float("inf")], "primary", "●")]):
            chart.show(series, up="[b]nothing[/]")
            await settle(pilot)
        assert "[b]nothing[/]" in seen(pilot.app)
