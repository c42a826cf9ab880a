"""Keys that come faster than the screen changes cause no error, and every character reaches its field."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widget import Widget

from tests.homes import write_long_ago
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
"""Numbers of event loop turns between two keys."""


BARE = """
title: Bare pages
id: bare
of: lab2
worksheets:
  descent: {given: {w: 0}, steps: {f: (w - 3)^2}}
networks:
  lab2:
    inputs: [1]
    target: 1
    layers:
      - {name: hidden, weights: [[0.2, -0.3]], bias: [-0.9, 0.4], activation: relu}
      - {weights: [[-0.3], [-0.2]], bias: [0.1], activation: relu}
screens:
  - blocks: [{ask: [Z1, Z2]}, {derive: H1}]
  - blocks: [{ask: hidden.H}]
  - blocks: [{text: The third.}]
  - blocks: [{text: The last.}]
"""


@pytest.fixture(autouse=True)
def painted_soon() -> None:
    """Leave the time after which a change is painted as it is: these keys come before that."""


@pytest.fixture
def bare(lessons: Path) -> str:
    """Add a lesson with little more than fields, whose pages are built fast, and return its id."""
    write_long_ago(lessons / "02-bare.yaml", BARE)
    return "bare"


async def burst(pilot: Pilot[None], keys: list[str], gap: int) -> None:
    """Post keys as they arrive in one packet, or nearly."""
    for name in keys:
        pilot.app.post_message(key(name))
        for _ in range(gap):
            await asyncio.sleep(0)


async def restart_lesson(pilot: Pilot[None]) -> None:
    """Reset the lesson and go to its first screen."""
    session(pilot.app).reset()
    await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(0))
    await settle(pilot)


def is_up_to_date(pilot: Pilot[None]) -> bool:
    """Return whether the page shows the session's current screen."""
    return lesson_screen(pilot.app).page.view == session(pilot.app).screen()


async def test_pages_can_be_turned_at_any_moment(opened: Opener) -> None:
    """The pages have drawings, programs and questions of every kind."""
    async with opened("every-kind") as pilot:
        for gap in GAPS:
            await burst(pilot, ["pagedown", "pageup", "pagedown", "pagedown", "pagedown", "pageup"], gap)
            await settle(pilot)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await until(pilot, lambda: is_up_to_date(pilot), "the last screen")


async def test_a_page_can_be_turned_while_something_else_happens(opened: Opener, bare: str) -> None:
    """The focus moves, an answer is marked, or a worksheet closes."""
    moments = (["down", "pagedown"], [*"-0.7", "enter", "pagedown", "pageup"], ["f4", "escape", "pagedown"])
    async with opened(bare) as pilot:
        for keys, gap in product(moments, GAPS):
            await burst(pilot, keys, gap)
            await settle(pilot)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await until(pilot, lambda: is_up_to_date(pilot), "the last screen")
            if "enter" in keys:
                await until(pilot, lambda: session(pilot.app).state("lab2:Z1").solved, "the mark")
            await restart_lesson(pilot)


async def test_a_key_while_the_tutor_closes_raises_nothing(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        app = pilot.app
    assert not app.screen_stack
    for is_forwarded in (False, True):
        late = key("pagedown")
        if is_forwarded:
            late._set_forwarded()
        await app.on_event(late)


async def test_a_worksheet_can_be_left_at_any_moment(opened: Opener, bare: str) -> None:
    """An answer is being marked, or another worksheet is loading."""
    async with opened(bare) as pilot:
        for keys, gap in product((["enter", "escape"], ["enter", "f6", "escape"]), (*GAPS, 20)):
            await press(pilot, "f4", "minus", "0", "full_stop", "7")
            await burst(pilot, keys, gap)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await settle(pilot)
            found = session(pilot.app).state("lab2:Z1")
            assert found.solved or found.draft == "-0.7", "if Enter came too late to mark it, the text must be kept"
            await restart_lesson(pilot)


@pytest.mark.parametrize("gap", [0, 3, 20])
async def test_a_lesson_can_be_left_while_its_next_screen_is_loading(opened: Opener, gap: int) -> None:
    async with opened("every-kind") as pilot:
        screen = lesson_screen(pilot.app)
        shown = asyncio.create_task(screen._goto(PROGRAMS))
        for _ in range(gap):
            await asyncio.sleep(0)
        screen.action_home()
        await shown
        await until(pilot, lambda: isinstance(pilot.app.screen, Home), "home")


async def test_a_page_key_before_the_palette_is_filled_raises_nothing(opened: Opener, bare: str) -> None:
    async with opened(bare) as pilot:
        for gap in (5, 12, 30):
            await burst(pilot, ["ctrl+p", "pagedown"], gap)
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette), "the palette")
            await press(pilot, "escape")
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")


async def test_every_press_of_next_counts(opened: Opener, bare: str) -> None:
    """The button is the same widget on every page."""
    async with opened(bare) as pilot:
        next_button = pilot.app.screen.query_one("#next", NavButton)
        for _ in range(3):
            next_button.action_press()
        await until(pilot, lambda: session(pilot.app).position == 3, "the third page from here")


def typed(pilot: Pilot[None]) -> dict[str, object]:
    """Return the drafts of all fields that are not empty."""
    known = session(pilot.app)
    return {name: known.state(name).draft for name in known.field_ids if known.state(name).draft}


TYPED_AHEAD: tuple[tuple[list[str], dict[str, object]], ...] = (
    # every key that moves the focus, followed by text
    (["5", "pagedown", "7", "tab", "8", "shift+tab", "9"], {"lab2:Z1": "5", "lab2:hidden.H": ("79", "8")}),
    (["5", "tab", "6", "shift+tab", "7", "down", "8", "up", "9"], {"lab2:Z1": "579", "lab2:Z2": "68"}),
    (["tab", "tab", "tab", "enter", "7"], {"lab2:hidden.H": ("7", "")}),
    (["pagedown", "pageup", "7"], {"lab2:Z1": "7"}),
    # text after Enter, while the answer is marked
    ([*"-0.7", "enter", *"0.1", "tab", "shift+tab", *"5"], {"lab2:Z1": "-0.7", "lab2:Z2": "0.15"}),
    ([*"-0.7", "enter", "up", "backspace", "8"], {"lab2:Z1": "-0.8"}),
    ([*"-0.7", "enter", *"0.1", "enter", "pagedown", "7"], {"lab2:Z2": "0.1", "lab2:hidden.H": ("7", "")}),
    ([*"-0.7", "enter", *"0.1", "enter", "enter", "7"], {"lab2:Z2": "0.1", "lab2:hidden.H": ("7", "")}),
)


async def test_keys_typed_ahead_reach_their_fields(opened: Opener, bare: str) -> None:
    async with opened(bare) as pilot:
        for (keys, drafts), gap in product(TYPED_AHEAD, GAPS):
            await burst(pilot, keys, gap)
            await until(pilot, lambda drafts=drafts: drafts.items() <= typed(pilot).items(), f"{drafts} of {keys}")  # type: ignore[misc]
            assert typed(pilot).keys() - drafts <= {"lab2:Z1"}, keys
            await settle(pilot)
            await restart_lesson(pilot)


async def test_a_burst_closes_only_the_dialog(opened: Opener, bare: str) -> None:
    """A further key does not leave the lesson below it."""
    async with opened(bare) as pilot:
        for keys in (["f8", "y", "y"], ["f7", "down", "enter", "enter"], ["f7", "down", "enter", "escape"]):
            await press(pilot, *keys[:-2])
            assert not in_lesson(pilot.app)
            await burst(pilot, keys[-2:], 0)
            await settle(pilot)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")


async def find_in_palette(pilot: Pilot[None], words: str) -> None:
    """Open the palette and search for the one command with these words."""
    await press(pilot, "ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, Palette), "the palette")
    lines = pilot.app.screen.query_one(CommandList)
    await type_in(pilot, words)
    await until(pilot, lambda: lines.option_count == 1 and lines.highlighted == 0, "the command")
    await settle(pilot)


async def test_a_burst_of_enter_runs_a_palette_command_once(
    opened: Opener, bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Further Enter keys do not leave the lesson or answer a question of the command."""
    asked: list[str] = []
    monkeypatch.setattr(LessonScreen, "action_practice", lambda self: asked.append("numbers"))
    async with opened(bare) as pilot:
        for times, gap in product((2, 3), (*GAPS, 30)):
            await find_in_palette(pilot, "practi")
            await burst(pilot, ["enter"] * times, gap)
            await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
            await settle(pilot)
            assert asked == ["numbers"], (times, gap)
            assert session(pilot.app).progress.done == 0, (times, gap)
            asked.clear()


async def test_a_second_enter_after_a_theme_opens_no_lesson(opened: Opener) -> None:
    """A second Enter does not open the lesson below the palette."""
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


async def test_the_palette_can_be_reopened_while_it_closes(opened: Opener, bare: str) -> None:
    async with opened(bare) as pilot:
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


async def test_a_burst_with_two_answers_marks_both(opened: Opener, bare: str) -> None:
    """The whole burst, corrections included, arrives before the first answer is marked."""
    async with opened(bare) as pilot:
        for name in [*"-0.7", "enter", *"0.57", "backspace", "backspace", "backspace", *".1", "enter"]:
            pilot.app.post_message(key(name))
        await until(pilot, lambda: session(pilot.app).progress.done == 2, "both answers")
        await settle(pilot)
        assert field(pilot.app, "Z1").answer == "-0.7"
        assert field(pilot.app, "Z2").answer == "0.1"


async def test_an_update_of_the_page_is_completed(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next program starts during the update; meanwhile the page has all its fields."""
    half_way, may_continue = asyncio.Event(), asyncio.Event()

    async def slow(widget: Widget, view: View) -> bool:
        half_way.set()
        await may_continue.wait()
        return await update_block(widget, view)

    monkeypatch.setattr("tutor.ui.widgets.block_column.update_block", slow)
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        screen, program = lesson_screen(pilot.app), lab(pilot.app)
        screen.start(cell(pilot.app))
        await half_way.wait()
        assert program in screen.page.field_widgets()
        program.editor.load_text("total = 3\n")
        screen.start(program)
        may_continue.set()
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark")
        await settle(pilot)
        assert screen.page.view is not None
        assert len(screen.page.blocks) == len(screen.page.view.blocks) == 2
        await press(pilot, "pagedown", "pageup")


async def test_a_program_is_marked_after_its_page_was_left(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        program, screen = lab(pilot.app), lesson_screen(pilot.app)
        program.editor.load_text("import time\ntime.sleep(1)\ntotal = 3\n")
        screen.start(program)
        await until(pilot, lambda: screen.runner.is_running, "the start")
        await pilot.press("escape", "pagedown")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark")
        await settle(pilot)
        assert session(pilot.app).position == PROGRAMS + 1


async def test_a_running_program_is_not_started_again(opened: Opener) -> None:
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


async def test_yes_twice_at_once_answers_one_question(opened: Opener, bare: str) -> None:
    """The second y neither answers the second question nor is typed into the field below."""
    async with opened(bare) as pilot:
        for gap in GAPS:
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
            await restart_lesson(pilot)


async def test_a_later_yes_answers_the_second_question(opened: Opener, bare: str) -> None:
    async with opened(bare) as pilot:
        await press(pilot, "escape", "R", "y")
        later = key("y")
        later.time += REPEATED_WITHIN
        pilot.app.post_message(later)
        await until(pilot, lambda: in_lesson(pilot.app), "the lesson")
