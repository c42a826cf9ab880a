"""A plot on a page: its axes are named, its numbers lie at equal steps, and the wheel over it scrolls the page."""

from __future__ import annotations

from itertools import pairwise

import pytest
from textual.events import MouseScrollDown

from tests.ui.driving import OUTPUT, Opener, lesson_screen, seen, session, settle
from tutor.ui.widgets.chart import Axes, Chart, Series


@pytest.fixture(autouse=True)
def painted_when_looked_at() -> None:
    """Here the screen is painted at every change, as in a terminal: plots are drawn when they are painted."""


async def test_both_axes_are_named_and_equal_steps_are_equally_far_apart(opened: Opener) -> None:
    async with opened("every-kind", size=(100, 48)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        shown = seen(pilot.app)
        assert "(w - 3)^2 ↑   w →" in shown
        rows = [row for row, line in enumerate(shown.splitlines()) if "┫" in line or "╋" in line]
        assert len(rows) >= 3
        assert len({after - before for before, after in pairwise(rows)}) == 1


async def test_the_wheel_over_a_plot_scrolls_the_page_and_zooms_nothing(opened: Opener) -> None:
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


async def test_a_plot_of_nothing_draws_nothing(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(OUTPUT))
        await settle(pilot)
        chart = pilot.app.screen.query_one(Chart)
        for series in ([], [Series([], [], "primary")], [Series([1.0], [float("inf")], "primary", "●")]):
            chart.show("[b]nothing[/]", series)
            await settle(pilot)
        assert "[b]nothing[/]" in seen(pilot.app)
