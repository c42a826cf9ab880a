"""Tab goes round everything on a screen that can have the focus; what has the focus is seen."""

from __future__ import annotations

import pytest

from benchmarks.campaigns.tabbing import SIZES, breaches, painted
from tests.ui.driving import Opener, field, in_hand, press, settle
from tutor import paths
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

LESSONS = sorted(path for path in paths.shipped_lessons().glob("*.yaml"))


@pytest.mark.parametrize("number", range(len(LESSONS)))
async def test_tab_goes_round_every_screen_and_shift_tab_back(number: int, store: Store) -> None:
    """Each screen at one of the sizes; the campaign has them all."""
    app = TutorApp(store, str(LESSONS[number]), warm=False)
    app.animation_level = "none"
    found = []
    async with app.run_test(size=SIZES[0]) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, LessonScreen)
        for turn, size in enumerate(SIZES):
            await pilot.resize_terminal(*size)
            for index in range((turn + number) % len(SIZES), len(screen.session.titles), len(SIZES)):
                await screen.show_screen(screen.session.goto(index))
                await painted(screen)
                found += [f"screen {index + 1}, {size}: {each}" async for each in breaches(pilot, steps=(1,))]
    assert found == []


async def test_after_a_derivation_the_focus_is_in_the_field_again(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "f3", "escape")
        assert in_hand(pilot.app, "Z1")
        field(pilot.app, "Z2").focus_field()
        await press(pilot, "tab", "enter")
        assert not isinstance(pilot.app.screen, LessonScreen), "the door to the derivation was opened"
        await press(pilot, "escape")
        assert in_hand(pilot.app, "Z2")
