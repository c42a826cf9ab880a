"""The lesson's other views and the dialogs: what each key does, and that leaving them changes nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.style import Style
from textual.visual import RenderOptions
from textual.widgets import OptionList

from tests.homes import write_long_ago
from tests.ui.driving import (
    CHOICES,
    OUTPUT,
    SHOWN,
    VECTOR,
    Opener,
    field,
    in_lesson,
    is_focused,
    key,
    lesson_screen,
    paste,
    press,
    seen,
    session,
    settle,
    state,
    type_in,
    until,
)
from tests.ui.keys import plays
from tutor.lessons import load
from tutor.lessons.blocks.base import NOTHING_TYPED
from tutor.network import Graph
from tutor.session import Session
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.confirm import AskText, Confirm
from tutor.ui.screens.contents import Contents
from tutor.ui.screens.derivation import DerivationScreen, Explanation, Line
from tutor.ui.screens.help import Help, Key
from tutor.ui.screens.look_back import LookBackScreen
from tutor.ui.screens.questions import READ_AFTER
from tutor.ui.screens.worksheet import WorksheetScreen
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.hints import Hints
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.mathematics import FormulaView
from tutor.ui.widgets.worksheet_rows import Head, Row


def every_kind(lessons: Path) -> Session:
    """Return a session of the lesson, with progress of its own."""
    return Session(load(lessons / "01-every-kind.yaml"), Store(None))


@plays(
    "LessonScreen.derivation", "DerivationScreen.unfold", "DerivationScreen.fold", "DerivationScreen.all",
    "DerivationScreen.none", "DerivationScreen.copy", "DerivationScreen.dismiss",
)  # fmt: skip
async def test_a_derivation_is_unfolded_line_by_line_and_copied(opened: Opener) -> None:
    async with opened("every-kind", screen=OUTPUT) as pilot:
        await press(pilot, "f3")
        screen = pilot.app.screen
        assert isinstance(screen, DerivationScreen)
        assert len(screen.query(Line)) == 1
        assert "line 1 of" in seen(pilot.app)
        await press(pilot, "down", "down")
        assert len(screen.query(Line)) == 3
        first, *_, last = (str(line.query_one(FormulaView).formula.latex) for line in screen.query(Line))
        assert "\\lit" in last, "changes are highlighted"
        assert "\\lit" not in first, "nothing else is highlighted"
        await press(pilot, "up")
        assert len(screen.query(Line)) == 2
        await press(pilot, "up", "up", "up")
        assert len(screen.query(Line)) == 1, "the first line stays"
        await press(pilot, "end")
        assert len(screen.query(Line)) == len(screen.lines) > 3
        assert "?" in seen(pilot.app), "values still to be found are hidden"
        await press(pilot, "c")
        assert pilot.app.clipboard.startswith("\\begin{aligned}")
        assert pilot.app.clipboard.count("\\\\") == len(screen.lines) - 1
        assert pilot.app.clipboard.count("&") == len(screen.lines)
        await press(pilot, "home")
        assert len(screen.query(Line)) == 1
        await press(pilot, "escape")
        assert in_lesson(pilot.app)
        assert is_focused(pilot.app, "yhat")


async def test_the_equals_signs_of_a_derivation_are_aligned_and_each_explanation_is_beside_its_line(
    opened: Opener,
) -> None:
    async with opened("every-kind", screen=OUTPUT) as pilot:
        await press(pilot, "f3", "end")
        screen = pilot.app.screen
        assert isinstance(screen, DerivationScreen)
        lines = [line.latex for line in screen.lines]
        assert {line.startswith("=") for line in lines} == {True, False}, "some lines begin with =, some do not"
        for size in ((80, 24), (140, 45)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            width = screen.query(Line).first().query_one(".formula").region.right
            rows = [row[:width] for row in seen(pilot.app).splitlines() if " = " in row[:width]]
            assert len({row.index(" = ") for row in rows}) == 1 < len(rows), rows
        rows = seen(pilot.app).splitlines()
        for line in screen.lines:
            beside = next(row for row in rows if line.what[:20] in row)
            assert " = " in beside.partition(line.what[:20])[0], beside


async def test_a_derivation_ends_with_each_engines_value_and_pytorch_comes_later(
    opened: Opener, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyTorch's value comes later and has a placeholder. Values still to be found are not shown."""
    answer = Event()

    def slow(graph: Graph) -> dict[str, float]:
        assert answer.wait(20)
        return dict(graph.values)

    monkeypatch.setattr("tutor.engines.side_by_side.by_torch", slow)
    async with opened(size=(140, 45)) as pilot:
        for name, of, is_known in (("Z1", "lab2", False), ("Z3", "lab2", True)):
            screen = DerivationScreen(every_kind(lessons), of, name, name)
            await pilot.app.push_screen(screen)
            while not screen.lines:
                await pilot.pause(0.02)
            screen.action_all()
            for _ in range(5):
                await pilot.pause(0.02)
            assert ("NumPy" in seen(pilot.app)) == is_known
            if is_known:
                assert "NumPy 0.08 · SymPy 0.08 · PyTorch …" in seen(pilot.app)
                answer.set()
                await settle(pilot)
                assert "NumPy 0.08 · SymPy 0.08 · PyTorch 0.08" in seen(pilot.app)
                screen._show_engines("a longer value\n" * 60)
                await settle(pilot)
                assert screen.body.is_vertical_scroll_end, "the end stays in view"
            await press(pilot, "escape")


@pytest.mark.parametrize(
    ("what", "width", "rows"),
    [
        ("Differentiate: E = 1/2·(ŷ − y)².", 28, ["Differentiate:", "E = 1/2·(ŷ − y)²."]),
        ("Of E = −(y·ln(ŷ) + (1 − y)·ln(1 − ŷ)).", 36, ["Of", "E = −(y·ln(ŷ) + (1 − y)·ln(1 − ŷ))."]),
        ("Of E = −(y·ln(ŷ) + (1 − y)·ln(1 − ŷ)).", 20, ["Of", "E = −(y·ln(ŷ) + (1 −", "y)·ln(1 − ŷ))."]),
        ("In Z = v·H + w·x + c.", 12, ["In Z = v·H +", "w·x + c."]),
        ("It is 0 (a dead unit).", 12, ["It is 0 (a", "dead unit)."]),
    ],
)
def test_an_explanation_breaks_around_its_formula_if_possible(what: str, width: int, rows: list[str]) -> None:
    shown = Explanation(what)
    strips = shown.visual.render_strips(width, None, Style(), RenderOptions(lambda name: Style(), {}))
    assert [strip.text.rstrip() for strip in strips] == [row.rstrip() for row in rows]
    assert shown.get_selection(None) == (what, "\n"), "the copied text has plain spaces and no breaks"


@plays(
    "LessonScreen.worksheet", "WorksheetScreen.leave", "WorksheetScreen.other", "WorksheetScreen.derivation",
    "Entry.submit", "Entry.leave",
)  # fmt: skip
async def test_a_worksheet_can_be_filled_in_in_any_order(opened: Opener, store: Store) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        await type_in(pilot, "-0.")
        await press(pilot, "f4")
        screen = pilot.app.screen
        assert isinstance(screen, WorksheetScreen)
        first, second = screen.entries()[:2]
        assert first.value == "-0.", "the draft from the lesson is here too"
        second.focus()
        await type_in(pilot, "0.1")
        await press(pilot, "enter")
        assert state(pilot.app, "Z2").solved
        assert "✓" in seen(pilot.app)
        await press(pilot, "f3")
        assert isinstance(pilot.app.screen, DerivationScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WorksheetScreen)
        await press(pilot, "up", "up", "up", "up")
        first.focus()
        await type_in(pilot, "7")
        await press(pilot, "down", "enter")
        assert not state(pilot.app, "Z1").solved
        await press(pilot, "f6")
        assert screen.of == "descent"
        assert "descent" in seen(pilot.app)
        await press(pilot, "f6")
        assert screen.entries()[0].value == "-0.7", "a draft is kept when the network changes"
        screen.entries()[0].focus()
        await press(pilot, "enter")
        assert state(pilot.app, "Z1").solved
        await press(pilot, "escape")
        assert in_lesson(pilot.app)
        assert "The bias counts." in seen(pilot.app), "the page shows answers given in the worksheet"
    assert store.summaries()[0].done == 2


async def test_enter_on_a_worksheet_marks_a_line_and_moves_on(
    opened: Opener, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TutorApp] = []
    monkeypatch.setattr(TutorApp, "expect_answers", lambda app: asked.append(app))
    async with opened() as pilot:
        known = every_kind(lessons)
        screen = WorksheetScreen(known)
        await pilot.app.push_screen(screen)
        await settle(pilot)
        _, _, cell, *_, last = screen.entries()
        for name in ("7", "enter"):
            pilot.app.post_message(key(name))
        await until(pilot, lambda: known.state("lab2:Z1").attempts == 1, "the mark")
        said = known.state("lab2:Z1").result.message[:20]  # type: ignore[union-attr]
        await until(pilot, lambda: said in seen(pilot.app), "its message")
        await pilot.pause(2 * READ_AFTER)
        assert "Z₁  I read" not in seen(pilot.app), "a verdict is not replaced by a late reading"
        assert said in seen(pilot.app)
        await press(pilot, "ctrl+u")
        asked.clear()
        await type_in(pilot, "-0.7")
        assert asked, "typing loads the marking"
        await press(pilot, "enter", "up", "enter")
        assert known.state("lab2:Z1").attempts == 2, "a right answer is not marked again"
        cell.focus()
        await type_in(pilot, "0")
        await press(pilot, "enter")
        assert "checked when all 2 are filled in" in seen(pilot.app), "a vector needs all its cells"
        last.focus()
        await type_in(pilot, "0.4232")
        await press(pilot, "enter")
        assert pilot.app.focused is screen.entries()[1], "after the last line, the first open one has the focus"


ONE_TWO_ONE = """\
network:
  inputs: [1]
  target: 1
  layers:
    - {name: hidden, weights: [[0.5, 0.25]], bias: [0.1, 0.2], activation: sigmoid}
    - {weights: [[1], [2]], bias: [0.1], activation: sigmoid}
"""
STEPS = (
    f"title: Steps\nid: steps\n{ONE_TWO_ONE}"
    + """\
  error_signal: difference
  allow: {convention: 'A test.'}
  optimizer: {sgd: {lr: 0.5}}
screens:
  - blocks: [{ask: [Z1, dE/dtheta3, "theta3'", E@2]}]
"""
)

ARRAYS = """
title: Arrays
id: arrays
worksheet:
  given: {X: [[1, 2, 3], [4, 5, 6]], g@1: 0.4, g@2: 0.5}
  steps: {C: 2*X, v: g + 1}
  repeat: 2
screens:
  - blocks: [{ask: 'C[1,1]'}, {ask: C}, {ask: v@2}]
"""


@asynccontextmanager
async def worksheet_of(
    opened: Opener, lessons: Path, lesson: str, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[Pilot[None], WorksheetScreen, dict[str, Entry]]]:
    """Open the worksheet of a lesson; yield it with its text fields by the names of their quantities."""
    (lessons / "01-every-kind.yaml").unlink()  # nothing for Home to load
    known = Session(load(write_long_ago(lessons.with_name("worksheet.yaml"), lesson)), Store(None))
    async with opened(size=size) as pilot:
        screen = WorksheetScreen(known)
        await pilot.app.push_screen(screen)
        await settle(pilot)
        lines = [line for line in screen.query(Row) if line.row.field is not None]
        yield pilot, screen, {line.row.name: line.query_one(Entry) for line in lines}


async def test_a_worksheet_is_laid_out_at_any_width(opened: Opener, lessons: Path) -> None:
    """The cells of a step are below those of the previous step, and every group names its columns."""
    async with worksheet_of(opened, lessons, STEPS, (60, 70)) as (pilot, screen, lines):
        for width in (60, 80, 100, 140, 200):
            await pilot.resize_terminal(width, 70)
            await settle(pilot)
            assert lines["Z1@2"].region.x == lines["Z1"].region.x, width
            assert lines["Z1@2"].region.y > lines["E"].region.y, width
            assert all(line.region.right <= width for line in lines.values()), width
            shown = seen(pilot.app)
            assert re.search(r"backward {2,}value", shown), width
            assert shown.count("value") == shown.count("yours") == len(screen.query(Head)) > 3, width
            assert re.search(r"forward, step 2\n +value +yours", shown), width
            assert width < 140 or "direction(w₁₁₁)" in shown, "a long name is not cut off"


async def test_the_focused_line_of_a_worksheet_stays_visible(opened: Opener, lessons: Path) -> None:
    async with worksheet_of(opened, lessons, STEPS, (140, 70)) as (pilot, screen, lines):
        assert "more below" not in seen(pilot.app)
        lines["E@2"].focus()
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert screen.body.region.contains_region(lines["E@2"].region)
        await press(pilot, "pageup", "pageup", "pageup", "right")
        assert screen.body.region.contains_region(lines["E@2"].region)
        await press(pilot, "pageup", "pageup", "pageup")
        assert not screen.body.region.contains_region(lines["E@2"].region)
        assert "▾ more below (pgdn)" in seen(pilot.app)
        await type_in(pilot, "1")
        assert screen.body.region.contains_region(lines["E@2"].region)
        await press(pilot, *["pagedown"] * 3)
        assert screen.body.scroll_y == screen.body.max_scroll_y
        assert "more below" not in seen(pilot.app)
        lines["Z1"].focus()
        await press(pilot, "up")
        assert screen.body.scroll_y == 0, "the given values are above the first line"
        assert "more below" in seen(pilot.app)


async def test_all_cells_of_a_matrix_fit_on_a_worksheet(opened: Opener, lessons: Path) -> None:
    lesson = ARRAYS.replace("v: g + 1", "v: g + 1, a_name_that_is_longer_than_there_is_room_for_on_any_sheet: v + 1")
    async with worksheet_of(opened, lessons, lesson, (60, 20)) as (pilot, _, lines):
        for size in ((60, 20), (80, 24), (100, 30)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert all(line.region.right <= size[0] for line in lines.values()), size
            assert "g@1=0.4" in seen(pilot.app), "a value given for step 1 only says so"


async def test_arrows_on_a_worksheet_follow_the_layout(opened: Opener, lessons: Path) -> None:
    async with worksheet_of(opened, lessons, ARRAYS) as (pilot, _, lines):
        for way, name in (
            ("right", "C[1,2]"), ("down", "C[2,2]"), ("down", "v"), ("up", "C[2,1]"), ("left", "C[2,1]"),
            ("up", "C[1,1]"), ("up", "C[1,1]"), ("right", "C[1,2]"), ("right", "C[1,3]"), ("right", "C[1,3]"),
        ):  # fmt: skip
            await press(pilot, way)
            assert pilot.app.focused is lines[name], way


async def test_each_cell_of_an_array_has_its_own_verdict_and_counts_for_the_array(
    opened: Opener, lessons: Path
) -> None:
    """Enter goes to the next empty cell of an array that is begun. On a first empty line it says that nothing is typed,
    as in a field of a lesson."""
    async with worksheet_of(opened, lessons, ARRAYS) as (pilot, screen, lines):
        await press(pilot, "enter")
        assert NOTHING_TYPED.message in seen(pilot.app)
        assert screen.focused is lines["C[1,1]"]
        await press(pilot, "2", "enter")
        assert NOTHING_TYPED.message not in seen(pilot.app)
        assert screen.focused is lines["C[1,2]"]
        await press(pilot, "4", "enter", "7", "enter", "8", "enter", "1", "0", "enter", "1", "2", "enter")
        assert pilot.app.focused is lines["C[1,3]"], "the wrong cell has the focus"
        assert "C[1,3]  Not right" in seen(pilot.app)
        await press(pilot, "left", "left")
        assert "C[1,2]  Right." in seen(pilot.app)
        lines["C[1,3]"].focus()
        await press(pilot, "ctrl+u", "6", "enter")
        assert screen.session.state("worksheet:C").solved
        assert screen.session.progress.done == 2, "the array, and the cell that is asked for on its own"


async def test_a_pasted_matrix_fills_the_worksheet(opened: Opener, lessons: Path) -> None:
    async with worksheet_of(opened, lessons, ARRAYS) as (pilot, screen, lines):
        of_c = [line for name, line in lines.items() if name[0] + name[-1] == "C]"]
        whole = ["2", "4", "6", "8", "10", "12"]
        await paste(pilot, "2 4 6\n8 10 12")
        assert [line.value for line in of_c] == whole
        assert screen.session.state("worksheet:C").draft == tuple(whole)
        assert screen.session.state("worksheet:C[1,1]").draft == "2"
        await press(pilot, "down")
        for text, said in (("1 2", "2 rows of 3 numbers"), ("2 8\n4 10\n6 12", "rows and columns swapped")):
            await paste(pilot, text)
            assert said in seen(pilot.app)
            assert [line.value for line in of_c] == whole
        await press(pilot, "ctrl+z")
        assert [line.value for line in of_c] == [""] * 6, "the whole matrix is undone"
        assert screen.session.state("worksheet:C").draft == ("",) * 6
        await press(pilot, "ctrl+y")
        assert [line.value for line in of_c] == whole


@plays("WorksheetScreen.hint", "WorksheetScreen.give_up")
async def test_hints_and_answers_on_a_worksheet(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 24)) as pilot:
        await press(pilot, "f4", "7", "enter", "f2")
        assert "Hint 1 of" in seen(pilot.app)
        assert "✗" in seen(pilot.app), "the focused line stays visible"
        await press(pilot, "down")
        assert "Hint 1 of" not in seen(pilot.app)
        await press(pilot, "up")
        assert "Hint 1 of" in seen(pilot.app)
        hints = pilot.app.screen.query_one(Hints)
        pilot.app.set_focus(None)
        pilot.app.screen.query(Entry).first().focus()
        await settle(pilot)
        assert pilot.app.screen.query_one(Hints) is hints, "the same hints are not rebuilt"
        await press(pilot, "f8", "tab", "enter")
        assert state(pilot.app, "Z1").given_up
        await press(pilot, "up")
        assert "Shown: −0.7" in seen(pilot.app)


async def test_keys_typed_ahead_on_a_worksheet_are_kept(opened: Opener, lessons: Path) -> None:
    async with worksheet_of(opened, lessons, ARRAYS) as (pilot, _, lines):
        for name in ("2", "enter", "4", "enter", "f2", "7", "enter", "8", "enter", "1", "down", "3", "up", "5"):
            pilot.app.post_message(key(name))
        await until(pilot, lambda: lines["v"].value == "3", "the last key but two")
        await settle(pilot)
        assert [line.value for line in lines.values()][:6] == ["2", "4", "7", "85", "1", ""]


@plays("LessonScreen.look_back", "LookBackScreen.export", "LookBackScreen.dismiss", "LessonScreen.leave")
async def test_the_look_back_shows_wrong_attempts_and_is_exported(opened: Opener, learner_home: Path) -> None:
    async with opened("every-kind") as pilot:
        for answer in ("-0.3", "-0.7"):
            await press(pilot, "ctrl+u")
            await type_in(pilot, answer)
            await press(pilot, "enter")
        await press(pilot, "escape", "l")
        assert isinstance(pilot.app.screen, LookBackScreen)
        shown = seen(pilot.app)
        assert "✗ Z₁  -0.3" in shown
        assert "✓ Z₁  -0.7" in shown
        assert shown.index("-0.3") < shown.index("-0.7")
        assert "bias" in shown
        await press(pilot, "m", "h")
        await press(pilot, "escape")
        assert in_lesson(pilot.app)
    texts = {path.suffix: path.read_text(encoding="utf-8") for path in (learner_home / "exports").iterdir()}
    assert set(texts) == {".md", ".html"}
    assert all("-0.3" in text for text in texts.values())


@plays("TutorApp.help", "Help.dismiss")
async def test_f1_explains_the_footer_and_the_focused_widget(opened: Opener) -> None:
    """Help explains every key of the footer, and lists each usable key once, in order."""
    async with opened("every-kind", screen=CHOICES, size=(100, 60)) as pilot:
        shown_below = pilot.app.screen.query_one(KeyLine).keys()
        assert 5 <= len(shown_below) <= 8
        await press(pilot, "f1")
        assert isinstance(pilot.app.screen, Help)
        lines = pilot.app.screen.query(Key)
        keys = {line.command.id: line.keys for line in lines}
        for one in shown_below:
            assert one.id in keys, one
        assert "space" in keys["choice.pick"]
        assert "f7" in keys["lesson.contents"]
        assert "c" in keys["lesson.contents"].split()
        assert "lesson.hint" not in keys, "this question has none"
        assert "✗" in seen(pilot.app), "the signs are explained"
        listed = [name for line in lines for name in line.keys.split()]
        assert len(listed) == len(set(listed))
        assert "escape" in listed
        assert "f5" not in listed, "there is no program"
        numbers = [int(name[1:]) for name in listed if name[0] == "f" and name[1:].isdecimal()]
        assert numbers == sorted(numbers)
        await press(pilot, "escape")
        assert in_lesson(pilot.app)
        await pilot.resize_terminal(80, 24)
        await press(pilot, "escape", "question_mark")
        assert isinstance(pilot.app.screen, Help)
        assert "Go on" in {line.command.title for line in pilot.app.screen.query(Key)}, "Enter is free outside a field"
        assert "▾ more below (pgdn)" in seen(pilot.app)
        await press(pilot, "end")
        assert "▾ more below" not in seen(pilot.app)
        await press(pilot, "f1")
        assert in_lesson(pilot.app)


@plays(
    "LessonScreen.contents", "Contents.down", "Contents.up", "Contents.dismiss", "LessonScreen.variant",
    "AskText.dismiss", "LessonScreen.reset", "Confirm.dismiss", "Confirm.app.focus_next",
    "Confirm.app.focus_previous",
)  # fmt: skip
async def test_leaving_a_dialog_changes_nothing(opened: Opener) -> None:
    """While one is open, it shows its own keys instead of the lesson's, which would do nothing."""
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await press(pilot, "escape")
        assert "f1 help" in seen(pilot.app)
        await press(pilot, "c")
        contents = pilot.app.screen
        assert isinstance(contents, Contents)
        assert "f1 help" not in seen(pilot.app)
        lines = contents.query_one(OptionList)
        await press(pilot, "j", "j", "k")
        assert lines.highlighted == 1
        await press(pilot, "escape", "number_sign")
        assert isinstance(pilot.app.screen, AskText)
        assert "f1 help" not in seen(pilot.app)
        await press(pilot, "5", "escape")
        assert session(pilot.app).variant == ""
        assert "f1 help" in seen(pilot.app)
        await press(pilot, "R")
        assert isinstance(pilot.app.screen, Confirm)
        assert "f1 help" not in seen(pilot.app)
        await press(pilot, "right")
        assert pilot.app.focused is pilot.app.screen.query_one("#yes")
        await press(pilot, "left")
        assert pilot.app.focused is pilot.app.screen.query_one("#no")
        await press(pilot, "enter")
        assert in_lesson(pilot.app)
        await press(pilot, "R", "n")
        assert session(pilot.app).position == 0
        assert field(pilot.app, "Z1").answer == "-0.7"
        await press(pilot, "ctrl+p")
        assert not in_lesson(pilot.app)
        assert "f1 help" not in seen(pilot.app)


@plays("LessonScreen.map", "Diagram.step", "Diagram.let_go")
async def test_arrows_move_between_units_of_the_drawing(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        await type_in(pilot, "-0.7")
        await press(pilot, "f6")  # selects the unit of the question
        assert "Z₁ = w₁₁·x₁" in seen(pilot.app)
        await press(pilot, "right")
        assert "Z₂ = w₁₂·x₁" in seen(pilot.app)
        await press(pilot, "left")
        assert "Z₁ = w₁₁·x₁" in seen(pilot.app)
        await press(pilot, "escape")
        assert "Z₁ = w₁₁·x₁" not in seen(pilot.app)
        assert is_focused(pilot.app, "Z1")
        assert field(pilot.app, "Z1").answer == "-0.7"


@plays(
    "Page.scroll_down", "Page.scroll_up", "Page.page_down", "Page.scroll_end", "Page.scroll_home", "LessonScreen.next",
    "LessonScreen.back", "LessonScreen.go_on", "LessonScreen.field", "LessonScreen.leave", "LessonScreen.home",
    "NavButton.press",
)  # fmt: skip
async def test_a_lesson_is_scrolled_and_turned_by_keys(opened: Opener, store: Store) -> None:
    async with opened("every-kind", size=(60, 20)) as pilot:
        await press(pilot, "escape")
        page = lesson_screen(pilot.app).page
        await press(pilot, "end")
        end = page.scroll_y
        assert end == page.max_scroll_y > 0
        await press(pilot, "up")
        assert page.scroll_y < end
        await press(pilot, "home")
        assert page.scroll_y == 0
        await press(pilot, "down")
        assert page.scroll_y > 0
        await press(pilot, "home", "space")
        assert page.scroll_y > 1
        await press(pilot, "enter")
        assert is_focused(pilot.app, "Z1"), "Enter goes to the open question"
        await press(pilot, "tab")
        assert is_focused(pilot.app, "Z2")
        await press(pilot, "shift+tab")
        assert is_focused(pilot.app, "Z1")
        await press(pilot, "pagedown")
        assert session(pilot.app).position == VECTOR
        await press(pilot, "pageup")
        assert session(pilot.app).position == 0
        await press(pilot, "escape", "n", "escape", "b", "escape", "b")
        assert session(pilot.app).position == 0, "there is nothing before the first screen"
        lesson = lesson_screen(pilot.app)
        await lesson.show_screen(lesson.session.goto(SHOWN))
        await settle(pilot)
        assert pilot.app.focused is lesson.query_one("#next"), "where nothing is asked, Enter goes on"
        await press(pilot, "enter")
        assert session(pilot.app).position == SHOWN + 1
        await press(pilot, "escape", "escape", "q")
        assert len(pilot.app.screen_stack) == 1
    assert store.position("every-kind", "") == SHOWN + 1


WORDS = (
    f"title: Words\nid: words\n{ONE_TWO_ONE}"
    + """\
screens:
  - blocks:
      - ask: {Z1: {prompt: 'The sum of unit 1:'}, Z2: {prompt: 'With $Z_1$ = {{Z1}}, the other:'}}
        prompt: Two sums.
      - image: unit.png
        alt: Three arrows.
        caption: '**A unit** with $Z_1$ = {{Z1}}.'
      - plot: w^2
        over: {w: [-1, 1]}
        alt: A parabola.
        caption: 'The curve of $w^2$.'
"""
)


async def test_prompts_and_captions_show_found_values(opened: Opener, lessons: Path) -> None:
    """The prompt of one quantity among several, and captions, show mathematics and the values found so far."""
    (lessons / "unit.png").write_bytes(b"")
    (lessons / "words.yaml").write_text(WORDS, encoding="utf-8")
    async with opened("words", size=(100, 60)) as pilot:
        text = seen(pilot.app)
        places = [text.index(words) for words in ("Two sums.", "The sum of unit 1:", "With Z₁ = ?, the other:")]
        assert places == sorted(places)
        assert "A unit with Z₁ = ?." in text
        assert text.index("The curve of w².") < text.index("A parabola.")
        await type_in(pilot, "0.6")
        await press(pilot, "enter")
        await settle(pilot)
        text = seen(pilot.app)
        assert "With Z₁ = 0.6, the other:" in text
        assert "A unit with Z₁ = 0.6." in text
