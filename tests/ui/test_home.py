"""Home: the list of lessons, Continue, search, broken lessons, and an empty list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.content import Content
from textual.css.styles import RulesMap
from textual.style import Style
from textual.visual import RenderOptions

from tests.homes import write_long_ago
from tests.ui.driving import LESSON, Opener, in_lesson, key, press, seen, session, settle, until
from tests.ui.keys import plays
from tutor.store import Store
from tutor.ui.lesson_overview import Row
from tutor.ui.screens.home import Home
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.look_back import LookBackScreen
from tutor.ui.screens.opening import Opening
from tutor.ui.screens.trouble import Trouble
from tutor.ui.widgets.hanging import Listed
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.lesson_list import CONTINUE, LessonLine, LessonList


def add(folder: Path, name: str, title: str) -> None:
    """Add a small lesson of two screens."""
    text = f"""
title: {title}
id: {name}
summary: Every question here is easy.
worksheet: {{given: {{w: 2}}, steps: {{f: 2*w}}}}
screens:
  - {{title: First, blocks: [{{ask: f}}]}}
  - {{title: Second, blocks: [{{text: The end.}}]}}
"""
    write_long_ago(folder / f"02-{name}.yaml", text)


async def test_home_below_a_lesson_is_composed_when_it_is_first_shown(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        home = pilot.app.screen_stack[0]
        assert isinstance(home, Home)
        assert not home.children
        for name in ("escape", "q", "enter"):
            pilot.app.post_message(key(name))
        await until(pilot, lambda: home.children and in_lesson(pilot.app), "the lesson, opened again by Enter")
        await settle(pilot)
        await press(pilot, "escape", "escape")
        assert pilot.app.screen is home
        assert pilot.app.focused is home.query_one(LessonList)
        assert "Continue: Every kind" in seen(pilot.app)


@plays("LessonList.select")
async def test_enter_opens_the_selected_lesson_and_home_shows_its_progress(opened: Opener) -> None:
    async with opened() as pilot:
        assert "Every kind" in seen(pilot.app)
        assert "0 of" in seen(pilot.app)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, LessonScreen)
        await press(pilot, "minus", "0", "full_stop", "7", "enter", "escape", "escape")
        assert isinstance(pilot.app.screen, Home)
        assert "1 of" in seen(pilot.app)
        assert "Continue" in seen(pilot.app)


async def test_continue_is_selected_and_opens_the_last_screen(opened: Opener, store: Store) -> None:
    store.set_position("every-kind", "", 2)
    async with opened() as pilot:
        assert "▸ Continue: Every kind, screen 3" in seen(pilot.app)
        assert pilot.app.screen.query_one(LessonList).highlighted == 0
        await pilot.press("enter")
        await settle(pilot)
        assert "Choices" in seen(pilot.app)


async def test_a_lesson_without_a_number_is_listed(opened: Opener, lessons: Path) -> None:
    (lessons / "01-every-kind.yaml").rename(lessons / "every-kind.yaml")
    async with opened() as pilot:
        lines = seen(pilot.app).splitlines()
        assert sum("Every kind" in line for line in lines) == 2, "in the list, and as the heading of its description"


@plays("Home.search", "Home.leave")
async def test_search_shows_how_many_match_and_why_and_escape_shows_all(opened: Opener, lessons: Path) -> None:
    add(lessons, "other", "Momentum")
    async with opened() as pilot:
        assert "0 of 2 lessons done" in seen(pilot.app)
        await press(pilot, "slash", *"every question")
        assert "2 found" in seen(pilot.app)
        assert "Every kind  … question of" in seen(pilot.app)
        await press(pilot, "ctrl+u", *"moment")
        assert "Momentum   " in seen(pilot.app), "a match in the title needs no quotation"
        assert "Every kind" not in seen(pilot.app)
        await press(pilot, "escape")
        assert "Every kind" in seen(pilot.app)


def test_a_list_breaks_between_its_items_while_these_have_room() -> None:
    listed = Listed(Content("Builds on"), [Content("The forward pass ✓"), Content("XOR")], comma=Content(","))

    def rows(width: int) -> list[str]:
        strips = listed.render_strips(width, None, Style(), RenderOptions(lambda node: Style(), RulesMap()))
        return [strip.text.rstrip() for strip in strips]

    assert rows(40) == ["Builds on The forward pass ✓, XOR"]
    assert rows(30) == ["Builds on The forward pass ✓,", "XOR"]
    assert rows(26) == ["Builds on", "The forward pass ✓, XOR"]


@plays("Trouble.dismiss")
async def test_a_broken_lesson_is_listed_and_shows_its_error(opened: Opener, lessons: Path) -> None:
    (lessons / "03-bad.yaml").write_text("tutor: 1\ntitel: Bad\nscreens: []\n", encoding="utf-8")
    async with opened() as pilot:
        await pilot.press("end", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Trouble)
        assert "titel" in seen(pilot.app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Home)


async def test_an_empty_home_says_so_and_ignores_keys(opened: Opener, lessons: Path) -> None:
    for path in lessons.iterdir():
        path.unlink()
    async with opened() as pilot:
        assert "No lessons here yet" in seen(pilot.app)
        await pilot.press("enter", "p", "l")
        assert isinstance(pilot.app.screen, Home)


@plays("Home.look_back", "Home.practice")
async def test_look_back_and_practice_from_home(opened: Opener) -> None:
    async with opened() as pilot:
        await pilot.press("l")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LookBackScreen)
        assert "Nothing answered yet" in seen(pilot.app)
        await pilot.press("escape", "p")
        await settle(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.screen.session.variant


async def test_an_unknown_target_suggests_lessons(opened: Opener) -> None:
    async with opened("every-kin") as pilot:
        assert isinstance(pilot.app.screen, Trouble)
        assert "every-kind" in seen(pilot.app)


@plays(
    "LessonList.cursor_down", "LessonList.cursor_up", "LessonList.first", "LessonList.last", "Home.open", "Home.tour",
    "Opening.dismiss", "Home.app.quit",
)  # fmt: skip
async def test_letter_keys_move_in_the_list_start_the_tour_and_quit(opened: Opener, lessons: Path) -> None:
    add(lessons, "other", "Momentum")
    async with opened() as pilot:
        lines = pilot.app.screen.query_one(LessonList)
        await press(pilot, "j")
        assert lines.highlighted == 1
        await press(pilot, "k")
        assert lines.highlighted == 0
        await press(pilot, "G")
        assert lines.highlighted == 1
        await press(pilot, "g")
        assert lines.highlighted == 0
        await press(pilot, "G", "o")
        assert session(pilot.app).title == "Momentum"
        await press(pilot, "escape", "escape", "t")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert session(pilot.app).store is not pilot.app.store, "answers in the tour are not saved"  # type: ignore[attr-defined]
        await press(pilot, "escape", "escape")
        await pilot.app.push_screen(Opening())
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, Home)
        await pilot.press("q")
        assert pilot.app._exit


async def test_home_selects_the_lesson_that_was_just_finished(opened: Opener, lessons: Path, store: Store) -> None:
    add(lessons, "second", "Second")
    store.set_position("second", "", 2)
    async with opened() as pilot:
        home = pilot.app.screen
        assert isinstance(home, Home)
        assert home.lessons.highlighted == 0
        home.shelf = replace(home.shelf, resume=None)
        await settle(pilot)
        option = home.lessons.highlighted_option
        assert option is not None
        assert option.id == "row-1"


async def test_the_selected_lesson_stays_visible_above_any_description(
    opened: Opener, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside: list[bool] = []
    monkeypatch.setattr("tutor.ui.screens.home.read_aside", lambda: aside.append(True))
    for number in range(2, 20):
        add(lessons, f"more-{number}", f"More {number}")
    (lessons / "99-bad.yaml").write_text("tutor: 1\ntitel: Bad\nscreens: []\n", encoding="utf-8")
    async with opened() as pilot:
        for key in ("end", "home", "pagedown", "pagedown", "end"):
            await press(pilot, key)
            lines = pilot.app.screen.query_one(LessonList)
            assert lines.highlighted is not None
            top = lines.scroll_offset.y
            assert top <= lines.highlighted < top + lines.content_size.height, key
        assert aside == [True], "another process reads many new lessons, so that the screen stays quick"
        await pilot.resize_terminal(80, 20)
        await settle(pilot)
        assert lines.highlighted is not None
        assert lines.highlighted < lines.scroll_offset.y + lines.content_size.height


async def test_home_continues_a_lesson_that_was_opened_by_name(opened: Opener, lessons: Path) -> None:
    add(lessons, "other", "Momentum")
    async with opened("other") as pilot:
        await press(pilot, "pagedown", "escape", "escape")
        lines = pilot.app.screen.query_one(LessonList)
        assert lines.highlighted_option is not None
        assert lines.highlighted_option.id == CONTINUE
        assert "Continue: Momentum, screen 2" in seen(pilot.app)


async def test_an_answer_to_fix_is_mentioned_once(opened: Opener, store: Store) -> None:
    store.set_position("every-kind", "", 0)
    store.set_summary("every-kind", "", 1, 9, 1)
    async with opened(size=(200, 60)) as pilot:
        (line,) = (line for line in seen(pilot.app).splitlines() if "1 of" in line and "Every kind" in line)
        assert line.count("✗") == 1
        assert "1 to fix" in line


async def test_the_whole_description_of_a_lesson_fits(opened: Opener, lessons: Path, store: Store) -> None:
    summary = "summary: Two lines, as many a lesson has them, which say at some length what is to be done in it."
    text = LESSON.replace("id: every-kind", "id: other\nrequires: [every-kind]")
    text = text.replace("summary: One question of every kind.", summary)
    (lessons / "02-other.yaml").write_text(text, encoding="utf-8")
    store.set_position("other", "", 0)
    store.set_summary("other", "", 1, 9, 1)
    async with opened() as pilot:
        await until(pilot, lambda: "Builds on Every kind" in seen(pilot.app), "the whole description")
        assert all(words in seen(pilot.app) for words in ("5 minutes", "1 to fix"))


async def test_the_bar_at_the_top_agrees_with_its_words(opened: Opener, lessons: Path, store: Store) -> None:
    add(lessons, "other", "Momentum")
    store.set_summary("every-kind", "", 3, 9, 0)
    async with opened() as pilot:
        home = pilot.app.screen
        assert isinstance(home, Home)
        assert (home.top.place, home.top.share) == ("0 of 2 lessons done", 0)


def test_the_counts_of_all_lessons_are_aligned() -> None:
    lines = [LessonLine(Row("one", "One", done=done, total=total), 3).line(72) for done, total in ((0, 9), (12, 38))]
    assert len({line.plain.index(" of ") for line in lines}) == 1


@plays("Search.submit")
async def test_while_searching_the_footer_shows_the_keys_of_the_search(opened: Opener) -> None:
    async with opened() as pilot:
        await press(pilot, "slash", *"zz")
        assert "Nothing found" in seen(pilot.app)
        line = pilot.app.screen.query_one(KeyLine)
        assert [key.words for key in line.keys()] == ["show all", "help"]  # noqa: SIM118
        assert not pilot.app.screen.query_one(LessonList).display, "the list is hidden when nothing is found"
        await press(pilot, "escape")
        assert pilot.app.focused is pilot.app.screen.query_one(LessonList)
        assert "search" in [key.words for key in line.keys()]  # noqa: SIM118
        await press(pilot, "slash", *"kind")
        assert [key.words for key in line.keys()] == ["to the list", "show all", "help"]  # noqa: SIM118
        await press(pilot, "down")
        assert pilot.app.focused is pilot.app.screen.query_one(LessonList)
        await press(pilot, "slash")
        assert pilot.app.focused is not pilot.app.screen.query_one(LessonList), "the slash returns to the search"
