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
    is_focused,
    lesson_screen,
    messages,
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
from tutor.lessons.blocks.base import NOTHING_TYPED
from tutor.session.model import FieldState
from tutor.store import Store
from tutor.ui.fields import FieldWidget
from tutor.ui.fields.choice import ChoiceField
from tutor.ui.fields.order import OrderField
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.hints import Hints


@plays("Entry.submit", "NavButton.press")
async def test_after_a_right_answer_the_next_field_has_the_focus(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        assert "I read" not in seen(pilot.app)
        await type_in(pilot, "-0.7")
        assert "I read −0.7" in seen(pilot.app)
        await enter(pilot)
        assert "✓" in seen(pilot.app)
        assert isinstance(pilot.app.focused, Entry)
        assert is_focused(pilot.app, "Z2")
        await type_in(pilot, "1/10")
        await enter(pilot)
        assert "The bias counts." in seen(pilot.app)
        assert isinstance(pilot.app.focused, Button)
        assert pilot.app.focused.id == "next"
        await enter(pilot)
        assert session(pilot.app).position == 1


async def test_the_explanation_of_a_wrong_answer_stays_while_it_is_edited(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        await type_in(pilot, "-0.3")
        await enter(pilot)
        assert "✗" in seen(pilot.app)
        assert "bias" in seen(pilot.app)
        assert is_focused(pilot.app, "Z1")
        await type_in(pilot, "9")
        assert "✗" not in seen(pilot.app), "the sign belongs to the earlier answer"
        assert "bias" in seen(pilot.app), "the explanation stays"


async def test_an_unreadable_answer_says_so_and_is_no_attempt(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "abc+")
        assert "!" in seen(pilot.app)
        await enter(pilot)
        assert state(pilot.app, "Z1").attempts == 0


@pytest.mark.parametrize(
    ("screen", "check", "typed"),
    [(0, "enter", "9"), (1, "enter", "9"), (3, "enter", "x")],
    ids=["a number", "a grid", "gaps"],
)
async def test_enter_in_an_empty_field_says_so_and_is_no_attempt(
    opened: Opener, screen: int, check: str, typed: str
) -> None:
    said = NOTHING_TYPED.message
    async with opened("every-kind", screen=screen) as pilot:
        asked = lesson_screen(pilot.app).page.field_widgets()[0]
        await press(pilot, check)
        assert said in seen(pilot.app)
        assert asked.has_focus_within, "the question keeps the focus"
        assert session(pilot.app).state(asked.field.id) == FieldState()
        await type_in(pilot, typed)
        await until(pilot, lambda: said not in seen(pilot.app), "the message to go")


async def test_enter_in_the_last_empty_cell_says_that_it_is_empty(opened: Opener) -> None:
    async with opened("every-kind", screen=1) as pilot:
        await type_in(pilot, "0")
        await enter(pilot)
        await enter(pilot)
        assert f"H₂: {NOTHING_TYPED.message}" in seen(pilot.app)
        assert state(pilot.app, "hidden.H").result is None


async def test_an_empty_text_is_not_kept(opened: Opener) -> None:
    async with opened("every-kind", screen=3) as pilot:
        text = lesson_screen(pilot.app).page.field_widgets()[-1]
        text.focus_field()
        await press(pilot, "f5")
        assert NOTHING_TYPED.message in seen(pilot.app)
        assert session(pilot.app).state(text.field.id).result is None


async def test_escape_keeps_what_was_typed_and_makes_letters_commands(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "n12")
        await pilot.press("escape")
        assert state(pilot.app, "Z1").draft == "n12"
        await pilot.press("n")
        await settle(pilot)
        assert session(pilot.app).position == 1
    assert store.drafts("every-kind", "")["lab2:Z1"] == "n12"


async def test_a_draft_is_saved_while_typing_and_restored(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.")
        await until(pilot, lambda: store.drafts("every-kind", "") == {"lab2:Z1": "-0."}, "the draft")
        assert state(pilot.app, "Z1").attempts == 0
    async with opened("every-kind") as pilot:
        entry = field(pilot.app, "Z1").entries()[0]
        assert entry.value == "-0."


@plays("Entry.undo", "Entry.redo")
async def test_undo_and_redo_in_a_field(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "12")
        await pilot.press("ctrl+u")
        entry = pilot.app.focused
        assert isinstance(entry, Entry)
        assert entry.value == ""
        await pilot.press("ctrl+z")
        assert entry.value == "12"
        await pilot.press("ctrl+y")
        assert entry.value == ""


async def test_a_field_and_its_verdict_stay_visible_on_a_small_screen(opened: Opener) -> None:
    async with opened("every-kind", size=(60, 20)) as pilot:
        await type_in(pilot, "5")
        await enter(pilot)
        assert "✗" in seen(pilot.app)
        for name in ("Z1", "Z2"):
            assert is_focused(pilot.app, name)
            assert pilot.app.screen.can_view_entire(field(pilot.app, name))
            await press(pilot, "down")


async def test_resizing_keeps_the_typed_text_and_the_focus(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        for size in ((200, 60), (60, 20), (59, 20), (40, 10), (100, 30)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            if size[0] < 60:
                assert "A little more room" in seen(pilot.app)
        assert field(pilot.app, "Z1").answer == "-0.7"
        assert "A little more room" not in seen(pilot.app)
        assert is_focused(pilot.app, "Z1")


@plays("Entry.left", "Entry.right")
async def test_arrows_move_between_cells_and_each_cell_is_marked(opened: Opener) -> None:
    async with opened("every-kind", screen=1) as pilot:
        grid = field(pilot.app, "hidden.H")
        first, second = grid.entries()
        await type_in(pilot, "0")
        await enter(pilot)
        assert pilot.app.focused is second, "Enter goes to the next empty cell"
        await pilot.press("left")
        assert pilot.app.focused is first
        await pilot.press("right", "right")
        assert pilot.app.focused is second
        await type_in(pilot, "7")
        await enter(pilot)
        assert first.has_class("-correct")
        assert second.has_class("-wrong")


async def test_a_pasted_calculation_goes_into_one_cell(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "pagedown")
        await paste(pilot, "0.2*1 - 0.5 - 0.4")
        assert field(pilot.app, "hidden.H").answer == ("0.2*1 - 0.5 - 0.4", "")
        await press(pilot, "ctrl+z")
        assert field(pilot.app, "hidden.H").answer == ("", "")
        await paste(pilot, "⎡0  ⎤\n⎣0.1⎦")
        assert field(pilot.app, "hidden.H").answer == ("0", "0.1"), "a vector as the tutor draws it"


async def test_shift_tab_from_the_buttons_goes_to_the_last_field(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "tab", "tab", "tab")
        assert pilot.app.focused is lesson_screen(pilot.app).query_one("#next"), (
            "past the line that opens the derivation"
        )
        await press(pilot, "shift+tab", "shift+tab")
        assert is_focused(pilot.app, "Z2")
        await press(pilot, "pagedown", "tab", "tab", "shift+tab")
        assert is_focused(pilot.app, "hidden.H"), "also where there is only one field"


async def test_a_pasted_vector_fills_the_grid(opened: Opener) -> None:
    async with opened("every-kind", screen=1) as pilot:
        grid = field(pilot.app, "hidden.H")
        assert pilot.app.focused is not None
        await paste(pilot, "[0, 0.1]")
        assert grid.answer == ("0", "0.1")
        assert state(pilot.app, "hidden.H").draft == ("0", "0.1")
        await paste(pilot, "1 2 3")
        assert grid.answer == ("0", "0.1"), "a vector of the wrong size changes nothing"
        await paste(pilot, "0.25\r0.5\r")
        assert grid.answer == ("0.25", "0.5"), "a terminal may end the lines of a paste as Enter does"


async def test_a_pasted_vector_is_undone_and_redone_as_a_whole(opened: Opener) -> None:
    async with opened("every-kind", screen=1) as pilot:
        grid = field(pilot.app, "hidden.H")
        await press(pilot, "7")
        await paste(pilot, "[0, 0.1]")
        await paste(pilot, "[0, 0.2]")
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


@pytest.mark.parametrize("screen", [0, 1])
async def test_a_long_reading_is_wrapped(opened: Opener, screen: int) -> None:
    async with opened("every-kind", screen=screen, size=(60, 24)) as pilot:
        await type_in(pilot, "0.1 0 0.8")
        words = " ".join(seen(pilot.app).replace("▌", " ").split())
        assert "Write * for a product, + for a sum." in words


async def test_a_focused_cell_has_no_placeholder(opened: Opener) -> None:
    async with opened("every-kind", screen=1) as pilot:
        first, second = field(pilot.app, "hidden.H").entries()
        assert (first.placeholder, second.placeholder) == ("", "H₂")
        assert "H₁   3 decimals" in seen(pilot.app), "its name is below it"
        await press(pilot, "tab")
        assert (first.placeholder, second.placeholder) == ("H₁", "")


@plays("ChoiceField.pick", "ChoiceField.pick_place", "ChoiceField.move", "FieldWidget.check")
async def test_an_option_is_picked_by_letter_number_arrows_or_mouse(opened: Opener) -> None:
    async with opened("every-kind", screen=2) as pilot:
        choice = pilot.app.screen.query_one(ChoiceField)
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


@plays("OrderField.drop", "OrderField.shift", "OrderField.take", "OrderField.move")
async def test_steps_are_moved_and_left_out(opened: Opener) -> None:
    async with opened("every-kind", screen=2) as pilot:
        order = pilot.app.screen.query_one(OrderField)
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
    async with opened("every-kind", screen=3, size=(80, 40)) as pilot:
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


@plays("LessonScreen.hint")
async def test_hints_open_one_by_one_and_say_what_they_cost(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        assert "Hint 1 of 5" in seen(pilot.app)
        assert "f2  Next: its formula. Free." in seen(pilot.app)
        await pilot.press("escape", "h")
        await settle(pilot)
        assert "Hint 2 of 5" in seen(pilot.app)


@plays("LessonScreen.hint", "Confirm.dismiss")
async def test_the_last_hint_is_confirmed_first(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        for _ in range(5):
            await pilot.press("f2")
            await settle(pilot)
        assert "shows the answer" in seen(pilot.app)
        await pilot.press("n")
        await settle(pilot)
        assert state(pilot.app, "Z1").hints_opened == 4
        await pilot.press("f2", "y")
        await settle(pilot)
        assert state(pilot.app, "Z1").done


@pytest.mark.parametrize("on_the_sheet", [False, True])
async def test_open_hints_are_about_the_current_answer(opened: Opener, on_the_sheet: bool) -> None:
    """Hints about an earlier answer go away with it, and hints are free once the question is done."""
    async with opened("every-kind", size=(120, 40)) as pilot:
        if on_the_sheet:
            await press(pilot, "f4")
        await type_in(pilot, "-0.3")  # leaves out the bias
        await enter(pilot)
        await press(pilot, "f2", "f2", "f2", "f2")
        for text in ("5", "-0.7"):
            await type_in(pilot, text)
            await enter(pilot)
            if on_the_sheet and text == "-0.7":
                await press(pilot, "up")  # the worksheet shows the hints of the focused line
            ladder = session(pilot.app).hints(field(pilot.app, "Z1").field.id)
            assert pilot.app.screen.query_one(Hints).of[0] == ladder
        assert ladder.following is not None
        assert ladder.following.cost == "free"


@plays("LessonScreen.give_up")
async def test_giving_up_is_confirmed_before_the_answer_is_shown(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await pilot.press("f8")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert state(pilot.app, "Z1").given_up
        assert "◦  Shown: −0.7" in seen(pilot.app)


async def test_found_values_appear_in_the_drawing(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 40)) as pilot:
        assert "Z₁ ?" in seen(pilot.app)
        await type_in(pilot, "-0.7")
        await enter(pilot)
        assert "Z₁ −0.7" in seen(pilot.app)


@plays("LessonScreen.practice", "LessonScreen.variant")
async def test_switching_to_other_numbers_and_back(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await pilot.press("escape", "p")
        await settle(pilot)
        assert session(pilot.app).variant == "1"
        assert "#1" in seen(pilot.app)
        await pilot.press("escape", "number_sign")
        await settle(pilot)
        await type_in(pilot, "17")
        await enter(pilot)
        assert session(pilot.app).variant == "17"
        await pilot.press("escape", "number_sign", "enter")
        await settle(pilot)
        assert session(pilot.app).variant == ""


@plays("LessonScreen.reset")
async def test_a_reset_is_confirmed_twice(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.ui.typeahead.REPEATED_WITHIN", 0.0)
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await enter(pilot)
        await pilot.press("escape", "R")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert session(pilot.app).progress.done == 1, "Escape at the second question means no"
        await pilot.press("R")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert session(pilot.app).progress.done == 0


@plays("LessonScreen.contents", "LessonScreen.fix")
async def test_contents_go_to_a_screen_and_e_to_a_wrong_answer(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "5")
        await enter(pilot)
        await pilot.press("f7")
        await settle(pilot)
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        assert session(pilot.app).position == 2
        await pilot.press("escape", "e")
        await settle(pilot)
        assert session(pilot.app).position == 0
        assert is_focused(pilot.app, "Z1")


async def test_after_escape_a_letter_key_applies_to_the_same_field(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "tab", "escape", "h")
        assert state(pilot.app, "Z2").hints_opened == 1
        assert state(pilot.app, "Z1").hints_opened == 0


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
async def test_the_end_of_a_lesson_leads_to_open_questions(opened: Opener, short: None) -> None:
    async with opened("two", screen=1) as pilot:
        await press(pilot, "escape", "pagedown")
        assert "The end of Two" in seen(pilot.app)
        assert "0 of 2 questions done" in seen(pilot.app)
        await press(pilot, "down", "up", "escape")
        assert session(pilot.app).position == 1, "Escape stays in the lesson"
        await press(pilot, "pagedown", "enter")
        assert session(pilot.app).position == 0
        assert isinstance(pilot.app.focused, Entry)


async def test_the_button_on_the_last_screen_says_finish(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(140, 60)) as pilot:
        assert "Next ▸" in seen(pilot.app)
        await press(pilot, "pagedown")
        assert "Finish ▸" in seen(pilot.app)
        await press(pilot, "pageup")
        assert "Next ▸" in seen(pilot.app)


async def test_a_finished_lesson_says_so_and_leads_to_the_next(opened: Opener, short: None) -> None:
    async with opened("two") as pilot:
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


async def test_the_page_scrolls_to_a_model_answer(opened: Opener, lessons: Path) -> None:
    text = "\n".join(f"          {letter}\n" for letter in "ABCDEFGH")
    (lessons / "09-written.yaml").write_text(
        f"tutor: 1\ntitle: Written\nid: written\nscreens:\n  - title: One\n    blocks:\n      - text: |\n{text}\n"
        "      - write: What is the difference between the two, and what does it matter to those who program?\n"
        "        model: The one finds the gradients, and the other moves the parameters.\n",
        encoding="utf-8",
    )
    async with opened("written") as pilot:
        await type_in(pilot, "b")
        await press(pilot, "f5")
        await until(pilot, lambda: "the other moves the parameters" in " ".join(seen(pilot.app).split()), "the model")


async def test_the_buttons_return_below_the_text_when_there_is_room(opened: Opener) -> None:
    async with opened("every-kind", size=(140, 45)) as pilot:
        await press(pilot, "f2")
        foot = lesson_screen(pilot.app).page.foot
        before = foot.region.y
        for size in ((80, 24), (140, 45)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        await until(pilot, lambda: foot.region.y == before, "the buttons where they were")


async def test_hints_are_below_their_field_and_scrolled_by_keys(opened: Opener) -> None:
    """The newest one is visible under the field; Up goes back through the older ones, Down to the next field."""
    async with opened("every-kind") as pilot:
        await press(pilot, "f2", "f2", "f2")
        assert "Hint 3 of 5" in seen(pilot.app)
        assert is_focused(pilot.app, "Z1")
        assert pilot.app.screen.can_view_partial(field(pilot.app, "Z1"))
        page, texts = lesson_screen(pilot.app).page, []
        places = [page.scroll_y]
        for _ in range(9):
            await press(pilot, "up")
            texts.append(seen(pilot.app))
        assert is_focused(pilot.app, "Z1")
        assert any("Hint 1 of 5" in text for text in texts)
        for _ in range(9):
            places.append(page.scroll_y)
            await press(pilot, "down")
            if is_focused(pilot.app, "Z2"):
                break
        assert is_focused(pilot.app, "Z2")
        assert len(set(places)) == 1  # the hints scrolled, not the page


async def test_a_hint_names_the_remapped_key(opened: Opener, store: Store) -> None:
    store.set_setting("keys", {"lesson.hint": "ctrl+t"})
    async with opened("every-kind") as pilot:
        await press(pilot, "ctrl+t")
        assert "^t  Next: its formula. Free." in seen(pilot.app)


async def test_a_new_screen_is_painted_in_its_final_layout(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_moving_the_focus_does_not_repaint_the_screen(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("every-kind") as pilot:
        painted: list[LessonScreen] = []

        def refresh(self: LessonScreen, **how: bool) -> LessonScreen:
            painted.append(self)
            return self

        monkeypatch.setattr(LessonScreen, "refresh", refresh)
        await press(pilot, "tab")
        assert is_focused(pilot.app, "Z2")
        assert painted == []


async def test_a_long_verdict_is_below_the_answer_in_full_width(opened: Opener) -> None:
    async with opened("every-kind", size=(60, 20)) as pilot:
        await type_in(pilot, "5")
        await enter(pilot)
        lines = seen(pilot.app).splitlines()
        place = next(place for place, line in enumerate(lines) if "✗" in line)
        assert lines[place].rstrip().endswith("✗")
        assert "Not right, and no typical mistake gives" in lines[place + 1]


@pytest.mark.parametrize(("answer", "sign"), [("-0.7", "✓"), ("0.2*(1", "!")])
async def test_the_mark_disappears_when_the_answer_is_edited(opened: Opener, answer: str, sign: str) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, answer)
        await enter(pilot)
        await press(pilot, *(["up"] if is_focused(pilot.app, "Z2") else []))
        assert sign in marked_line(pilot)
        await type_in(pilot, "1")
        assert sign not in marked_line(pilot)


async def test_the_name_of_a_mistake_stays_while_it_is_fixed(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.3")
        await enter(pilot)
        await press(pilot, "backspace", "4")
        assert "This leaves out the bias θ₁" in seen(pilot.app)


def marked_line(pilot: Pilot[None]) -> str:
    """Return the line of the screen with the answer to Z₁."""
    return next(line for line in seen(pilot.app).splitlines() if "▌   Z₁" in line)


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


@pytest.mark.parametrize("screen", [0, CHOICES, GAPS, SHOWN, PROGRAMS])
async def test_a_page_scrolls_no_further_than_its_last_line(opened: Opener, screen: int) -> None:
    """One cannot scroll to the margin below the last line."""
    async with opened("every-kind", screen=screen, size=(80, 20)) as pilot:
        page = lesson_screen(pilot.app).page
        if screen == PROGRAMS:
            await press(pilot, "f5")
            await until(pilot, lambda: "▌ 42" in seen(pilot.app), "what was printed")
        await press(pilot, "escape", "end")
        last = seen(pilot.app).splitlines()[page.foot.region.y - 1]
        assert last.strip(" ▁▂▃▄▅▆▇█") or not page.foot.has_class("-docked")
        assert "more below" not in seen(pilot.app)


@pytest.mark.parametrize(
    ("screen", "keys", "said"),
    [
        (0, (), "(↓)"),
        (0, ("escape",), "(↓)"),
        (SHOWN, (), "(↓)"),
        (PROGRAMS, (*["enter"] * 4, "escape", "down"), "(esc ↓)"),
    ],
)
async def test_more_below_names_the_keys_that_scroll(
    opened: Opener, screen: int, keys: tuple[str, ...], said: str
) -> None:
    """They scroll with the present focus."""
    async with opened("every-kind", screen=screen, size=(80, 20)) as pilot:
        await press(pilot, *keys)
        page = lesson_screen(pilot.app).page
        page.scroll_home(animate=False)
        await until(pilot, lambda: f"▾ more below {said}" in seen(pilot.app), "the keys")
        rows = []
        for key in [*["escape"] * ("esc" in said), *["down"] * 5]:
            await press(pilot, key)
            rows.append(page.scroll_y)
        assert any(rows)


async def test_the_current_question_is_marked(opened: Opener) -> None:
    async with opened("every-kind", size=(80, 40)) as pilot:
        page = lesson_screen(pilot.app).page
        first = page.current
        assert first is not None
        assert first.has_class("-current")
        await press(pilot, "escape")
        assert first.has_class("-current"), "commands apply to it"
        page.foot.query_one("#next").focus()
        await settle(pilot)
        assert not first.has_class("-current")
        page.focus_field("lab2:Z2")
        await settle(pilot)
        assert first.has_class("-current")


async def test_unbroken_pieces_are_painted_and_copied_with_plain_spaces(opened: Opener, lessons: Path) -> None:
    said = "Type the number and press Enter. You may also type the sum itself, 0.4*2 - 0.3 + 0.1, or ŷ = [?, ?]."
    source = said.replace("0.4*2 - 0.3 + 0.1", "`0.4*2 - 0.3 + 0.1`")
    (lessons / "09-kept.yaml").write_text(
        f"tutor: 1\ntitle: Kept\nid: kept\nscreens:\n  - title: One\n    blocks:\n      - text: |\n          {source}\n"
        f"      - text: |\n          {source}\n\n          {source}\n",
        encoding="utf-8",
    )
    async with opened("kept") as pilot:
        assert seen(pilot.app).count("0.4*2 - 0.3 + 0.1") == 3
        pilot.app.screen.text_select_all()
        copied = pilot.app.screen.get_selected_text()
        assert copied is not None
        assert copied.count(said) == 3


async def test_an_answer_that_a_changed_lesson_made_wrong_loses_its_tick(
    opened: Opener, store: Store, lessons: Path
) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await press(pilot, "enter")
        assert "✓" in seen(pilot.app)
    path = lessons / "01-every-kind.yaml"
    text = path.read_text()
    assert "theta1: -0.4" in text
    path.write_text(text.replace("theta1: -0.4", "theta1: -0.5"))
    async with opened("every-kind") as pilot:
        assert "✓" not in seen(pilot.app).replace("0 ✓", "")
        assert any("Z₁" in message for message in messages(pilot.app))
        assert state(pilot.app, "Z1").to_fix
    async with opened("every-kind") as pilot:
        assert not messages(pilot.app), "the change is reported once"


async def test_after_a_check_the_first_cell_that_is_not_right_is_focused(opened: Opener) -> None:
    """An unreadable cell counts as well as a wrong one."""
    async with opened("every-kind", screen=VECTOR) as pilot:
        await type_in(pilot, "abc")
        await press(pilot, "enter")
        await type_in(pilot, "7")
        await press(pilot, "enter")
        assert pilot.app.focused is field(pilot.app, "hidden.H").entries()[0]
