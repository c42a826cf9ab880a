"""Tab reaches every focusable widget of a screen, and the focused widget is visible."""

from __future__ import annotations

from benchmarks.campaigns.tabbing import SIZES, breaches, painted
from tests.ui.driving import Opener, field, is_focused, press, settle
from tutor import paths
from tutor.lessons import load
from tutor.session import Session
from tutor.session.model import ScreenView
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

LESSONS = sorted(paths.shipped_lessons().glob("*.yaml"))


def _kinds(view: ScreenView) -> frozenset[str]:
    """Return the kinds of block and field on a screen."""
    names = {type(block).__name__ for block in view.blocks}
    return frozenset(names | {field.kind.name for field in view.fields})


async def test_tab_and_shift_tab_go_round_every_kind_of_screen(store: Store) -> None:
    """A few screens that together have every kind of block and field, at each size. The campaign
    ``benchmarks.campaigns.tabbing`` checks all screens."""
    sessions = [Session(load(path), store) for path in LESSONS]
    kinds = {(each, index): _kinds(each.goto(index)) for each in sessions for index in range(len(each.titles))}
    missing = set[str]().union(*kinds.values())
    assert len(missing) > 15
    places = []
    while missing:
        places.append(max(kinds, key=lambda place: len(kinds[place] & missing)))
        missing -= kinds[places[-1]]
    assert len(places) > len(SIZES)
    app = TutorApp(store, str(LESSONS[0]), warm=False)
    app.animation_level = "none"
    found = []
    async with app.run_test(size=SIZES[0]) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, LessonScreen)
        for number, (session, index) in enumerate(places):
            size = SIZES[number * len(SIZES) // len(places)]
            if app.size != size:
                await pilot.resize_terminal(*size)
            session.goto(index)
            await screen.take(session)
            await painted(screen)
            assert screen.page.view == session.screen()
            where = f"{session.lesson.id}, screen {index + 1}, {size}"
            found += [f"{where}: {each}" async for each in breaches(pilot, steps=(1,))]
    assert found == []


async def test_after_a_derivation_the_field_has_the_focus_again(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "f3", "escape")
        assert is_focused(pilot.app, "Z1")
        field(pilot.app, "Z2").focus_field()
        await press(pilot, "tab", "enter")
        assert not isinstance(pilot.app.screen, LessonScreen), "the derivation is open"
        await press(pilot, "escape")
        assert is_focused(pilot.app, "Z2")
