"""Press Tab and Shift+Tab around every screen of every lesson, at three sizes.

    nice -n 15 python -m benchmarks.campaigns.tabbing

Tab must visit everything that can have the focus exactly once and come back, and Shift+Tab must do so in reverse. The
focused widget must be visible, and so must the subject of the current question. Every violation is printed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from textual.geometry import Offset
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import TextArea

from tutor import paths
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.fields.choice import OptionLine, OptionsField
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.subject import subject_of, subject_rows

SIZES = ((80, 24), (100, 30), (140, 45))
TURNS_AT_MOST = 10_000
"""Turns of the event loop after which a key counts as having done nothing."""


def in_sight(widget: Widget) -> bool:
    """Return whether the focused widget is visible: the whole line of a field, the cursor's line of a widget with
    several lines, some part of a drawing."""
    match widget:
        case TextArea():
            places = [widget.cursor_screen_offset]
        case OptionsField():
            places = [line.region.offset for line in widget.query(OptionLine) if line.place == widget.cursor]
        case _ if widget.region.height > 1:
            region = widget.region.intersection(widget.screen.region)
            return any(_shows(widget, Offset(region.x + region.width // 2, y)) for y in region.line_range)
        case _:
            places = [widget.region.offset, widget.region.top_right - (1, 0)]
    return bool(places) and all(_shows(widget, place) for place in places)


def _shows(widget: Widget, place: Offset) -> bool:
    """Return whether a widget or its content is visible at a place on the screen, with nothing above it."""
    if not widget.screen.region.contains_point(place):
        return False
    there, _ = widget.screen.get_widget_at(*place)
    return widget in there.ancestors_with_self


async def painted(screen: Screen[Any]) -> None:
    """Wait until the layout is final: the focused widget is scrolled into view, docked, and checked again."""
    for _ in range(4):
        done = asyncio.Event()
        screen.call_after_refresh(done.set)
        await done.wait()


async def breaches(pilot: Pilot[None], *, steps: Sequence[int] = (1, -1)) -> AsyncIterator[str]:
    """Yield what is wrong on the current screen, in words; visibility is checked in the directions ``steps``."""
    screen = pilot.app.screen
    assert isinstance(screen, LessonScreen)
    ring = screen.focus_chain
    if screen.focused not in ring:
        yield f"it starts at {_name(screen.focused)}"
        return
    for step, key in ((1, "tab"), (-1, "shift+tab")):
        first, visited = screen.focused, list[Widget | None]()
        assert first is not None
        for _ in range(len(ring) + 2):
            here = screen.focused
            visited.append(here)
            # Tab indents in an editor; Escape moves on to the next widget
            pilot.app.simulate_key("escape" if step > 0 and isinstance(here, Editor) else key)
            for _ in range(TURNS_AT_MOST):
                if screen.focused is not here or len(ring) == 1:
                    break
                await asyncio.sleep(0)
            if step in steps:
                await painted(screen)
                if screen.focused is not None and not in_sight(screen.focused):
                    yield f"{key} from {_name(here)}: {_name(screen.focused)} is not in sight"
            if screen.focused is first:
                break
        order = ring[::step]
        start = order.index(first)
        if visited != order[start:] + order[:start]:
            yield f"{key} goes {_names(visited)} instead of {_names(order)}"


def unseen(shown: LessonScreen) -> str:
    """Return which part of the current question's subject or field is not visible, or ""."""
    page, question = shown.page, shown.page.current
    subject, rows = subject_of(page.blocks, question), subject_rows(page.blocks, question)
    if subject is None:
        return ""
    docked = [block.region.y for block in page.children if block.styles.dock == "bottom" and block.region.area]
    seen = range(page.content_region.y, min([page.content_region.bottom, *docked]))
    first = page.content_region.y - round(page.scroll_y)
    hidden = [row for row in rows if first + row not in seen]
    is_all_hidden = len(hidden) == len(rows) if len(rows) > len(seen) else hidden
    if not rows or is_all_hidden:
        return f"{len(hidden)} of the {len(rows)} rows of {type(subject).__name__} are hidden"
    is_seen = shown.focused is not None and shown.can_view_entire(shown.focused)
    return "" if is_seen else "the field is hidden"


async def subjects_unseen(shown: LessonScreen) -> AsyncIterator[str]:
    """Focus each field of the current screen and yield what is then not visible, in words."""
    for widget in shown.page.field_widgets():
        if shown.page.block_of(widget) is None:
            continue
        if widget is not shown.page.focused_field:
            widget.focus_field()
            await painted(shown)
        for _ in range(5):  # the page scrolls, the subject may be docked, and then the question scrolls
            if unseen(shown):
                await painted(shown)
        if what := unseen(shown):
            yield f"{widget.field.id}: {what}"


def _name(widget: Widget | None) -> str:
    nodes = [] if widget is None else [widget, *widget.ancestors][:3]
    return "/".join(node.id or type(node).__name__ for node in nodes) or "nothing"


def _names(widgets: Sequence[Widget | None]) -> str:
    return ", ".join(map(_name, widgets))


async def main() -> None:
    number = 0
    for path in sorted(paths.shipped_lessons().glob("*.yaml")):
        app = TutorApp(Store(None), str(path), warm=False)
        app.animation_level = "none"
        async with app.run_test(size=SIZES[0]) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, LessonScreen)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                for index in range(len(screen.session.titles)):
                    await screen.show_screen(screen.session.goto(index))
                    await painted(screen)
                    number += 1
                    where = f"{path.stem}, screen {index + 1}, {size[0]}×{size[1]}"
                    async for breach in breaches(pilot):
                        print(f"{where}: {breach}", flush=True)
                    async for hidden in subjects_unseen(screen):
                        print(f"{where}: {hidden}", flush=True)
    print(f"{number} screens")


if __name__ == "__main__":
    asyncio.run(main())
