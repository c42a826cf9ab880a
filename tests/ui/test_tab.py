"""Tab goes round everything on a screen that can have the focus; what has the focus is seen."""

from __future__ import annotations

from benchmarks.campaigns.tabbing import SIZES, breaches, painted
from tests.ui.driving import Opener, field, in_hand, press, settle
from tutor import paths
from tutor.lessons import load
from tutor.session import Session
from tutor.session.model import ScreenView
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

LESSONS = sorted(paths.shipped_lessons().glob("*.yaml"))


def _kinds(view: ScreenView) -> frozenset[str]:
    """What Tab goes to on a screen, and what may push it out of sight."""
    names = {type(block).__name__ for block in view.blocks}
    return frozenset(names | {field.kind.name for field in view.fields})


async def test_tab_goes_round_every_kind_of_screen_and_shift_tab_back(store: Store) -> None:
    """Screens that together have every kind of block and field, each at one of the sizes; the campaign has them all."""
    app = TutorApp(store, str(LESSONS[0]), warm=False)
    app.animation_level = "none"
    found, known, shown = [], set[str](), 0
    async with app.run_test(size=SIZES[0]) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, LessonScreen)
        for path in LESSONS:
            await screen.take(Session(load(path), store))
            for index in range(len(screen.session.titles)):
                view = screen.session.goto(index)
                if _kinds(view) <= known:
                    continue
                known |= _kinds(view)
                shown += 1
                size = SIZES[shown % len(SIZES)]
                if app.size != size:
                    await pilot.resize_terminal(*size)
                await screen.show_screen(view)
                await painted(screen)
                where = f"{path.stem}, screen {index + 1}, {size}"
                found += [f"{where}: {each}" async for each in breaches(pilot, steps=(1,))]
    assert len(known) > 15
    assert shown > 2 * len(SIZES)
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
