"""Even at 80×24, a learner sees a question's subject, what a locked question waits for, and the last verdict."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Static

from benchmarks.campaigns.tabbing import painted, subjects_unseen, unseen
from tests.ui.driving import (
    CHOICES,
    LESSON,
    OUTPUT,
    PROGRAMS,
    SHOWN,
    VECTOR,
    Opener,
    field,
    go_to,
    lesson_screen,
    paste,
    press,
    resize,
    seen,
    settle,
    type_in,
    until,
)
from tests.ui.keys import plays
from tutor import paths
from tutor.lessons import cache
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
        await paste(pilot, "+".join(["0.125"] * 12))
        await until(pilot, lambda: above_the_question() != before, "the long reading")
        await press(pilot, "ctrl+z")
        await until(pilot, lambda: above_the_question() == before, "the page as it was")


SHEETS = """
tutor: 1
title: Sheets
id: sheets
worksheets:
  sums: {given: {a: 2, b: 3}, steps: {s: a + b, r: a + b}}
  small: {given: {a: 2}, steps: {s: 2*a}}
  large: {given: {X: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 71]]}, steps: {Y: 2*X, Z: 3*X}}
screens:
  - title: Six rows
    of: sums
    blocks:
      - text: What is the sum?
      - table: {columns: [a, b], rows: [[2, 3], [2, 3], [2, 3], [2, 3], [2, 3], [2, 3]]}
      - ask: s
        prompt: The sum
  - title: Seven rows
    of: sums
    blocks:
      - text: What is the sum?
      - table: {columns: [a, b], rows: [[2, 3], [2, 3], [2, 3], [2, 3], [2, 3], [2, 3], [2, 3]]}
      - ask: r
        prompt: The sum
  - title: Two questions
    of: small
    blocks:
      - ask: s
      - text: Now a larger one.
      - given: large
      - ask: large:Y, large:Z
"""


async def test_a_verdict_is_visible_below_a_table_and_given_numbers_with_the_next_question(
    opened: Opener, lessons: Path
) -> None:
    (lessons / "01-sheets.yaml").write_text(SHEETS, encoding="utf-8")
    async with opened("sheets", size=(60, 20)) as pilot:
        for rows in (0, 1):
            await go_to(pilot, rows)
            await type_in(pilot, "77")
            await press(pilot, "enter")
            assert "the first term, a." in seen(pilot.app), "the cursor stays, so nothing else scrolls to the verdict"
        await resize(pilot, (80, 24))
        await go_to(pilot, 2)
        await type_in(pilot, "4")
        await press(pilot, "enter")
        assert "71" in seen(pilot.app)


# -- locked questions ------------------------------------------------------------------------------------------------


async def test_a_question_waits_until_it_opens_and_f2_is_not_offered_without_a_hint(
    opened: Opener, lessons: Path
) -> None:
    altered = LESSON.replace("      - derive: H1\n", "      - ask: H1\n        after: Z1\n")
    altered = altered.replace(
        "      - ask: hidden.H\n", "      - number: How many units?\n        answer: 3\n        hints: []\n"
    )
    (lessons / "01-every-kind.yaml").write_text(altered, encoding="utf-8")
    async with opened("every-kind", size=(80, 60), toasts=True) as pilot:
        (waiting,) = lesson_screen(pilot.app).query(LockedBlock)
        assert "Z₁" in str(waiting.content)
        await type_in(pilot, "-0.7")
        await press(pilot, "enter")
        assert not lesson_screen(pilot.app).query(LockedBlock)
        assert field(pilot.app, "H1") is not None

        await go_to(pilot, VECTOR)
        assert "f2" not in seen(pilot.app).splitlines()[-1]
        await press(pilot, "f2", "f2", "f2")
        assert seen(pilot.app).count("no hint") == 1, "one message, however often the key is pressed"


def test_a_locked_question_names_what_it_waits_for() -> None:
    def said(*labels: str, screen: int = 0) -> str:
        return LockedView("x", labels, screen).sentence(0)

    assert "once the question above is" in said("")
    assert "once a question on screen 3 is" in said("", screen=2)
    assert "once Z₁ and the question above are" in said("Z₁", "")


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
    sessions = [Session(cache.load(path), store) for path in LESSONS]
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
            taken.goto(index)
            await shown.take(taken)
            await painted(shown)
            assert shown.page.view == taken.screen()
            where = f"{taken.lesson.id}, screen {index + 1}"
            found += [f"{where}, {each}" async for each in subjects_unseen(shown)]
    assert len(known) > 5
    assert found == []


async def test_a_page_opens_at_its_drawing_and_typing_scrolls_back_to_it(store: Store) -> None:
    app = TutorApp(store, str(LESSONS[1]), warm=False)
    app.animation_level = "none"
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = app.screen
        assert isinstance(shown, LessonScreen)
        await go_to(pilot, 1)
        await painted(shown)
        assert shown.page.scroll_y > 0
        assert "more above" in seen(app)
        shown.page.scroll_home(animate=False)
        await painted(shown)
        assert "more above" not in seen(app)
        assert "more below" in seen(app)
        assert unseen(shown)
        await type_in(pilot, "1")
        await painted(shown)
        assert not unseen(shown)


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


async def test_on_a_wide_screen_the_drawing_is_beside_the_page_and_both_are_centred(opened: Opener) -> None:
    async with opened("every-kind", screen=CHOICES, size=(160, 45)) as pilot:
        lesson = lesson_screen(pilot.app)
        for screen, drawings in ((CHOICES, []), (VECTOR, ["lab2"])):  # no question there shows the network itself
            await go_to(pilot, screen)
            assert [each.view.of for each in lesson.query(Diagram) if each.region.area] == drawings
            right = max(lesson.page.region.right, lesson.map.region.right)
            assert abs(lesson.page.region.x - (160 - right)) <= 1, screen
            assert bool(lesson.map.region.width) == bool(drawings)


async def test_given_values_are_not_broken_decimals_are_said_once_and_cells_are_numbered(
    opened: Opener, lessons: Path
) -> None:
    altered = LESSON.replace("target: 1", "target: 1.23456789").replace("      - ask: [yhat, E]\n", "")
    altered = altered.replace("of: descent\n", "of: descent\n        decimals: 0\n")
    cell = "      - run: |\n          print(6 * 7)\n        output: '42'\n"
    altered = altered.replace(cell, cell + cell.replace("6 * 7", "2 * 21"))
    (lessons / "01-every-kind.yaml").write_text(altered, encoding="utf-8")
    async with opened("every-kind", screen=SHOWN, size=(60, 40)) as pilot:
        lines = [line.strip() for line in seen(pilot.app).splitlines()]
        assert pilot.app.screen.query_one(GivenBlock).region.area
        assert not [line for line in lines if line.endswith(" =") or line.lstrip("▌ ").startswith("=")]

        await go_to(pilot, PROGRAMS)
        numbers = [str(each.content) for each in lesson_screen(pilot.app).query(".number").results(Static)]
        assert numbers == ["cell 1", "cell 2"]
        assert len(lesson_screen(pilot.app).query("#above")) == 1, "above the first cell there is nothing to run"

        await resize(pilot, (100, 30))
        await go_to(pilot, OUTPUT)
        await type_in(pilot, "9.4")
        await press(pilot, "enter")
        assert "Not right" in seen(pilot.app)
        assert seen(pilot.app).count("a whole number") == 1
