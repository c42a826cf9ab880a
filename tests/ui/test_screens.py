"""Snapshots of every screen and state as text, at 80×24 and at 120×40. Each test says what a person must see.

After an intended change run ``pytest tests/ui/test_screens.py --snapshot-update`` and review the diff.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from tests.ui.driving import (
    CHOICES,
    GAPS,
    LESSON,
    OUTPUT,
    PROGRAMS,
    SHOWN,
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


Stage = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


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
    """Open the application, press keys, and compare the final screen with its snapshot."""

    @asynccontextmanager
    async def play(
        target: str | None = None,
        *keys: str,
        screen: int = 0,
        given: Mapping[str, str | tuple[str, ...]] | None = None,
        prepare: Callable[[Store], None] = lambda store: store.set_setting("tour-seen", True),
    ) -> AsyncIterator[Pilot[None]]:
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
            await settle(pilot)
            await press(pilot, *keys)
            yield pilot
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
                name = f"{width}x{height}"
                shown = await steady(pilot, KEPT / f"{request.node.name}[{name}].txt")
                assert shown == snapshot(name=name, extension_class=TextFile)

    return play


def more_lessons(folder: Path) -> None:
    """Add three lessons, one of which cannot be used."""
    for number, title in ((2, "The forward pass"), (3, "Backpropagation by hand")):
        name = title.lower().replace(" ", "-")
        text = LESSON.replace("Every kind", title).replace("id: every-kind", f"id: {name}")
        (folder / f"0{number}-{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "04-broken.yaml").write_text("tutor: 1\ntitel: Broken\nscreens: []\n", encoding="utf-8")


def halfway(store: Store) -> None:
    """Record one lesson done, and one begun with an answer to fix."""
    store.set_setting("tour-seen", True)
    store.set_summary("every-kind", "", 12, 12, 0)
    store.set_position("every-kind", "", 6)
    store.set_summary("the-forward-pass", "", 5, 12, 1)
    store.set_position("the-forward-pass", "", 3)


# -- home --------------------------------------------------------------------------------------------------------------


async def test_home_new(stage: Stage) -> None:
    """You should see one lesson that is not begun, the cursor on it, and what it is about."""
    async with stage():
        pass


async def test_home_with_progress(stage: Stage, lessons: Path) -> None:
    """You should see "Continue" first, a lesson done, one with an answer to fix, one new, one that cannot be used."""
    more_lessons(lessons)
    async with stage(prepare=halfway):
        pass


async def test_home_search(stage: Stage, lessons: Path) -> None:
    """You should see the word in the search line and only the lesson that has it."""
    more_lessons(lessons)
    async with stage(None, "slash", *"prop", prepare=halfway):
        pass


async def test_home_search_finds_nothing(stage: Stage) -> None:
    """You should see that nothing was found, and how to see all again."""
    async with stage(None, "slash", *"zz"):
        pass


async def test_home_empty(stage: Stage, lessons: Path) -> None:
    """You should see that there are no lessons, and where to put some."""
    (lessons / "01-every-kind.yaml").unlink()
    async with stage():
        pass


async def test_welcome(stage: Stage) -> None:
    """You should see a tour of one minute offered over Home, and that it can be skipped."""
    async with stage(prepare=lambda store: None):
        pass


async def test_tour(stage: Stage) -> None:
    """You should see the tour's first page: a real question on one unit."""
    async with stage(prepare=lambda store: None) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "LessonScreen", "the tour")
        await settle(pilot)


# -- a lesson ----------------------------------------------------------------------------------------------------------


async def test_lesson(stage: Stage) -> None:
    """You should see text, a sum with its limit, the network with Z₁ highlighted, and two fields, the first focused."""
    async with stage("every-kind"):
        pass


async def test_lesson_reading(stage: Stage) -> None:
    """You should see under the field how the sum in it is read."""
    async with stage("every-kind") as pilot:
        await type_in(pilot, "0.2*1 - 0.5 - 0.4")


async def test_lesson_right(stage: Stage) -> None:
    """You should see a tick and a word beside Z₁, its value in the drawing, and Z₂ focused."""
    async with stage("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await enter(pilot)


async def test_lesson_wrong(stage: Stage) -> None:
    """You should see a cross beside Z₁, and that the bias is missing; Z₁ keeps the focus."""
    async with stage("every-kind") as pilot:
        await type_in(pilot, "-0.3")
        await enter(pilot)


async def test_lesson_unreadable(stage: Stage) -> None:
    """You should see where reading stopped and what was expected, and that it is not counted as an attempt."""
    async with stage("every-kind") as pilot:
        await type_in(pilot, "0.2*(1 - 0.5")
        await enter(pilot)


async def test_lesson_ambiguous(stage: Stage) -> None:
    """You should see that 1,234 could be read two ways, and both of them."""
    async with stage("every-kind") as pilot:
        await type_in(pilot, "1,234")
        await enter(pilot)


async def test_lesson_follows(stage: Stage) -> None:
    """You should see that ŷ follows from an earlier mistake, and which one."""
    async with stage(
        "every-kind", screen=OUTPUT, given={"Z1": "-0.7", "Z2": "-0.1", "hidden.H": ("0", "-0.15")}
    ) as pilot:
        await type_in(pilot, "0.13")
        await enter(pilot)


async def test_lesson_imprecise(stage: Stage) -> None:
    """You should see that the number is right so far, and how many decimals are asked for."""
    async with stage("every-kind", screen=OUTPUT, given={"yhat": "0.08"}) as pilot:
        await type_in(pilot, "0.42")
        await enter(pilot)


async def test_lesson_grid(stage: Stage) -> None:
    """You should see a vector of two cells, a sign beside each, and an explanation for the wrong cell."""
    async with stage("every-kind", screen=VECTOR, given={"hidden.H": ("-0.7", "0.1")}):
        pass


async def test_lesson_choices(stage: Stage) -> None:
    """You should see the chosen option with its reply, and steps to put in order, the cursor on the first."""
    async with stage("every-kind", "2", "enter", "tab", screen=CHOICES):
        pass


async def test_lesson_gaps(stage: Stage) -> None:
    """You should see gaps in code, a tick after the right one and a cross after the other."""
    async with stage("every-kind", screen=GAPS) as pilot:
        await type_in(pilot, "backward")
        await enter(pilot)
        await type_in(pilot, "stop")
        await enter(pilot)


async def test_lesson_shown(stage: Stage) -> None:
    """You should see the given values as matrices, and a table with its caption."""
    async with stage("every-kind", screen=SHOWN):
        pass


async def test_lesson_plot(stage: Stage) -> None:
    """You should see a parabola with axes, and a description of it."""
    async with stage("every-kind", "escape", "end", screen=OUTPUT):
        pass


async def test_lesson_hints(stage: Stage) -> None:
    """You should see three hints open, the last with a formula, and what the next one would cost."""
    async with stage("every-kind", "f2", "f2", "f2"):
        pass


async def test_lesson_giving_up_is_confirmed(stage: Stage) -> None:
    """You should see a question before the answer is shown, with No focused."""
    async with stage("every-kind", "f8"):
        pass


async def test_lesson_given_up(stage: Stage) -> None:
    """You should see the answer, marked as shown rather than found."""
    async with stage("every-kind", "f8", "y"):
        pass


async def test_lesson_unit(stage: Stage) -> None:
    """You should see a unit of the drawing selected, and its formula with its numbers under it."""
    async with stage("every-kind", "f6", "right"):
        pass


async def test_lesson_new_numbers(stage: Stage) -> None:
    """You should see other numbers in the drawing, and their number in the title."""
    async with stage("every-kind", "escape", "p"):
        pass


# -- programs ----------------------------------------------------------------------------------------------------------


async def test_program(stage: Stage) -> None:
    """You should see a cell to run, and a lab with its checks."""
    async with stage("every-kind", screen=PROGRAMS):
        pass


async def test_program_run(stage: Stage) -> None:
    """You should see 42 under the cell, and that it ran."""
    async with stage("every-kind", screen=PROGRAMS) as pilot:
        await run(pilot, 0)


async def test_program_error(stage: Stage) -> None:
    """You should see the exception, the line it is in with a mark, and what it means."""
    async with stage("every-kind", screen=PROGRAMS) as pilot:
        pilot.app.screen.query(CodeField).first().editor.load_text("a = 6\nprint(a * b)\n")
        await run(pilot, 0)


async def test_lab_checked(stage: Stage) -> None:
    """You should see which check failed and why."""
    async with stage("every-kind", screen=PROGRAMS) as pilot:
        await run(pilot, 1)


async def run(pilot: Pilot[None], place: int) -> None:
    """Run a program of the page and wait for its end."""
    code = pilot.app.screen.query(CodeField)[place]
    code.editor.focus()
    await pilot.press("f5")
    await until(pilot, lambda: session(pilot.app).state(code.field.id).result is not None, "the end")
    await settle(pilot)


# -- other views -------------------------------------------------------------------------------------------------------


async def test_derivation(stage: Stage) -> None:
    """You should see three lines of a derivation, what each one does, and how many there are."""
    async with stage("every-kind", "f3", "down", "down", given={"Z1": "-0.7"}):
        pass


async def test_worksheet(stage: Stage) -> None:
    """You should see every quantity in a table, Z₁ found, Z₂ wrong with the explanation below."""
    async with stage("every-kind", "f4", given={"Z1": "-0.7", "Z2": "-0.1"}):
        pass


async def test_look_back(stage: Stage) -> None:
    """You should see every attempt with its sign and what was said, those on one screen together."""
    async with stage("every-kind", "escape", "l", given={"Z1": "-0.3", "Z2": "0.1", "hidden.H": ("0", "0.1")}):
        pass


async def test_look_back_empty(stage: Stage) -> None:
    """You should see that nothing has been answered, and what will appear here."""
    async with stage("every-kind", "escape", "l"):
        pass


async def test_help(stage: Stage) -> None:
    """You should see help for the focused widget, what this screen is for, every key with a sentence, and the signs."""
    async with stage("every-kind", "f1"):
        pass


async def test_palette(stage: Stage) -> None:
    """You should see a command on each line with its key at the right, and below what the selected one does."""
    async with stage("every-kind", "ctrl+p"):
        pass


async def test_contents(stage: Stage) -> None:
    """You should see the screens of the lesson, a sign and a count for each, the cursor at the current one."""
    async with stage("every-kind", "f7", given={"Z1": "-0.7", "Z2": "0.1", "hidden.H": ("1", "0.1")}):
        pass


async def test_variant(stage: Stage) -> None:
    """You should see which variant is open, and a field for the number of another."""
    async with stage("every-kind", "escape", "number_sign"):
        pass


async def test_reset(stage: Stage) -> None:
    """You should see the first of two questions, with No focused."""
    async with stage("every-kind", "escape", "R"):
        pass


async def test_ending(stage: Stage) -> None:
    """You should see that the lesson has ended, how much is done, and where to go next, the open question first."""
    async with stage("every-kind", "pagedown", screen=OUTPUT):
        pass


async def test_error(stage: Stage, lessons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """You should see file, line and column, the line itself, and the key that was meant."""
    more_lessons(lessons)
    monkeypatch.chdir(lessons)
    async with stage("04-broken.yaml"):
        pass


async def test_too_small(stage: Stage) -> None:
    """You should see the lesson unchanged after the terminal was too small."""
    async with stage("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await pilot.resize_terminal(59, 19)
        await settle(pilot)
        shown = seen(pilot.app)
        assert "The terminal has 59×19" in shown
        assert "the tutor needs 60×20" in shown
        assert "Nothing is lost" in shown
