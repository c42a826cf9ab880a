"""Fields and cells: Tab visits all cells before it leaves a field, and the cursor and each cell can be recognised."""

from __future__ import annotations

from tests.ui.driving import (
    CHOICES,
    GAPS,
    OUTPUT,
    VECTOR,
    Opener,
    field,
    go_to,
    lesson_screen,
    press,
    seen,
    settle,
    type_in,
)
from tutor.ui.fields.choice import ChoiceField
from tutor.ui.fields.order import OrderField
from tutor.ui.widgets.entry import Entry


async def test_tab_goes_from_cell_to_cell_and_a_filled_gap_is_as_wide_as_its_text(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for screen in (VECTOR, GAPS):
            await go_to(pilot, screen)
            asked = lesson_screen(pilot.app).page.field_widgets()[0]
            first, second = asked.entries()
            assert pilot.app.focused is first
            await press(pilot, "tab")
            assert pilot.app.focused is second
            await press(pilot, "shift+tab")
            assert pilot.app.focused is first
            await press(pilot, "tab", "tab")
            assert pilot.app.focused is not None
            assert asked not in pilot.app.focused.ancestors
            assert isinstance(pilot.app.focused, Entry) is (screen == GAPS), "then to the next field"
        first.focus()
        for gap in ("backward", "stop"):
            await pilot.press(*gap)
            await press(pilot, "enter")
        shown = seen(pilot.app)
        assert "loss.backward ✓()" in shown
        assert "opt.stop     ✗ ()" in shown


async def test_a_long_text_scrolls_without_a_new_layout_and_a_verdict_is_below_its_field(opened: Opener) -> None:
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
        assert layouts == [], "a key causes no new layout"
        assert "  …5678" in seen(pilot.app), "an ellipsis shows that there is more to the left"
        await pilot.press("home")
        assert entry.scroll_x == 0
        assert " 12345678" in seen(pilot.app)
        assert "2345… " in seen(pilot.app), "and to the right"

        await pilot.press("end", "ctrl+u")
        await type_in(pilot, "-0.5")
        await press(pilot, "enter")
        lines = seen(pilot.app).splitlines()
        (row,) = [row for row, line in enumerate(lines) if "This uses another unit" in line]
        assert "✗" in lines[row - 1], "the sign stays beside the field"


async def test_signs_and_backgrounds_show_the_cursor_and_the_fields(opened: Opener) -> None:
    async with opened("every-kind", screen=CHOICES, size=(80, 40)) as pilot:

        def at() -> list[str]:
            signs = ("▸ ", "▸a", "▸b")
            lines = seen(pilot.app).splitlines()
            return [line for line in lines if any(sign in line for sign in signs) and "Next" not in line]

        for kind in (ChoiceField, OrderField):
            lesson_screen(pilot.app).query(kind).first().focus()
            await settle(pilot)
            (first,) = at()
            await press(pilot, "down")
            (second,) = at()
            assert first != second, kind
            pilot.app.screen.set_focus(None)
            await settle(pilot)
            assert not at(), "the cursor must not look like an answer"

        await go_to(pilot, OUTPUT)
        pilot.app.remove_class("-few-colours")
        pilot.app.screen.set_focus(None)
        await settle(pilot)
        one, other = (field(pilot.app, name).entries()[0].background_colors[1] for name in ("yhat", "E"))
        assert one != other, "adjacent fields have different backgrounds"
