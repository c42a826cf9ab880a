"""Typing, pasting, undo and redo in editors and fields at any size raise no exception."""

from __future__ import annotations

import random
import time
from pathlib import Path

from benchmarks.campaigns.editing import Campaign, edit_lesson
from tests.ui.driving import LESSON, PROGRAMS, Opener, lesson_screen, paste, press, settle
from tutor.ui.widgets.editor import Editor

LONG = "\n".join(f"line{number} = {number}" for number in range(20))


async def test_pastes_that_need_a_scroll_bar_are_undone_and_redone(opened: Opener, lessons: Path) -> None:
    (lessons / "01-every-kind.yaml").write_text(LESSON.replace("total = 0", "total = 0\n" + "          # more\n" * 9))
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        editor = list(lesson_screen(pilot.app).query(Editor))[-1]
        before = editor.text
        editor.focus()
        editor.move_cursor(editor.document.end)
        await paste(pilot, LONG)
        assert editor.show_vertical_scrollbar
        await press(pilot, "ctrl+z")
        assert editor.text == before
        await press(pilot, "ctrl+y")
        assert editor.text == before + LONG
        assert editor.cursor_location[0] == editor.document.line_count - 1

        await press(pilot, "ctrl+z")
        await paste(pilot, LONG)
        await press(pilot, "a", "ctrl+z", "b", "ctrl+z")
        assert editor.text == before + LONG, "undo after an undo keeps the earlier paste"
        assert editor.wrapped_document.height >= editor.document.line_count

        for count in range(10, 16):
            editor.load_text("")
            await paste(pilot, "x = 1\n" * count)
            await settle(pilot)
            assert editor.cursor_screen_offset.y < pilot.app.size.height - 2, "the page's footer covers no cursor"


async def test_random_edits_raise_nothing(opened: Opener) -> None:
    """A short run of the campaign ``benchmarks.campaigns.editing``, which can run for hours."""
    async with opened("every-kind") as pilot:
        campaign = Campaign(random.Random(0), time.monotonic() + 600)
        await edit_lesson(campaign, pilot, edits=5)
        assert {"Editor", "Entry", "Cell", "Area"} <= campaign.kinds
