"""Whatever is typed, pasted, taken back and done again in an editor or a field, at whatever size: nothing raises."""

from __future__ import annotations

import random
import time
from pathlib import Path

from benchmarks.campaigns.editing import Campaign, edit_lesson
from tests.ui.driving import LESSON, PROGRAMS, Opener, lesson_screen, paste, press
from tutor.ui.widgets.editor import Editor

LONG = "\n".join(f"line{number} = {number}" for number in range(20))


async def test_a_paste_is_taken_back_in_an_editor_that_then_needs_no_scroll_bar(opened: Opener, lessons: Path) -> None:
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


async def test_what_is_typed_after_an_undo_is_undone_without_the_paste_before(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        editor = list(lesson_screen(pilot.app).query(Editor))[-1]
        editor.focus()
        editor.move_cursor(editor.document.end)
        await paste(pilot, LONG)
        pasted = editor.text
        await press(pilot, "a", "ctrl+z", "b", "ctrl+z")
        assert editor.text == pasted
        assert editor.wrapped_document.height >= editor.document.line_count


async def test_edits_at_random_raise_nothing(opened: Opener) -> None:
    """The campaign ``benchmarks.campaigns.editing`` goes on for an hour."""
    async with opened("every-kind") as pilot:
        campaign = Campaign(random.Random(0), time.monotonic() + 600)
        await edit_lesson(campaign, pilot, edits=12)
        assert {"Editor", "Entry", "Cell", "Area"} <= campaign.kinds
