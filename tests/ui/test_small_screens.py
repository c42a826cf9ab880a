"""Even at 80×24, a learner sees a question's subject, what a locked question waits for, and the last verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from benchmarks.campaigns.tabbing import painted, subjects_unseen, unseen
from tests.ui.driving import (
    CHOICES,
    LESSON,
    OUTPUT,
    PROGRAMS,
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
from tests.ui.keys import plays
from tutor import paths
from tutor.lessons import load
from tutor.lessons.blocks.diagram import DiagramView
from tutor.lessons.blocks.image import ImageView
from tutor.lessons.blocks.plot import PlotView
from tutor.lessons.blocks.table import TableView
from tutor.session import Session
from tutor.session.model import LockedView, QuestionView, ScreenView
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.blocks.given import GivenBlock
from tutor.ui.blocks.locked import LockedBlock
from tutor.ui.fields.choice import ChoiceField
from tutor.ui.fields.grid import GridField
from tutor.ui.fields.number import NumberField
from tutor.ui.fields.order import OrderField
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.text import NO_BREAK
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.so_far import SoFar

# -- a wrong answer --------------------------------------------------------------------------------------------------


async def test_an_unfinished_formula_moves_nothing_and_a_long_reading_is_temporary(opened: Opener) -> None:
    def above_the_question() -> str:
        return seen(pilot.app).partition("▌")[0]

    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await settle(pilot)
        before = above_the_question()
        await type_in(pilot, " -")
        await settle(pilot)
        assert "! " in seen(pilot.app)
        assert above_the_question() == before
        await type_in(pilot, "+".join(["0.125"] * 12))
        await settle(pilot)
        assert above_the_question() != before
        await press(pilot, *["backspace"] * 5 * 12)
        await settle(pilot)
        assert above_the_question() == before


BELOW_A_TABLE = """
tutor: 1
title: Below a table
id: below-a-table
worksheets: {sums: {given: {a: 2, b: 3}, steps: {s: a + b}}}
screens:
  - title: One
    of: sums
    blocks:
      - text: What is the sum?
      - table: {columns: [a, b], rows: ROWS}
      - ask: s
        prompt: The sum
"""


@pytest.mark.parametrize("rows", [6, 7])
async def test_a_verdict_is_visible_below_a_rebuilt_table(opened: Opener, lessons: Path, rows: int) -> None:
    """The cursor stays in the field, so nothing else makes the page scroll to the end of the question."""
    text = BELOW_A_TABLE.replace("ROWS", str([[2, 3]] * rows))
    (lessons / "01-below-a-table.yaml").write_text(text, encoding="utf-8")
    async with opened("below-a-table", size=(60, 20)) as pilot:
        await type_in(pilot, "77")
        await press(pilot, "enter")
        assert "the first term, a." in seen(pilot.app)


BETWEEN_TWO_QUESTIONS = """
tutor: 1
title: Two sheets
id: two-sheets
worksheets:
  small: {given: {a: 2}, steps: {s: 2*a}}
  large: {given: {X: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 71]]}, steps: {Y: 2*X, Z: 3*X}}
screens:
  - title: One
    of: small
    blocks:
      - ask: s
      - text: Now a larger one.
      - given: large
      - ask: large:Y, large:Z
"""


async def test_the_numbers_given_for_a_question_are_seen_with_it(opened: Opener, lessons: Path) -> None:
    (lessons / "01-two-sheets.yaml").write_text(BETWEEN_TWO_QUESTIONS, encoding="utf-8")
    async with opened("two-sheets") as pilot:
        await type_in(pilot, "4")
        await press(pilot, "enter")
        assert "71" in seen(pilot.app)


async def test_typing_replaces_a_wrong_answer_and_its_mark_fades(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "7")
        await press(pilot, "enter")
        number = field(pilot.app, "Z1")
        assert isinstance(number, NumberField)
        assert number.entry.has_class("-wrong")
        await type_in(pilot, "-")
        assert number.answer == "-"
        assert not number.entry.has_class("-wrong")
        assert "✗" not in str(number.sign.content)
        await press(pilot, "ctrl+z")
        await painted(pilot.app.screen)
        assert number.answer == "7", "undo brings it back"


async def test_editing_a_cell_removes_only_its_mark(opened: Opener) -> None:
    async with opened("every-kind", screen=VECTOR) as pilot:
        for text in ("7", "8"):
            await type_in(pilot, text)
            await press(pilot, "enter")
        grid = field(pilot.app, "hidden.H")
        first, second = grid.entries()
        assert (first.is_wrong, second.is_wrong) == (True, True)
        first.focus()
        await settle(pilot)
        await type_in(pilot, "0")
        assert grid.answer == ("0", "8")
        assert (first.is_wrong, second.is_wrong) == (False, True)


# -- untouched questions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ChoiceField, OrderField])
async def test_enter_does_not_mark_an_untouched_choice_or_order(
    opened: Opener, kind: type[ChoiceField] | type[OrderField]
) -> None:
    async with opened("every-kind", screen=CHOICES) as pilot:
        shown = lesson_screen(pilot.app).query(kind).first()
        shown.focus()
        await press(pilot, "enter")
        assert session(pilot.app).state(shown.field.id).attempts == 0
        assert shown.mark.display, "a message says what to do first"
        await press(pilot, *(["space", "down", "space"] if kind is OrderField else ["down"]), "enter")
        assert session(pilot.app).state(shown.field.id).attempts == 1


# -- locked questions ------------------------------------------------------------------------------------------------


async def test_a_locked_question_says_what_it_waits_for_until_it_opens(opened: Opener, lessons: Path) -> None:
    locked = LESSON.replace("      - derive: H1\n", "      - ask: H1\n        after: Z1\n")
    (lessons / "01-every-kind.yaml").write_text(locked, encoding="utf-8")
    async with opened("every-kind", size=(80, 60)) as pilot:
        (waiting,) = lesson_screen(pilot.app).query(LockedBlock)
        assert "Z₁" in str(waiting.content)
        await type_in(pilot, "-0.7")
        await press(pilot, "enter")
        assert not lesson_screen(pilot.app).query(LockedBlock)
        assert field(pilot.app, "H1") is not None


def test_a_locked_question_names_what_it_waits_for() -> None:
    def said(*labels: str, screen: int = 0) -> str:
        return LockedView("x", labels, screen).sentence(0)

    assert "once the question above is" in said("")
    assert "once a question on screen 3 is" in said("", screen=2)
    assert "once Z₁ and the question above are" in said("Z₁", "")


async def test_f2_says_once_that_there_is_no_hint_and_is_not_offered(opened: Opener, lessons: Path) -> None:
    (lessons / "01-every-kind.yaml").write_text(
        LESSON.replace(
            "      - ask: hidden.H\n", "      - number: How many units?\n        answer: 3\n        hints: []\n"
        ),
        encoding="utf-8",
    )
    async with opened("every-kind", screen=VECTOR, toasts=True) as pilot:
        assert "f2" not in seen(pilot.app).splitlines()[-1]
        await press(pilot, "f2", "f2", "f2")
        assert seen(pilot.app).count("no hint") == 1  # one message, however often the key is pressed


# -- the subject of a question ----------------------------------------------------------------------------------------

LESSONS = sorted(paths.shipped_lessons().glob("*.yaml"))


def _subject_and_fields(view: ScreenView) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the kinds of subject and of field on a screen, or None if no question has a subject above it."""
    about = [isinstance(block, DiagramView | PlotView | ImageView | TableView) for block in view.blocks]
    if not any(about) or not any(isinstance(block, QuestionView) for block in view.blocks[about.index(True) :]):
        return None
    names = {type(block).__name__ for block, is_subject in zip(view.blocks, about, strict=True) if is_subject}
    return frozenset(names), frozenset(field.kind.name for field in view.fields)


async def test_the_subject_of_a_question_is_visible_with_its_field(store: Store) -> None:
    """When a screen opens and in each of its fields, for every kind of subject with every kind of field. The campaign
    ``benchmarks.campaigns.tabbing`` checks every screen of the course."""
    app = TutorApp(store, str(LESSONS[0]), warm=False)
    app.animation_level = "none"
    sessions = [Session(load(path), store) for path in LESSONS]
    places = [(each, index) for each in sessions for index in range(len(each.titles))]
    kinds = {(each, index): of for each, index in places if (of := _subject_and_fields(each.goto(index)))}
    found, known = [], set[tuple[frozenset[str], frozenset[str]]]()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = app.screen
        assert isinstance(shown, LessonScreen)
        for taken, index in sorted(kinds, key=lambda place: -len(kinds[place][1])):  # several kinds of field first
            subjects, fields = kinds[taken, index]
            if any(subjects == others and fields <= more for others, more in known):
                continue
            known.add((subjects, fields))
            await shown.take(taken)
            await shown.show_screen(taken.goto(index))
            await painted(shown)
            where = f"{taken.lesson.id}, screen {index + 1}"
            found += [f"{where}, {each}" async for each in subjects_unseen(shown)]
    assert len(known) > 5
    assert found == []


async def test_typing_scrolls_to_the_subject_of_the_question(store: Store) -> None:
    app = TutorApp(store, str(LESSONS[1]), warm=False)
    app.animation_level = "none"
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = app.screen
        assert isinstance(shown, LessonScreen)
        await shown.show_screen(shown.session.goto(1))
        await painted(shown)
        await painted(shown)
        shown.page.scroll_home(animate=False)
        await painted(shown)
        assert unseen(shown)
        await type_in(pilot, "1")
        await painted(shown)
        assert not unseen(shown)


async def test_a_page_that_opens_at_its_drawing_says_more_above(store: Store) -> None:
    app = TutorApp(store, str(LESSONS[1]), warm=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = app.screen
        assert isinstance(shown, LessonScreen)
        await shown.show_screen(shown.session.goto(1))
        await painted(shown)
        assert shown.page.scroll_y > 0
        assert "more above" in seen(app)
        shown.page.scroll_home(animate=False)
        await painted(shown)
        assert "more above" not in seen(app)
        assert "more below" in seen(app)


@plays("LessonScreen.so_far")
async def test_one_key_shows_the_numbers_so_far(opened: Opener) -> None:
    """You should see found and given values, and a wrong answer with its sign."""
    async with opened("every-kind") as pilot:
        for text in ("-0.7", "7"):
            await type_in(pilot, text)
            await press(pilot, "enter")
        await press(pilot, "pagedown", "ctrl+o")
        strip = pilot.app.screen.query_one(SoFar)
        words = str(strip.content).replace(NO_BREAK, " ")
        assert [part in words for part in ("Z₁ −0.7", "Z₂ 7 ✗", "w₁₁ 0.2", "H₁")] == [True, True, True, False]
        assert strip.region.area
        await type_in(pilot, "0")
        assert field(pilot.app, "hidden.H").answer == ("0", ""), "typing continues in the field"
        await press(pilot, "ctrl+o")
        assert not strip.display


async def test_a_screen_without_a_drawing_shows_its_network_beside_it(opened: Opener) -> None:
    async with opened("every-kind", screen=VECTOR, size=(140, 45)) as pilot:
        drawings = [each for each in pilot.app.screen.query(Diagram) if each.region.area]
        assert [each.view.of for each in drawings] == ["lab2"]


@pytest.mark.parametrize("screen", [VECTOR, CHOICES])
async def test_a_page_is_centred_on_a_wide_screen(opened: Opener, screen: int) -> None:
    """The page and its drawing are centred together; without a drawing, the page alone."""
    async with opened("every-kind", screen=screen, size=(160, 45)) as pilot:
        page, beside = lesson_screen(pilot.app).page.region, lesson_screen(pilot.app).map.region
        right = max(page.right, beside.right)
        assert abs(page.x - (160 - right)) <= 1
        assert bool(beside.width) == (screen == VECTOR)


async def test_given_values_are_never_broken_at_an_equals_sign(opened: Opener, lessons: Path) -> None:
    many = LESSON.replace("target: 1", "target: 1.23456789")
    (lessons / "01-every-kind.yaml").write_text(many, encoding="utf-8")
    async with opened("every-kind", screen=4, size=(60, 40)) as pilot:
        given = pilot.app.screen.query_one(GivenBlock)
        lines = [line.strip() for line in seen(pilot.app).splitlines()]
        assert given.region.area
        assert not [line for line in lines if line.endswith(" =") or line.lstrip("▌ ").startswith("=")]


async def test_the_number_of_decimals_is_said_once(opened: Opener, lessons: Path) -> None:
    whole = LESSON.replace("      - ask: [yhat, E]\n", "").replace(
        "of: descent\n", "of: descent\n        decimals: 0\n"
    )
    (lessons / "01-every-kind.yaml").write_text(whole, encoding="utf-8")
    async with opened("every-kind", screen=OUTPUT, size=(100, 30)) as pilot:
        await type_in(pilot, "9.4")
        await press(pilot, "enter")
        assert "Not right" in seen(pilot.app)
        assert seen(pilot.app).count("a whole number") == 1


async def test_no_cell_is_named_after_the_cursor_leaves_the_grid(opened: Opener) -> None:
    async with opened("every-kind", screen=VECTOR) as pilot:
        grid = field(pilot.app, "hidden.H")
        assert isinstance(grid, GridField)
        assert "H₁" in str(grid.reading.content)
        await type_in(pilot, "0")
        await press(pilot, "enter")
        await type_in(pilot, "0.1")
        await press(pilot, "enter")
        assert grid.state.done
        assert not str(grid.reading.content)


# -- cells -----------------------------------------------------------------------------------------------------------


async def test_cells_are_numbered(opened: Opener, lessons: Path) -> None:
    cell = "      - run: |\n          print(6 * 7)\n        output: '42'\n"
    other = cell.replace("6 * 7", "2 * 21")
    (lessons / "01-every-kind.yaml").write_text(LESSON.replace(cell, cell + other), encoding="utf-8")
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        numbers = [str(each.content) for each in lesson_screen(pilot.app).query(".number").results(Static)]
        assert numbers == ["cell 1", "cell 2"]
        assert len(lesson_screen(pilot.app).query("#above")) == 1, "above the first cell there is nothing to run"
