"""A lesson worked through on the screen: every kind of question, what is saved, where the keys lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from tests.ui.driving import (
    CHOICES,
    GAPS,
    PROGRAMS,
    SHOWN,
    VECTOR,
    Opener,
    enter,
    field,
    go_to,
    is_focused,
    lesson_screen,
    messages,
    paste,
    press,
    resize,
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
from tutor.session import Session
from tutor.session.model import FieldState
from tutor.store import Store
from tutor.ui.fields import FieldWidget
from tutor.ui.fields.choice import ChoiceField
from tutor.ui.fields.grid import GridField
from tutor.ui.fields.number import NumberField
from tutor.ui.fields.order import OrderField
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.hints import Hints

# -- numbers ----------------------------------------------------------------------------------------------------------


def marked_line(pilot: Pilot[None]) -> str:
    """Return the line of the screen with the answer to Z₁."""
    return next(line for line in seen(pilot.app).splitlines() if "▌   Z₁" in line)


@plays("Entry.submit", "Entry.undo", "Entry.redo", "NavButton.press")
async def test_a_number_is_read_marked_explained_and_mended(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        assert not [sign for sign in ("I read", "!") if sign in seen(pilot.app)]
        await type_in(pilot, "0.2*(1")
        assert "!" in seen(pilot.app), "an unreadable answer is reported at once"
        await enter(pilot)
        assert "!" in marked_line(pilot)
        assert state(pilot.app, "Z1").attempts == 0, "and is no attempt"
        await type_in(pilot, "1")
        assert "!" not in marked_line(pilot), "the sign belongs to the earlier answer"

        for key, left in (("ctrl+u", ""), ("ctrl+z", "0.2*(11"), ("ctrl+y", "")):
            await press(pilot, key)
            assert field(pilot.app, "Z1").answer == left, key
        await type_in(pilot, "-0.3")
        await enter(pilot)
        number = field(pilot.app, "Z1")
        assert isinstance(number, NumberField)
        assert "✗" in marked_line(pilot)
        assert number.entry.has_class("-wrong")
        assert "This leaves out the bias θ₁" in seen(pilot.app)
        assert is_focused(pilot.app, "Z1")
        await type_in(pilot, "9")
        assert number.answer == "9", "typing replaces a wrong answer"
        assert "✗" not in marked_line(pilot)
        assert not number.entry.has_class("-wrong")
        assert "This leaves out the bias θ₁" in seen(pilot.app), "the explanation stays"
        assert "Z₁ ?" in seen(pilot.app), "the drawing shows no value yet"
        await press(pilot, "ctrl+z")
        assert number.answer == "-0.3", "undo brings it back"

        await press(pilot, "ctrl+u")
        await type_in(pilot, "-0.7")
        assert "I read −0.7" in seen(pilot.app)
        await enter(pilot)
        assert "✓" in marked_line(pilot)
        assert "Z₁ −0.7" in seen(pilot.app), "the drawing shows it"
        assert isinstance(pilot.app.focused, Entry)
        assert is_focused(pilot.app, "Z2"), "the next field has the focus"
        await press(pilot, "up")
        await type_in(pilot, "1")
        assert "✓" not in marked_line(pilot)

        await press(pilot, "down")
        await type_in(pilot, "1/10")
        await enter(pilot)
        assert "The bias counts." in seen(pilot.app)
        assert isinstance(pilot.app.focused, Button)
        assert pilot.app.focused.id == "next"
        await enter(pilot)
        assert session(pilot.app).position == 1


async def test_an_empty_answer_is_reported_and_is_no_attempt(opened: Opener) -> None:
    said = NOTHING_TYPED.message
    async with opened("every-kind") as pilot:
        page = lesson_screen(pilot.app).page
        for screen, typed in ((GAPS, "x"), (0, "9"), (VECTOR, "9")):
            await go_to(pilot, screen)
            asked = page.field_widgets()[0]
            await press(pilot, "enter")
            assert said in seen(pilot.app)
            assert asked.has_focus_within, "the question keeps the focus"
            assert session(pilot.app).state(asked.field.id) == FieldState()
            await type_in(pilot, typed)
            await until(pilot, lambda: said not in seen(pilot.app), "the message to go")
            if screen == GAPS:
                text = page.field_widgets()[-1]
                text.focus_field()
                await press(pilot, "f5")
                assert said in seen(pilot.app)
                assert session(pilot.app).state(text.field.id).result is None, "an empty text is not kept"
        await press(pilot, "enter", "enter")
        assert f"H₂: {said}" in seen(pilot.app), "the last empty cell"
        assert state(pilot.app, "hidden.H").result is None


async def test_escape_keeps_what_was_typed_and_makes_letters_commands(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "tab")
        await type_in(pilot, "n12")  # saved while it is typed
        await until(pilot, lambda: store.drafts("every-kind", "") == {"lab2:Z2": "n12"}, "the saved draft")
        await pilot.press("escape")
        assert state(pilot.app, "Z2").draft == "n12"
        assert state(pilot.app, "Z2").attempts == 0
        await press(pilot, "h")
        assert state(pilot.app, "Z2").hints_opened == 1, "the letter applies to the same field"
        assert state(pilot.app, "Z1").hints_opened == 0
        await press(pilot, "n")
        assert session(pilot.app).position == 1


async def test_drafts_are_restored_and_answers_marked_again_after_the_lesson_changed(
    opened: Opener, store: Store, lessons: Path
) -> None:
    path = lessons / "01-every-kind.yaml"
    earlier = Session(load(path), store)
    earlier.submit("lab2:Z1", "-0.7")
    assert earlier.state("lab2:Z1").solved
    earlier.draft("lab2:Z2", "0.")
    earlier.save()
    text = path.read_text(encoding="utf-8")
    assert "theta1: -0.4" in text
    path.write_text(text.replace("theta1: -0.4", "theta1: -0.5"), encoding="utf-8")
    async with opened("every-kind") as pilot:
        assert field(pilot.app, "Z2").answer == "0."
        assert "✓" not in marked_line(pilot)
        assert state(pilot.app, "Z1").to_fix
        assert any("Z₁" in message for message in messages(pilot.app))


async def test_a_small_screen_shows_the_field_its_reading_and_its_verdict(opened: Opener) -> None:
    def words() -> str:
        return " ".join(seen(pilot.app).replace("▌", " ").split())

    async with opened("every-kind", size=(60, 20)) as pilot:
        await type_in(pilot, "0.1 0 0.8")
        assert "Write * for a product, + for a sum." in words(), "a long reading is wrapped"
        await press(pilot, "ctrl+u")
        await type_in(pilot, "5")
        await enter(pilot)
        lines = seen(pilot.app).splitlines()
        place = next(place for place, line in enumerate(lines) if "✗" in line)
        assert lines[place].rstrip().endswith("✗")
        assert "Not right, and no typical mistake gives" in lines[place + 1], "a long verdict has the full width"
        for name in ("Z1", "Z2"):
            assert is_focused(pilot.app, name)
            assert pilot.app.screen.can_view_entire(field(pilot.app, name))
            await press(pilot, "down")
        await go_to(pilot, VECTOR)
        await type_in(pilot, "0.1 0 0.8")
        assert "Write * for a product, + for a sum." in words(), "also in a grid"


async def test_resizing_keeps_the_typed_text_and_the_focus(opened: Opener) -> None:
    async with opened("every-kind", size=(140, 45)) as pilot:
        await press(pilot, "f2")
        await type_in(pilot, "-0.7")
        foot = lesson_screen(pilot.app).page.foot
        before = foot.region.y
        for size in ((60, 20), (59, 20), (40, 10), (140, 45)):
            await resize(pilot, size)
            assert ("A little more room" in seen(pilot.app)) is (size[0] < 60)
        assert field(pilot.app, "Z1").answer == "-0.7"
        assert is_focused(pilot.app, "Z1")
        await until(pilot, lambda: foot.region.y == before, "the buttons below the text, where there is room")


# -- grids ------------------------------------------------------------------------------------------------------------


@plays("Entry.left", "Entry.right")
async def test_a_grid_is_filled_cell_by_cell(opened: Opener) -> None:
    async with opened("every-kind", screen=VECTOR) as pilot:
        grid = field(pilot.app, "hidden.H")
        assert isinstance(grid, GridField)
        first, second = grid.entries()
        assert (first.placeholder, second.placeholder) == ("", "H₂"), "the focused cell has no placeholder"
        assert "H₁" in str(grid.reading.content)
        assert "H₁   3 decimals" in seen(pilot.app), "its name is below it"
        await press(pilot, "tab")
        assert (first.placeholder, second.placeholder) == ("H₁", "")
        await press(pilot, "left")
        await type_in(pilot, "abc")
        await press(pilot, "enter")
        assert pilot.app.focused is second, "Enter goes to the next empty cell"
        await press(pilot, "left")
        assert pilot.app.focused is first
        await press(pilot, "right", "right")
        assert pilot.app.focused is second
        await type_in(pilot, "7")
        await press(pilot, "enter")
        assert pilot.app.focused is first, "the first cell that is not right, here an unreadable one"
        await press(pilot, "ctrl+u")
        await type_in(pilot, "8")
        await enter(pilot)
        assert (first.is_wrong, second.is_wrong) == (True, True)
        await type_in(pilot, "0")
        assert grid.answer == ("0", "7"), "typing replaces the wrong number"
        assert (first.is_wrong, second.is_wrong) == (False, True), "only the edited cell loses its mark"
        await enter(pilot)
        assert first.has_class("-correct")
        assert second.has_class("-wrong")
        assert pilot.app.focused is second
        await type_in(pilot, "0.1")
        await enter(pilot)
        assert grid.state.done
        assert not str(grid.reading.content), "no cell is named after the cursor has left the grid"


async def test_a_vector_is_pasted_undone_and_redone_as_a_whole(opened: Opener) -> None:
    async with opened("every-kind", screen=VECTOR) as pilot:
        grid = field(pilot.app, "hidden.H")
        await paste(pilot, "0.2*1 - 0.5 - 0.4")
        assert grid.answer == ("0.2*1 - 0.5 - 0.4", ""), "a calculation goes into one cell"
        await press(pilot, "ctrl+z")
        assert grid.answer == ("", "")
        await press(pilot, "7")
        await paste(pilot, "[0, 0.1]")
        assert grid.answer == ("0", "0.1")
        assert state(pilot.app, "hidden.H").draft == ("0", "0.1")
        await paste(pilot, "1 2 3")
        assert grid.answer == ("0", "0.1"), "a vector of the wrong size changes nothing"
        await paste(pilot, "0.25\r0.5\r")
        assert grid.answer == ("0.25", "0.5"), "a terminal may end the lines of a paste as Enter does"
        await press(pilot, "ctrl+z")
        assert grid.answer == ("0", "0.1")
        assert state(pilot.app, "hidden.H").draft == ("0", "0.1")
        await press(pilot, "tab", "ctrl+z")
        assert grid.answer == ("7", ""), "undo works from any cell"
        await press(pilot, "ctrl+y")
        assert grid.answer == ("0", "0.1")
        await press(pilot, "5", "ctrl+z")
        assert grid.answer == ("0", "0.1"), "typing after the paste is undone first"
        await press(pilot, "ctrl+z", "shift+tab", "ctrl+z")
        assert grid.answer == ("", "")
        await paste(pilot, "⎡0  ⎤\n⎣0.1⎦")
        assert grid.answer == ("0", "0.1"), "a vector as the tutor draws it"


# -- choices, steps, gaps, words --------------------------------------------------------------------------------------


@plays(
    "ChoiceField.pick", "ChoiceField.pick_place", "ChoiceField.move", "FieldWidget.check",
    "OrderField.drop", "OrderField.shift", "OrderField.take", "OrderField.move",
)  # fmt: skip
async def test_options_are_picked_by_letter_number_arrows_or_mouse_and_steps_are_ordered(opened: Opener) -> None:
    async with opened("every-kind", screen=CHOICES) as pilot:
        choice, order = pilot.app.screen.query_one(ChoiceField), pilot.app.screen.query_one(OrderField)
        for untouched in (order, choice):
            untouched.focus()
            await press(pilot, "enter")
            assert session(pilot.app).state(untouched.field.id).attempts == 0
            assert untouched.mark.display, "a message says what to do first"
        await pilot.press("2")
        assert choice.picked == (choice.field.options[1].key,)
        await pilot.press("a")
        assert choice.picked == (choice.field.options[0].key,)
        await pilot.press("b")
        assert choice.picked == (choice.field.options[1].key,)
        await pilot.press("up", "space")
        first = choice.picked
        await pilot.click(choice.query("OptionLine").last())
        assert choice.picked != first
        await pilot.press("2", "enter")
        await settle(pilot)
        assert "b ✗ The input layer" in seen(pilot.app), "the verdict is beside the checked option"
        await pilot.press("1")
        assert "a ● The output layer" in seen(pilot.app), "and not beside one picked later"
        await pilot.press("enter")
        await settle(pilot)
        assert "a ✓ The output layer" in seen(pilot.app)
        assert "The error is known there." in seen(pilot.app)
        assert session(pilot.app).state(choice.field.id).attempts == 2

        order.focus()
        texts = {option.text: option.key for option in order.field.options}
        order.cursor = order.steps.index(texts["dance"])
        await pilot.press("x")
        assert texts["dance"] not in order.answer
        for place, step in enumerate(("forward", "loss", "backward")):
            order.cursor = order.steps.index(texts[step])
            while order.cursor > place:
                await pilot.press("shift+up")
        await pilot.press("space")
        assert order.taken
        assert "space put down ↑ ↓ carry" in seen(pilot.app)
        await pilot.press("up", "down", "space")
        await settle(pilot)
        assert "space pick up" in seen(pilot.app)
        await press(pilot, "space", "enter")
        assert not order.taken, "Enter puts the step down"
        assert session(pilot.app).state(order.field.id).solved


@plays("WriteField.check")
async def test_gaps_a_formula_and_a_text_are_answered(opened: Opener) -> None:
    async with opened("every-kind", screen=GAPS, size=(80, 40)) as pilot:
        await type_in(pilot, "backward")
        await enter(pilot)
        await type_in(pilot, "step")
        await enter(pilot)
        assert session(pilot.app).state(pilot.app.screen.query(FieldWidget).first().field.id).solved
        await type_in(pilot, "yhat-y")
        assert "I read" in seen(pilot.app)
        await enter(pilot)
        assert session(pilot.app).progress.done == 2
        await type_in(pilot, "b")
        await pilot.press("f5")
        await settle(pilot)
        assert "✓ kept" in seen(pilot.app)
        assert "The bias." in seen(pilot.app)


# -- hints ------------------------------------------------------------------------------------------------------------


@plays("LessonScreen.hint", "Confirm.dismiss")
async def test_hints_open_one_by_one_below_their_field_and_the_last_is_confirmed(opened: Opener, store: Store) -> None:
    store.set_setting("keys", {"lesson.hint": "ctrl+t"})
    async with opened("every-kind") as pilot:
        await press(pilot, "ctrl+t")
        assert "Hint 1 of 5" in seen(pilot.app)
        assert "^t  Next: its formula. Free." in seen(pilot.app), "the key and the cost of the next one"
        await press(pilot, "escape", "h")
        assert "Hint 2 of 5" in seen(pilot.app)
        await press(pilot, "ctrl+t")
        assert "Hint 3 of 5" in seen(pilot.app), "the newest is visible below its field"
        assert pilot.app.screen.can_view_partial(field(pilot.app, "Z1"))

        page = lesson_screen(pilot.app).page
        page.focus_field("lab2:Z1")
        for _ in range(9):
            await press(pilot, "up")
            if "Hint 1 of 5" in seen(pilot.app):
                break
        assert "Hint 1 of 5" in seen(pilot.app), "Up goes back through the older hints"
        assert is_focused(pilot.app, "Z1")
        place = page.scroll_y
        for _ in range(9):
            await press(pilot, "down")
            if is_focused(pilot.app, "Z2"):
                break
            assert page.scroll_y == place, "the hints scroll, not the page"
        assert is_focused(pilot.app, "Z2"), "Down goes through the newer ones to the next field"

        page.focus_field("lab2:Z1")
        await press(pilot, "ctrl+t", "ctrl+t")
        assert "shows the answer" in seen(pilot.app)
        await press(pilot, "n")
        assert state(pilot.app, "Z1").hints_opened == 4
        await press(pilot, "ctrl+t", "y")
        assert state(pilot.app, "Z1").done


@pytest.mark.parametrize("on_the_sheet", [False, True])
async def test_open_hints_are_about_the_current_answer(opened: Opener, on_the_sheet: bool) -> None:
    """Hints about an earlier answer go away with it, and hints are free once the question is done."""
    async with opened("every-kind") as pilot:
        if on_the_sheet:
            await press(pilot, "f4")
        await type_in(pilot, "-0.3")  # leaves out the bias
        await enter(pilot)
        for _ in range(3):
            session(pilot.app).open_hint("lab2:Z1")
        await press(pilot, "f2")
        for text in ("5", "-0.7"):
            await type_in(pilot, text)
            await enter(pilot)
            if on_the_sheet and text == "-0.7":
                await press(pilot, "up")  # the worksheet shows the hints of the focused line
            ladder = session(pilot.app).hints("lab2:Z1")
            assert ladder.opened == 3
            assert pilot.app.screen.query_one(Hints).of[0] == ladder
        assert ladder.following is not None
        assert ladder.following.cost == "free"


# -- commands ---------------------------------------------------------------------------------------------------------


@plays("LessonScreen.contents", "LessonScreen.fix", "LessonScreen.give_up")
async def test_contents_go_to_a_screen_e_to_a_wrong_answer_and_f8_shows_it(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "5")
        await enter(pilot)
        await press(pilot, "f7", "down", "down", "enter")
        assert session(pilot.app).position == 2
        await press(pilot, "escape", "e")
        assert session(pilot.app).position == 0
        assert is_focused(pilot.app, "Z1")
        await press(pilot, "f8")
        assert not state(pilot.app, "Z1").done, "it asks first"
        await press(pilot, "y")
        assert state(pilot.app, "Z1").given_up
        assert "◦  Shown: −0.7" in seen(pilot.app)


@plays("LessonScreen.practice", "LessonScreen.variant", "LessonScreen.reset")
async def test_other_numbers_and_back_and_a_reset_that_is_confirmed_twice(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.typeahead.REPEATED_WITHIN", 0.0)
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await enter(pilot)
        await press(pilot, "escape", "p")
        assert session(pilot.app).variant == "1"
        assert session(pilot.app).progress.done == 0
        assert "#1" in seen(pilot.app)
        await press(pilot, "escape", "number_sign")
        await type_in(pilot, "17")
        await enter(pilot)
        assert session(pilot.app).variant == "17"
        await press(pilot, "escape", "number_sign", "enter")
        assert session(pilot.app).variant == ""

        await press(pilot, "escape", "R", "y", "escape")
        assert session(pilot.app).progress.done == 1, "Escape at the second question means no"
        await press(pilot, "R", "y", "y")
        assert session(pilot.app).progress.done == 0


SHORT = """
tutor: 1
title: {title}
id: {id}
objectives: [carry a sample through]
network:
  inputs: [1, 2]
  target: 1
  layers: [{{weights: [{{w1: 0.5}}, {{w2: -0.3}}], bias: {{b: 0.1}}, activation: relu}}]
screens:
  - title: First
    blocks: [{{ask: Z1}}]
  - title: Second
    blocks: [{{choose: Which?, id: which, options: [{{text: This, correct: true}}, {{text: That}}]}}]
"""


@pytest.fixture
def short(lessons: Path) -> None:
    """Add two lessons of two questions each after the long one."""
    for number, title in ((2, "Two"), (3, "Three")):
        text = SHORT.format(title=title, id=title.lower())
        (lessons / f"0{number}-{title.lower()}.yaml").write_text(text, encoding="utf-8")


@plays("EndDialog.dismiss", "EndDialog.app.focus_next", "EndDialog.app.focus_previous")
async def test_the_end_of_a_lesson_leads_to_open_questions_and_to_the_next_lesson(opened: Opener, short: None) -> None:
    async with opened("two", screen=1) as pilot:
        assert "Finish ▸" in seen(pilot.app), "the button on the last screen"
        await press(pilot, "escape", "pagedown")
        assert "The end of Two" in seen(pilot.app)
        assert "0 of 2 questions done" in seen(pilot.app)
        await press(pilot, "down", "up", "escape")
        assert session(pilot.app).position == 1, "Escape stays in the lesson"
        await press(pilot, "pagedown", "enter")
        assert session(pilot.app).position == 0
        assert isinstance(pilot.app.focused, Entry)
        assert "Next ▸" in seen(pilot.app)
        session(pilot.app).submit(session(pilot.app).screen().fields[0].id, "0")
        await press(pilot, "pagedown", "1")
        which = session(pilot.app).screen().fields[0]
        right = next(option.key for option in which.options if option.text == "This")
        session(pilot.app).submit(which.id, (right,))
        await press(pilot, "pagedown")
        assert "✓  Two is done" in seen(pilot.app)
        assert "2 of 2 questions done" in seen(pilot.app)
        assert "carry a sample through" in seen(pilot.app)
        await enter(pilot)
        await until(pilot, lambda: session(pilot.app).title == "Three", "the next lesson")


# -- the page ---------------------------------------------------------------------------------------------------------


async def test_the_focus_goes_around_and_the_current_question_is_marked(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        page = lesson_screen(pilot.app).page
        first = page.current
        assert first is not None
        assert first.has_class("-current")
        await press(pilot, "escape")
        assert first.has_class("-current"), "commands apply to it"
        page.focus_field("lab2:Z1")
        await press(pilot, "tab", "tab", "tab")
        assert pilot.app.focused is page.foot.query_one("#next"), "past the line that opens the derivation"
        assert not first.has_class("-current")
        await press(pilot, "shift+tab", "shift+tab")
        assert is_focused(pilot.app, "Z2")
        assert first.has_class("-current")
        await press(pilot, "pagedown", "tab", "tab", "shift+tab")
        assert is_focused(pilot.app, "hidden.H"), "also where there is only one field"


async def test_a_new_screen_is_painted_in_its_final_layout_and_a_new_focus_paints_no_screen(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question does not move after its first frame."""
    painted: list[tuple[int, bool, bool]] = []
    paint = LessonScreen._compositor_refresh

    def look(self: LessonScreen) -> None:
        page = self.page
        if page.view is not None and page.current is not None:
            docked = page.current.has_class("-docked"), page.foot.has_class("-docked")
            painted.append((page.view.index, *docked))
        paint(self)

    monkeypatch.setattr(LessonScreen, "_compositor_refresh", look)
    async with opened("every-kind", screen=VECTOR) as pilot:
        await press(pilot, "pageup")
        await pilot.pause(0.2)
        first = [each for each in painted if each[0] == 0]
        assert len(first) > 1
        assert set(first) == {(0, False, True)}

        refreshed: list[LessonScreen] = []

        def refresh(self: LessonScreen, **how: bool) -> LessonScreen:
            refreshed.append(self)
            return self

        monkeypatch.setattr(LessonScreen, "refresh", refresh)
        await press(pilot, "tab")
        assert is_focused(pilot.app, "Z2")
        assert refreshed == []


async def test_a_verdict_is_not_hidden_by_the_next_question(opened: Opener, lessons: Path) -> None:
    path = lessons / "01-every-kind.yaml"
    head = path.read_text(encoding="utf-8").partition("screens:")[0]
    asked = "      - ask: [Z1, Z2]\n  - title: The output\n    blocks:\n      - diagram: lab2\n"
    asked += "      - ask: Z3\n      - ask: [yhat, E]\n"
    path.write_text(f"{head}screens:\n  - title: The hidden layer\n    blocks:\n{asked}", encoding="utf-8")
    async with opened("every-kind", size=(80, 21)) as pilot:
        for name, answer in (("Z1", "-0.7"), ("Z2", "0.15")):
            session(pilot.app).submit(f"lab2:{name}", answer)
        await press(pilot, "pagedown")
        await type_in(pilot, "0.07")
        await enter(pilot)
        assert is_focused(pilot.app, "yhat")
        assert "marked again." in seen(pilot.app), "the end of the verdict"


async def test_a_page_scrolls_to_its_last_line_and_names_the_keys_for_it(opened: Opener) -> None:
    """One cannot scroll to the margin below the last line; the keys scroll with the present focus."""
    async with opened("every-kind", size=(80, 20)) as pilot:
        page = lesson_screen(pilot.app).page

        async def scrolls_by_the_keys_it_names(said: str) -> None:
            page.scroll_home(animate=False)
            await until(pilot, lambda: f"▾ more below {said}" in seen(pilot.app), "the keys")
            await press(pilot, *["escape"] * ("esc" in said), *["down"] * 5)
            assert page.scroll_y > 0

        await press(pilot, "escape")
        await scrolls_by_the_keys_it_names("(↓)")
        for screen, said in ((0, "(↓)"), (CHOICES, ""), (GAPS, ""), (SHOWN, "(↓)"), (PROGRAMS, "(esc ↓)")):
            await go_to(pilot, screen)
            if screen == PROGRAMS:
                await press(pilot, *["enter"] * 4, "escape", "down")
            if said:
                await scrolls_by_the_keys_it_names(said)
            if screen == PROGRAMS:
                await press(pilot, "f5")
                await until(pilot, lambda: "▌ 42" in seen(pilot.app), "what was printed")
            await press(pilot, "escape", "end")
            last = seen(pilot.app).splitlines()[page.foot.region.y - 1]
            assert last.strip(" ▁▂▃▄▅▆▇█") or not page.foot.has_class("-docked"), screen
            assert "more below" not in seen(pilot.app), screen


WRITTEN = """
tutor: 1
title: Written
id: written
screens:
  - title: One
    blocks:
      - text: |
LETTERS
      - write: What is the difference between the two, and what does it matter to those who program?
        model: The one finds the gradients, and the other moves the parameters.
  - title: Two
    blocks:
      - text: SOURCE
      - text: |
          SOURCE

          SOURCE
"""


async def test_the_page_scrolls_to_a_model_answer_and_unbroken_pieces_are_copied_with_plain_spaces(
    opened: Opener, lessons: Path
) -> None:
    said = "Type the number and press Enter. You may also type the sum itself, 0.4*2 - 0.3 + 0.1, or ŷ = [?, ?]."
    source = said.replace("0.4*2 - 0.3 + 0.1", "`0.4*2 - 0.3 + 0.1`")
    letters = "\n\n".join(f"          {letter}" for letter in "ABCDEFGH")
    text = WRITTEN.replace("LETTERS", letters).replace("SOURCE", source)
    (lessons / "09-written.yaml").write_text(text, encoding="utf-8")
    async with opened("written") as pilot:
        await type_in(pilot, "b")
        await press(pilot, "f5")
        await until(pilot, lambda: "the other moves the parameters" in " ".join(seen(pilot.app).split()), "the model")
        await press(pilot, "pagedown")
        assert seen(pilot.app).count("0.4*2 - 0.3 + 0.1") == 3
        pilot.app.screen.text_select_all()
        copied = pilot.app.screen.get_selected_text()
        assert copied is not None
        assert copied.count(said) == 3
