"""Keys that come faster than the screen: nothing falls over, and every character is in the field it was typed for."""

from __future__ import annotations

import asyncio

import pytest

from tests.ui.driving import PROGRAMS, Opener, field, key, lesson_screen, press, session, settle, until
from tests.ui.test_programs import lab
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.entry import Entry

GAPS = (0, 2, 5, 12)
"""Turns of the event loop between two keys."""


@pytest.mark.parametrize(
    "keys",
    [
        ["pagedown", "pageup", "pagedown"],
        ["pagedown", "pagedown", "pagedown", "pageup"],
        ["down", "pagedown"],
        [*"-0.7", "enter", "pagedown"],
        [*"-0.7", "enter", "pagedown", "pageup"],
        ["f4", "escape", "pagedown"],
    ],
)
async def test_turning_pages_at_any_moment(opened: Opener, keys: list[str]) -> None:
    for gap in GAPS:
        async with opened("every-kind") as pilot:
            for name in keys:
                pilot.app.post_message(key(name))
                for _ in range(gap):
                    await asyncio.sleep(0)
            await settle(pilot)
            await until(pilot, lambda: pilot.app.screen is lesson_screen(pilot.app), "the lesson")
            assert lesson_screen(pilot.app).page.view == session(pilot.app).screen()
            if "enter" in keys:
                await until(pilot, lambda: session(pilot.app).state("lab2:Z1").solved, "the mark")
            session(pilot.app).goto(0)


@pytest.mark.parametrize("keys", [["enter", "f6"], ["enter", "escape"], ["enter", "down"]])
async def test_a_worksheet_is_left_at_any_moment(opened: Opener, keys: list[str]) -> None:
    for gap in GAPS:
        async with opened("every-kind") as pilot:
            await press(pilot, "f4", "minus", "0", "full_stop", "7")
            for name in keys:
                pilot.app.post_message(key(name))
                for _ in range(gap):
                    await asyncio.sleep(0)
            await settle(pilot)
            found = session(pilot.app).state("lab2:Z1")
            assert found.solved or found.draft == "-0.7", "left before Enter could be heard, it is still there"


async def test_a_second_enter_is_as_good_as_the_first(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a burst is there before the first answer is marked."""
    refresh, keys = LessonScreen._refresh, [*"0.57", "backspace", "backspace", "backspace", *".1", "enter"]

    async def refreshed(screen: LessonScreen) -> None:
        await refresh(screen)
        if keys and isinstance(screen.focused, Entry):
            for name in keys:
                screen.focused._forward_event(key(name))
            keys.clear()

    monkeypatch.setattr(LessonScreen, "_refresh", refreshed)
    async with opened("every-kind") as pilot:
        await press(pilot, "minus", "0", "full_stop", "7", "enter")
        await until(pilot, lambda: session(pilot.app).progress.done == 2, "both answers")
        assert field(pilot.app, "Z1").answer == "-0.7"
        assert field(pilot.app, "Z2").answer == "0.1"


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
