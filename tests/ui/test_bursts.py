"""Keys that come faster than the screen: nothing falls over, and every character is in the field it was typed for."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widget import Widget

from tests.ui.driving import (
    PROGRAMS,
    Opener,
    field,
    in_lesson,
    key,
    lesson_screen,
    press,
    session,
    settle,
    state,
    type_in,
    until,
)
from tests.ui.test_programs import cell, lab
from tutor.lessons.blocks import View
from tutor.ui.blocks import update_block
from tutor.ui.palette import Palette
from tutor.ui.screens.confirm import Confirm
from tutor.ui.screens.home import Home
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.typeahead import REPEATED_WITHIN
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.page_footer import NavButton

GAPS = (0, 4)
"""Turns of the event loop between two keys."""


async def burst(pilot: Pilot[None], keys: list[str], gap: int) -> None:
    """Keys as they come in one packet, or nearly."""
    for name in keys:
        pilot.app.post_message(key(name))
        for _ in range(gap):
            await asyncio.sleep(0)


async def begin_again(pilot: Pilot[None]) -> None:
    """The lesson as it was at first."""
    session(pilot.app).reset()
    await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(0))
    await settle(pilot)


def is_up_to_date(pilot: Pilot[None]) -> bool:
    """Whether the page shows where the learner is."""
    return lesson_screen(pilot.app).page.view == session(pilot.app).screen()


PAGES = (
    ["pagedown", "pageup", "pagedown"],
    ["pagedown", "pagedown", "pagedown", "pageup"],
    ["down", "pagedown"],
    [*"-0.7", "enter", "pagedown"],
    [*"-0.7", "enter", "pagedown", "pageup"],
    ["f4", "escape", "pagedown"],
)


async def test_turning_pages_at_any_moment(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for keys, gap in product(PAGES, GAPS):
            await burst(pilot, keys, gap)
            await settle(pilot)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await until(pilot, lambda: is_up_to_date(pilot), "the screen that was turned to last")
            if "enter" in keys:
                await until(pilot, lambda: session(pilot.app).state("lab2:Z1").solved, "the mark")
            await begin_again(pilot)


async def test_what_is_typed_while_the_tutor_closes_is_no_error(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        app = pilot.app
    assert not app.screen_stack
    for is_forwarded in (False, True):
        late = key("pagedown")
        if is_forwarded:
            late._set_forwarded()
        await app.on_event(late)


async def test_a_worksheet_is_left_at_any_moment(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for keys, gap in product((["enter", "f6"], ["enter", "escape"], ["enter", "down"]), GAPS):
            await press(pilot, "f4", "minus", "0", "full_stop", "7")
            await burst(pilot, keys, gap)
            await settle(pilot)
            found = session(pilot.app).state("lab2:Z1")
            assert found.solved or found.draft == "-0.7", "left before Enter could be heard, it is still there"
            if not in_lesson(pilot.app):
                await press(pilot, "escape")
            await begin_again(pilot)


async def test_a_worksheet_is_left_while_another_one_is_filled_in(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for gap in (0, 3, 20):
            await press(pilot, "f4")
            await burst(pilot, ["f6", "escape"], gap)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await settle(pilot)


@pytest.mark.parametrize("gap", [0, 3, 20])
async def test_a_lesson_is_left_while_another_screen_of_it_is_shown(opened: Opener, gap: int) -> None:
    async with opened("every-kind") as pilot:
        screen = lesson_screen(pilot.app)
        shown = asyncio.create_task(screen._goto(PROGRAMS))
        for _ in range(gap):
            await asyncio.sleep(0)
        screen.action_home()
        await shown
        await until(pilot, lambda: isinstance(pilot.app.screen, Home), "home")


async def test_a_page_key_before_the_palette_has_its_lines(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for gap in (5, 12, 30):
            await burst(pilot, ["ctrl+p", "pagedown"], gap)
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette), "the palette")
            await press(pilot, "escape")
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")


async def test_next_is_pressed_as_often_as_enter(opened: Opener) -> None:
    """However fast: the button is the same on every page."""
    async with opened("every-kind") as pilot:
        way_on = pilot.app.screen.query_one("#next", NavButton)
        for _ in range(3):
            way_on.action_press()
        await until(pilot, lambda: session(pilot.app).position == 3, "the third page from here")


def typed(pilot: Pilot[None]) -> dict[str, object]:
    """What stands in each field, empty ones left out."""
    known = session(pilot.app)
    return {name: known.state(name).draft for name in known.field_ids if known.state(name).draft}


TYPED_AHEAD: tuple[tuple[list[str], dict[str, object]], ...] = (
    # all that moves the focus, with text behind it
    (["5", "pagedown", "7"], {"lab2:Z1": "5", "lab2:hidden.H": ("7", "")}),
    (["pagedown", "7", "tab", "8", "shift+tab", "9"], {"lab2:hidden.H": ("79", "8")}),
    (["5", "tab", "6", "shift+tab", "7"], {"lab2:Z1": "57", "lab2:Z2": "6"}),
    (["5", "down", "6", "up", "7"], {"lab2:Z1": "57", "lab2:Z2": "6"}),
    (["tab", "tab", "tab", "enter", "7"], {"lab2:hidden.H": ("7", "")}),
    (["pagedown", "pageup", "7"], {"lab2:Z1": "7"}),
    # and behind Enter, while the answer is marked
    ([*"-0.7", "enter", *"0.1", "tab", "shift+tab", *"5"], {"lab2:Z1": "-0.7", "lab2:Z2": "0.15"}),
    ([*"-0.7", "enter", "up", "backspace", "8"], {"lab2:Z1": "-0.8"}),
    ([*"-0.7", "enter", *"0.1", "enter", "pagedown", "7"], {"lab2:Z2": "0.1", "lab2:hidden.H": ("7", "")}),
    ([*"-0.7", "enter", *"0.1", "enter", "enter", "7"], {"lab2:Z2": "0.1", "lab2:hidden.H": ("7", "")}),
)


async def test_what_is_typed_ahead_comes_where_it_was_meant(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for (keys, drafts), gap in product(TYPED_AHEAD, GAPS):
            await burst(pilot, keys, gap)
            await until(pilot, lambda drafts=drafts: drafts.items() <= typed(pilot).items(), f"{drafts} of {keys}")  # type: ignore[misc]
            assert typed(pilot).keys() - drafts <= {"lab2:Z1"}, keys
            await settle(pilot)
            await begin_again(pilot)


@pytest.mark.parametrize(
    "keys", [["f7", "down", "enter", "enter"], ["f8", "y", "y"], ["f7", "down", "enter", "escape"]]
)
async def test_a_dialog_is_left_once(opened: Opener, keys: list[str]) -> None:
    """What comes behind its last key does not leave the lesson under it."""
    async with opened("every-kind") as pilot:
        await press(pilot, *keys[:-2])
        await burst(pilot, keys[-2:], 0)
        await settle(pilot)
        await until(pilot, lambda: in_lesson(pilot.app), "the lesson")


async def find_in_palette(pilot: Pilot[None], words: str) -> None:
    """Open the palette, and find the one command of these words."""
    await press(pilot, "ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, Palette), "the palette")
    lines = pilot.app.screen.query_one(CommandList)
    await type_in(pilot, words)
    await until(pilot, lambda: lines.option_count == 1 and lines.highlighted == 0, "the command")
    await settle(pilot)


async def test_a_command_of_the_palette_is_run_once(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither does what comes behind its Enter leave the lesson, or answer what the command has put up."""
    asked: list[str] = []
    monkeypatch.setattr(LessonScreen, "action_practice", lambda self: asked.append("numbers"))
    async with opened("every-kind") as pilot:
        for times, gap in product((2, 3), (*GAPS, 30)):
            await find_in_palette(pilot, "practice with")
            await burst(pilot, ["enter"] * times, gap)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await settle(pilot)
            assert asked == ["numbers"], (times, gap)
            assert session(pilot.app).progress.done == 0, (times, gap)
            asked.clear()


async def test_a_theme_is_chosen_once(opened: Opener) -> None:
    """The Enter behind the one that chooses it does not open the lesson at the line below."""
    async with opened() as pilot:
        for gap in (0, 1, 2, 3, 4, 6, 8, 12):
            await pilot.press("T")
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette), "the themes")
            lines = pilot.app.screen.query_one(CommandList)
            await until(pilot, lambda lines=lines: lines.highlighted == 0, "the first of them")  # type: ignore[misc]
            await burst(pilot, ["enter", "enter"], gap)
            await until(pilot, lambda: not isinstance(pilot.app.screen, Palette), "the choice")
            await settle(pilot)
            assert isinstance(pilot.app.screen, Home), gap


async def test_the_palette_is_opened_again_while_the_one_before_goes(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "ctrl+p")
        before = pilot.app.screen
        assert isinstance(before, Palette)
        before.dismiss()
        pilot.app.action_command_palette()
        await settle(pilot)
        assert isinstance(pilot.app.screen, Palette)
        assert pilot.app.screen is not before
        await burst(pilot, ["escape", "ctrl+p", "escape"], 0)
        await settle(pilot)
        await until(pilot, lambda: in_lesson(pilot.app), "the lesson")


async def test_a_second_enter_is_as_good_as_the_first(opened: Opener) -> None:
    """All of a burst is there before the first answer is marked, corrections too."""
    async with opened("every-kind") as pilot:
        for name in [*"-0.7", "enter", *"0.57", "backspace", "backspace", "backspace", *".1", "enter"]:
            pilot.app.post_message(key(name))
        await until(pilot, lambda: session(pilot.app).progress.done == 2, "both answers")
        await settle(pilot)
        assert field(pilot.app, "Z1").answer == "-0.7"
        assert field(pilot.app, "Z2").answer == "0.1"


async def test_a_page_that_is_brought_up_to_date_is_not_broken_off(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next program is begun in the middle of it; meanwhile the page's fields are all there."""
    half_way, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(widget: Widget, view: View) -> bool:
        half_way.set()
        await goes_on.wait()
        return await update_block(widget, view)

    monkeypatch.setattr("tutor.ui.widgets.block_column.update_block", slow)
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        screen, program = lesson_screen(pilot.app), lab(pilot.app)
        screen.start(cell(pilot.app))
        await half_way.wait()
        assert program in screen.page.field_widgets()
        program.editor.load_text("total = 3\n")
        screen.start(program)
        goes_on.set()
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark")
        await settle(pilot)
        assert screen.page.view is not None
        assert len(screen.page.blocks) == len(screen.page.view.blocks) == 2
        await press(pilot, "pagedown", "pageup")


async def test_a_program_whose_page_is_turned_is_marked_all_the_same(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        program, screen = lab(pilot.app), lesson_screen(pilot.app)
        program.editor.load_text("import time\ntime.sleep(1)\ntotal = 3\n")
        screen.start(program)
        await until(pilot, lambda: screen.runner.is_running, "the start")
        await pilot.press("escape", "pagedown")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark")
        await settle(pilot)
        assert session(pilot.app).position == PROGRAMS + 1


async def test_a_program_that_runs_is_not_begun_again(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        program = lab(pilot.app)
        program.editor.load_text("import time\ntime.sleep(1)\ntotal = 3\n")
        program.editor.focus()
        await settle(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: program.has_class("-running"), "the start")
        await pilot.press("f5")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark")
        assert session(pilot.app).state(program.field.id).attempts == 1


@pytest.mark.parametrize("gap", GAPS)
async def test_yes_said_twice_at_once_answers_one_question(opened: Opener, gap: int) -> None:
    """Neither is the second question answered with the first one, nor is a letter typed into what lies below."""
    async with opened("every-kind") as pilot:
        await press(pilot, *"-0.7", "enter", "escape")
        await burst(pilot, ["R", "y", "y"], gap)
        await settle(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm), "the second question")
        assert session(pilot.app).progress.done == 1
        await press(pilot, "n")
        lesson_screen(pilot.app).page.focus_field("lab2:Z2")
        await settle(pilot)
        await burst(pilot, ["f8", "y", "y"], gap)
        await until(pilot, lambda: state(pilot.app, "Z2").given_up, "the answer")
        await settle(pilot)
        assert session(pilot.app).progress.done == 2
        assert not any("y" in entry.value for entry in pilot.app.screen.query(Entry))


async def test_yes_said_again_later_is_another_word(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "escape", "R", "y")
        later = key("y")
        later.time += REPEATED_WITHIN
        pilot.app.post_message(later)
        await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
