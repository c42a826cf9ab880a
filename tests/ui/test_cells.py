"""Fields and cells: Tab visits all cells before it leaves a field, and the cursor and each cell can be recognised."""

from __future__ import annotations

import pytest

from tests.ui.driving import (
    CHOICES,
    GAPS,
    OUTPUT,
    VECTOR,
    Opener,
    field,
    lesson_screen,
    press,
    seen,
    session,
    settle,
    type_in,
)
from tutor.ui.fields import FieldWidget
from tutor.ui.fields.choice import ChoiceField
from tutor.ui.fields.order import OrderField
from tutor.ui.widgets.entry import Entry


@pytest.mark.parametrize("screen", [VECTOR, GAPS])
async def test_tab_goes_from_cell_to_cell_and_then_to_the_next_field(opened: Opener, screen: int) -> None:
    async with opened("every-kind") as pilot:
        lesson = lesson_screen(pilot.app)
        await lesson.show_screen(session(pilot.app).goto(screen))
        await settle(pilot)
        field = lesson.page.field_widgets()[0]
        first, second = field.entries()
        assert pilot.app.focused is first
        await press(pilot, "tab")
        assert pilot.app.focused is second
        await press(pilot, "shift+tab")
        assert pilot.app.focused is first
        await press(pilot, "tab", "tab")
        assert pilot.app.focused is not None
        assert field not in pilot.app.focused.ancestors
        assert isinstance(pilot.app.focused, Entry) is (screen == GAPS)


async def test_a_correctly_filled_gap_is_as_wide_as_its_text(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        lesson = lesson_screen(pilot.app)
        await lesson.show_screen(session(pilot.app).goto(GAPS))
        await settle(pilot)
        for gap in ("backward", "stop"):
            await press(pilot, *gap, "enter")
        shown = seen(pilot.app)
        assert "loss.backward ✓()" in shown
        assert "opt.stop     ✗ ()" in shown


async def test_a_long_text_scrolls_and_a_key_causes_no_new_layout(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        entry = pilot.app.focused
        assert isinstance(entry, Entry)
        layouts: list[object] = []
        pilot.app.screen.screen_layout_refresh_signal.subscribe(entry, layouts.append, immediate=True)
        before = -1
        while before != len(layouts):  # layouts from opening the screen come a frame later or more
            before = len(layouts)
            await pilot.pause(0.05)
        layouts.clear()
        for character in "12345678" * 4:
            await pilot.press(character)
        await pilot.pause()
        assert entry.value == "12345678" * 4
        assert entry.scroll_x == len(entry.value) + 1 - entry.content_size.width, "its end is visible, with the cursor"
        assert layouts == []
        assert "  …5678" in seen(pilot.app), "an ellipsis shows that there is more to the left"
        await pilot.press("home")
        assert entry.scroll_x == 0
        assert " 12345678" in seen(pilot.app)
        assert "2345… " in seen(pilot.app), "and to the right"


@pytest.mark.parametrize("kind", [ChoiceField, OrderField])
async def test_a_sign_shows_the_cursor_without_colours(opened: Opener, kind: type[FieldWidget]) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        lesson = lesson_screen(pilot.app)
        await lesson.show_screen(session(pilot.app).goto(CHOICES))
        await settle(pilot)

        def at() -> list[str]:
            return [line for line in seen(pilot.app).splitlines() if "▸ " in line or "▸a" in line or "▸b" in line]

        field = lesson.query(kind).first()
        field.focus()
        await settle(pilot)
        (first,) = [line for line in at() if "Next" not in line]
        await press(pilot, "down")
        (second,) = [line for line in at() if "Next" not in line]
        assert first != second
        pilot.app.screen.set_focus(None)
        await settle(pilot)
        assert not [line for line in at() if "Next" not in line], "the cursor must not look like an answer"


async def test_a_verdict_that_fits_in_a_row_is_below_its_field(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.5")
        await press(pilot, "enter")
        lines = seen(pilot.app).splitlines()
        (row,) = [row for row, line in enumerate(lines) if "This uses another unit" in line]
        assert "✗" in lines[row - 1], "the sign stays beside the field"


async def test_adjacent_fields_have_different_backgrounds(opened: Opener) -> None:
    async with opened("every-kind", screen=OUTPUT) as pilot:
        pilot.app.remove_class("-few-colours")
        pilot.app.screen.set_focus(None)
        await settle(pilot)
        first, second = (field(pilot.app, name).entries()[0].background_colors[1] for name in ("yhat", "E"))
        assert first != second
