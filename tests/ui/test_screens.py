"""Snapshots of every screen and state as text, at 80×24 and at 120×40. Each picture has a comment on what a person must
see. Pictures that can be reached from one another share an application.

After an intended change run ``pytest tests/ui/test_screens.py --snapshot-update`` and review the diff.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tests.homes import write_long_ago
from tests.ui.driving import (
    LESSON,
    OUTPUT,
    PROGRAMS,
    VECTOR,
    enter,
    press,
    seen,
    session,
    settle,
    type_in,
    until,
)
from tutor.lessons import load
from tutor.session import Session
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.fields.code import CodeField

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
SIZES = ((80, 24), (120, 40))
KEPT = Path(__file__).with_name("__snapshots__") / "test_screens"


class TextFile(SingleFileSnapshotExtension):
    """Store each snapshot in a plain text file."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


Picture = Callable[[str], Awaitable[None]]
"""Compares the screen at each size with its snapshot, which has this name."""

Stage = Callable[..., AbstractAsyncContextManager[tuple[Pilot[None], Picture]]]


@pytest.fixture(autouse=True)
def time_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use UTC, so that times on the screen are the same everywhere."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def steady(pilot: Pilot[None], kept: Path) -> str:
    """Return the screen as soon as it equals the snapshot ``kept``, or once it has stayed the same for a second."""
    shown, unchanged = "", 0
    while unchanged < 20:
        await settle(pilot)
        before, shown = shown, seen(pilot.app).rstrip() + "\n"
        if kept.exists() and shown == kept.read_text("utf-8"):
            break
        unchanged = unchanged + 1 if shown == before else 0
        await pilot.pause(0.05)
    return shown


@pytest.fixture
def stage(lessons: Path, snapshot: SnapshotAssertion, request: pytest.FixtureRequest) -> Stage:
    """Open the application; yield it with a function that takes a picture."""

    @asynccontextmanager
    async def play(
        target: str | None = None,
        *,
        screen: int = 0,
        given: Mapping[str, str | tuple[str, ...]] | None = None,
        prepare: Callable[[Store], None] = lambda store: store.set_setting("tour-seen", True),
    ) -> AsyncIterator[tuple[Pilot[None], Picture]]:
        store = Store(None, learner="", now=lambda: NOW)
        prepare(store)
        if target == "every-kind":
            earlier = Session(load(lessons / "01-every-kind.yaml"), store, now=lambda: NOW)
            for name, answer in (given or {}).items():
                earlier.submit(f"lab2:{name}", answer)
            earlier.goto(screen)
        app = TutorApp(store, target, warm=False)
        app.animation_level = "none"
        async with app.run_test(size=SIZES[0]) as pilot:

            async def picture(name: str) -> None:
                is_larger = app.size == SIZES[-1]
                for width, height in reversed(SIZES) if is_larger else SIZES:
                    if app.size != (width, height):
                        await pilot.resize_terminal(width, height)
                    title = f"{name}-{width}x{height}"
                    shown = await steady(pilot, KEPT / f"{request.node.name}[{title}].txt")
                    assert shown == snapshot(name=title, extension_class=TextFile), title

            await settle(pilot)
            yield pilot, picture

    return play


BROKEN = "tutor: 1\ntitel: Broken\nscreens: []\n"


def more_lessons(folder: Path) -> None:
    """Add three lessons, one of which cannot be used."""
    for number, title in ((2, "The forward pass"), (3, "Backpropagation by hand")):
        name = title.lower().replace(" ", "-")
        text = LESSON.replace("Every kind", title).replace("id: every-kind", f"id: {name}")
        write_long_ago(folder / f"0{number}-{name}.yaml", text)
    (folder / "04-broken.yaml").write_text(BROKEN, encoding="utf-8")


def halfway(store: Store) -> None:
    """Record one lesson done, and one begun with an answer to fix."""
    store.set_setting("tour-seen", True)
    store.set_summary("every-kind", "", 12, 12, 0)
    store.set_position("every-kind", "", 6)
    store.set_summary("the-forward-pass", "", 5, 12, 1)
    store.set_position("the-forward-pass", "", 3)


async def rub_out(pilot: Pilot[None], text: str) -> None:
    """Replace what is typed in the focused field."""
    await press(pilot, "ctrl+u")
    await type_in(pilot, text)


async def test_home(stage: Stage, lessons: Path) -> None:
    more_lessons(lessons)
    async with stage(prepare=halfway) as (pilot, picture):
        # "Continue" first, a lesson done, one with an answer to fix, one new, one that cannot be used
        await picture("with_progress")
        # the word in the search line and only the lesson that has it
        await press(pilot, "slash", *"prop")
        await picture("search")
        # that nothing was found, and how to see all again
        await press(pilot, "ctrl+u", *"zz")
        await picture("search_finds_nothing")


async def test_home_empty(stage: Stage, lessons: Path) -> None:
    (lessons / "01-every-kind.yaml").unlink()
    async with stage() as (_, picture):
        # that there are no lessons, and where to put some
        await picture("home")


async def test_first_start(stage: Stage) -> None:
    async with stage(prepare=lambda store: None) as (pilot, picture):
        # a tour of one minute offered over Home, and that it can be skipped
        await picture("welcome")
        # the tour's first page: a real question on one unit
        await pilot.press("enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "LessonScreen", "the tour")
        await settle(pilot)
        await picture("tour")
        # one lesson that is not begun, the cursor on it, and what it is about
        await press(pilot, "escape", "escape")
        await picture("home")


async def test_lesson(stage: Stage) -> None:
    async with stage("every-kind") as (pilot, picture):
        # text, a sum with its limit, the network with Z₁ highlighted, and two fields, the first focused
        await picture("begun")
        # that nothing has been answered, and what will appear here
        await press(pilot, "escape", "l")
        await picture("look_back_empty")
        # a unit of the drawing selected, and its formula with its numbers under it
        await press(pilot, "escape", "enter", "f6", "right")
        await picture("unit")
        # under the field how the sum in it is read
        await press(pilot, "escape")
        await type_in(pilot, "0.2*1 - 0.5 - 0.4")
        await picture("reading")
        # where reading stopped and what was expected, and that it is not counted as an attempt
        await rub_out(pilot, "0.2*(1 - 0.5")
        await enter(pilot)
        await picture("unreadable")
        # that 1,234 could be read two ways, and both of them
        await rub_out(pilot, "1,234")
        await enter(pilot)
        await picture("ambiguous")
        # a cross beside Z₁, and that the bias is missing; Z₁ keeps the focus
        await rub_out(pilot, "-0.3")
        await enter(pilot)
        await picture("wrong")
        # the lesson unchanged after the terminal was too small
        await rub_out(pilot, "-0.7")
        await pilot.resize_terminal(59, 19)
        await settle(pilot)
        shown = seen(pilot.app)
        assert "The terminal has 59×19" in shown
        assert "the tutor needs 60×20" in shown
        assert "Nothing is lost" in shown
        await picture("after_too_small")
        # a tick and a word beside Z₁, its value in the drawing, and Z₂ focused
        await enter(pilot)
        await picture("right")


async def test_lesson_hints(stage: Stage) -> None:
    async with stage("every-kind") as (pilot, picture):
        # a question before the answer is shown, with No focused
        await press(pilot, "f8")
        await picture("giving_up_is_confirmed")
        # the answer, marked as shown rather than found
        await press(pilot, "y")
        await picture("given_up")
        # three hints about Z₂ open, the last with a formula, and what the next one would cost
        await press(pilot, "f2", "f2", "f2")
        await picture("open")


async def test_lesson_follows(stage: Stage) -> None:
    given = {"Z1": "-0.7", "Z2": "-0.1", "hidden.H": ("0", "-0.15")}
    async with stage("every-kind", screen=OUTPUT, given=given) as (pilot, picture):
        # that ŷ follows from an earlier mistake, and which one
        await type_in(pilot, "0.13")
        await enter(pilot)
        await picture("page")


async def test_lesson_ends(stage: Stage) -> None:
    async with stage("every-kind", screen=OUTPUT) as (pilot, picture):
        # a parabola with axes, and a description of it
        await press(pilot, "escape", "end")
        await picture("plot")
        # that the lesson has ended, how much is done, and where to go next, the open question first
        await press(pilot, "pagedown")
        await picture("ending")
        # that the number is right so far, and how many decimals are asked for
        await press(pilot, "escape", "enter")
        await type_in(pilot, "0.08")
        await enter(pilot)
        await type_in(pilot, "0.42")
        await enter(pilot)
        await picture("imprecise")


async def test_kinds(stage: Stage) -> None:
    async with stage("every-kind", screen=VECTOR, given={"hidden.H": ("-0.7", "0.1")}) as (pilot, picture):
        # a vector of two cells, a sign beside each, and an explanation for the wrong cell
        await picture("grid")
        # the chosen option with its reply, and steps to put in order, the cursor on the first
        await press(pilot, "pagedown", "2", "enter", "tab")
        await picture("choices")
        # gaps in code, a tick after the right one and a cross after the other
        await press(pilot, "pagedown")
        await type_in(pilot, "backward")
        await enter(pilot)
        await type_in(pilot, "stop")
        await enter(pilot)
        await picture("gaps")
        # the given values as matrices, and a table with its caption
        await press(pilot, "pagedown")
        await picture("shown")


async def test_programs(stage: Stage) -> None:
    async with stage("every-kind", screen=PROGRAMS) as (pilot, picture):
        # a cell to run, and a lab with its checks
        await picture("begun")
        # which check failed and why
        await run(pilot, 1)
        await picture("checked")
        # 42 under the cell, and that it ran
        await run(pilot, 0)
        await picture("ran")
        # the exception, the line it is in with a mark, and what it means
        pilot.app.screen.query(CodeField).first().editor.load_text("a = 6\nprint(a * b)\n")
        await run(pilot, 0)
        await picture("error")


async def run(pilot: Pilot[None], place: int) -> None:
    """Run a program of the page and wait for its end."""
    code = pilot.app.screen.query(CodeField)[place]
    before = session(pilot.app).state(code.field.id).result
    code.editor.focus()
    await pilot.press("f5")
    await until(pilot, lambda: session(pilot.app).state(code.field.id).result is not before, "the end")
    await settle(pilot)


async def test_other_views(stage: Stage) -> None:
    given = {"Z1": "-0.7", "Z2": "-0.1", "hidden.H": ("0", "0.1")}
    async with stage("every-kind", given=given) as (pilot, picture):
        # three lines of a derivation, what each one does, and how many there are
        await press(pilot, "f3", "down", "down")
        await picture("derivation")
        # every quantity in a table, Z₁ found, Z₂ wrong with the explanation below
        await press(pilot, "escape", "f4", "up", "up", "up")
        await picture("worksheet")
        # the screens of the lesson, a sign and a count for each, the cursor at the current one
        await press(pilot, "escape", "f7")
        await picture("contents")
        # help for the focused widget, what this screen is for, every key with a sentence, and the signs
        await press(pilot, "escape", "f1")
        await picture("help")
        # a command on each line with its key at the right, and below what the selected one does
        await press(pilot, "escape", "ctrl+p")
        await picture("palette")
        # every attempt with its sign and what was said, those on one screen together
        await press(pilot, "escape", "escape", "l")
        await picture("look_back")
        # which variant is open, and a field for the number of another
        await press(pilot, "escape", "number_sign")
        await picture("variant")
        # the first of two questions, with No focused
        await press(pilot, "escape", "R")
        await picture("reset")
        # other numbers in the drawing, and their number in the title
        await press(pilot, "escape", "p")
        await picture("new_numbers")


async def test_error(stage: Stage, lessons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lessons / "04-broken.yaml").write_text(BROKEN, encoding="utf-8")
    monkeypatch.chdir(lessons)
    async with stage("04-broken.yaml") as (_, picture):
        # file, line and column, the line itself, and the key that was meant
        await picture("broken")
