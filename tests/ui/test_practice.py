"""Practice on the screen: one question after another, the summary at the end, and the map of skills."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from tests.ui.driving import Opener, lesson_screen, press, seen, settle, until
from tests.ui.keys import plays
from tutor.learning.index import load_index
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.home import Home
from tutor.ui.screens.practising import PracticeEnd, PracticeScreen
from tutor.ui.screens.skills import SkillsScreen
from tutor.ui.widgets.lesson_list import CONTINUE, LessonList


@plays("Home.practise")
async def test_practice_shows_one_question_after_another_and_a_summary(opened: Opener, store: Store) -> None:
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


@pytest.fixture
def read(lessons: Path) -> None:
    """Read which skills the lessons practise, so that no process has to be started for it."""
    load_index(sorted(lessons.glob("*.yaml")))


@pytest.mark.usefixtures("read")
async def test_practice_says_when_nothing_is_due(opened: Opener) -> None:
    async with opened(toasts=True) as pilot:
        await press(pilot, "r")
        await until(pilot, lambda: "nothing to practise yet" in " ".join(seen(pilot.app).split()), "the reason")
        assert isinstance(pilot.app.screen, Home)


@pytest.mark.usefixtures("read")
@plays("Home.skills", "SkillsScreen.drill", "SkillsScreen.dismiss")
async def test_skills_are_listed_in_order_and_p_practises_one(opened: Opener, store: Store) -> None:
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


@pytest.mark.usefixtures("read")
async def test_home_says_what_is_due_and_enter_starts_practice(store: Store) -> None:
    store.set_position("every-kind", "", 0)
    app = TutorApp(store, warm=False)
    app.plans_practice = True
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Practise: 6 questions, about 8 minutes" in seen(app), "the questions due")
        lines = app.screen.query_one(LessonList)
        assert lines.highlighted_option is not None
        assert lines.highlighted_option.id == CONTINUE, "the late result does not move the selection"
        await press(pilot, "up", "enter")
        await until(pilot, lambda: isinstance(app.screen, PracticeScreen), "the first question")


@plays("LessonScreen.numbers_only")
async def test_numbers_only_keeps_only_number_questions(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        screen = lesson_screen(pilot.app)
        before = screen.session
        await press(pilot, "escape", "o")
        await until(pilot, lambda: screen.session is not before, "the numbers-only lesson")
        assert len(screen.session.titles) < len(before.titles)
        assert "numbers only" in seen(pilot.app).splitlines()[0]
        assert {place.variant for place in store.positions()} == {""}
