"""Practice on the screen: a question alone, the next one, what moved; and the map of skills."""

from __future__ import annotations

from textual.widgets import OptionList, Static

from tests.ui.driving import Opener, press, seen, settle, until
from tests.ui.keys import plays
from tutor.store import Store
from tutor.ui.screens.home import Home
from tutor.ui.screens.practising import PracticeEnd, PracticeScreen
from tutor.ui.screens.skills import SkillsScreen


@plays("Home.practise")
async def test_questions_come_one_after_another_and_the_end_says_what_moved(opened: Opener, store: Store) -> None:
    store.set_position("every-kind", "", 0)
    async with opened() as pilot:
        await press(pilot, "r")
        await until(pilot, lambda: isinstance(pilot.app.screen, PracticeScreen), "the first question")
        screen = pilot.app.screen
        assert isinstance(screen, PracticeScreen)
        await until(pilot, lambda: "question 1 of" in seen(pilot.app), "the first question is shown")
        first = screen.session
        await press(pilot, "pagedown")
        await until(pilot, lambda: screen.session is not first, "the second question")
        assert "question 2 of" in seen(pilot.app)
        await press(pilot, "escape", "q")
        await until(pilot, lambda: isinstance(pilot.app.screen, PracticeEnd), "the end")
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Home), "Home")
        assert [place.screen for place in store.positions()] == [0]


async def test_where_nothing_is_due_it_is_said(opened: Opener) -> None:
    async with opened(toasts=True) as pilot:
        await press(pilot, "r")
        await until(pilot, lambda: "nothing to practise yet" in " ".join(seen(pilot.app).split()), "why not")
        assert isinstance(pilot.app.screen, Home)


@plays("Home.skills", "SkillsScreen.drill", "SkillsScreen.dismiss")
async def test_the_skills_stand_in_order_and_enter_practises_one(opened: Opener, store: Store) -> None:
    store.set_position("every-kind", "", 0)
    async with opened() as pilot:
        await press(pilot, "s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SkillsScreen), "the skills")
        options = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: options.option_count > 0, "the skills are read")
        assert options.get_option_at_index(0).id == "weighted-sum"
        await press(pilot, "down", "up")
        assert pilot.app.screen.query_one("#about", Static).content
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, Home)
        await press(pilot, "s")
        await until(pilot, lambda: pilot.app.screen.query(OptionList).first().option_count > 0, "the skills again")
        pilot.app.screen.query_one(OptionList).focus()
        await settle(pilot)
        await press(pilot, "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PracticeScreen), "practice of that skill")
