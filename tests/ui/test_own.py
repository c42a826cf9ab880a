"""The learner's own networks: typed, pasted, checked, kept on Home, changed, exported, deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.ui.driving import Opener, press, seen, settle, type_in, until
from tests.ui.keys import plays
from tutor.authoring.own import save
from tutor.authoring.own_form import Form
from tutor.lessons import load
from tutor.paths import own_lessons
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.home import Home
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.own import OwnNetwork
from tutor.ui.screens.worksheet import WorksheetScreen
from tutor.ui.widgets.picker import Picker

STATE_DICT = (
    "OrderedDict([('0.weight', tensor([[ 0.2,  0.4],\n        [-0.3,  0.1],\n        [-0.5,  0.2]])), ('0.bias', "
    "tensor([0.0, 0.1, 0.2])),\n ('2.weight', tensor([[ 0.1, -0.2,  0.3], [ 0.4,  0.5, -0.6]])), ('2.bias', "
    "tensor([0.1, 0.0]))])"
)
LAB = Form(
    title="Lab", sizes="3-2-1", inputs="1 0 1", target="1", hidden="relu",
    numbers="W1 = 0.2 -0.3; 0.4 0.1; -0.5 0.2\nb1 = -0.4 0.2\nW2 = -0.3; -0.2\nb2 = 0.1",
)  # fmt: skip


def form(pilot: Pilot[None]) -> OwnNetwork:
    screen = pilot.app.screen
    assert isinstance(screen, OwnNetwork)
    return screen


@plays(
    "Home.own", "Line.submit", "Picker.turn", "OwnNetwork.make", "OwnNetwork.app.focus_next", "WorksheetScreen.check"
)
async def test_a_homework_network_is_typed_and_its_mistake_found(opened: Opener) -> None:
    async with opened() as pilot:
        await press(pilot, "n")
        await type_in(pilot, "Lab")
        await press(pilot, "enter", *"3-2-1", "enter", *"1 0 1", "enter", "1", "enter")
        await press(pilot, "0", "full_stop", "9", "enter")  # replaces the default
        assert form(pilot).now().rate == "0.9"
        assert form(pilot).query_one("#hidden").has_focus
        await press(pilot, "r", "tab", "space", "left", "tab", "tab", "tab")
        assert form(pilot).numbers.has_focus
        for line in ("0.2 -0.3", "0.4 0,1", "-0.5 0.2", "", "-0.4 0.2", "", "-0.3 -0.2", "", "0.1"):
            await type_in(pilot, line)
            await press(pilot, "enter")
        await press(pilot, "f4")
        assert "line 2, column 6" in seen(pilot.app)
        await press(pilot, "full_stop", "f4")  # the comma is selected, so the point replaces it
        await until(pilot, lambda: isinstance(pilot.app.screen, WorksheetScreen), "the worksheet")
        await settle(pilot)
        await type_in(pilot, "-0.7")
        await press(pilot, "down")
        await type_in(pilot, "0.2")  # the right value is 0.1
        await press(pilot, "down", "down")
        await type_in(pilot, "0.2")
        await press(pilot, "f5")
        await until(pilot, lambda: "The first wrong number: Z₂." in seen(pilot.app), "the report")
        sheet = pilot.app.screen
        assert isinstance(sheet, WorksheetScreen)
        question = sheet.focused_question()
        assert question is not None
        assert question.quantity == "Z2"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, LessonScreen)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, Home)
        assert "Continue: Lab" in seen(pilot.app)
        assert "0 of 1 lessons done" in seen(pilot.app), "homework does not count as a lesson"


async def test_numbers_from_the_command_line_fill_the_form(lessons: Path, store: Store) -> None:
    app = TutorApp(store, own="W1 = 1 2\n", warm=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert form(pilot).numbers.text == "W1 = 1 2\n"


@plays("OwnNetwork.app.focus_previous")
async def test_a_pasted_network_needs_no_sizes(opened: Opener, store: Store) -> None:
    """A lesson's YAML replaces the other fields, and a state dict of PyTorch the sizes."""
    async with opened() as pilot:
        await press(pilot, "n", "shift+tab", "shift+tab", "shift+tab", "shift+tab")
        assert pilot.app.focused is form(pilot).numbers
        yaml = "network:\n  inputs: [1, 2]\n  target: 1\n  layers: [{weights: [[0.5], [0.3]]}]"
        form(pilot).show_form(Form(numbers=yaml))
        await until(pilot, lambda: "✓ 2-1" in seen(pilot.app), "what is read")
        assert form(pilot).query_one("#loss").disabled
        assert not form(pilot).query_one("#title").disabled
        form(pilot).show_form(Form())
        await press(pilot, "tab", "tab", "tab", "tab")
        form(pilot).query_one("#title").post_message(Paste(STATE_DICT))  # pasting works in any field
        await settle(pilot)
        own = form(pilot)
        assert own.numbers.has_focus
        assert own.numbers.text.strip() == STATE_DICT
        own.show_form(replace(own.now(), inputs="1 0.5", target="1", loss="cross_entropy"))
        await settle(pilot)
        assert own.query_one("#output", Picker).chosen == "softmax", "this loss needs softmax"
        await until(pilot, lambda: "✓ 2-3-2" in seen(pilot.app), "what is read")
        assert "a row of weights is a unit" in seen(pilot.app), "PyTorch's layout is recognised"
        await press(pilot, "f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen), "the lesson")
        assert load(next(own_lessons().iterdir())).title == "Network 2-3-2"


@plays("OwnNetwork.random", "OwnNetwork.close")
async def test_random_numbers_are_filled_in_and_the_form_is_kept(opened: Opener, store: Store) -> None:
    async with opened() as pilot:
        await press(pilot, "n", "f9")
        assert "Sizes" in seen(pilot.app)
        await type_in(pilot, "2-2-1")
        await press(pilot, "f9")
        await until(pilot, lambda: "W2 =" in form(pilot).numbers.text, "numbers")
        first = form(pilot).numbers.text
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, Home)
        await press(pilot, "n")
        assert form(pilot).numbers.text == first
        await press(pilot, "f9")
        await until(pilot, lambda: form(pilot).numbers.text != first, "other numbers")
        await press(pilot, "f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen), "the lesson")
        await press(pilot, "escape", "escape", "n")
        assert form(pilot).numbers.text == "", "the form is empty once its lesson was made"


@plays("Home.check", "Home.change", "Home.write_out", "Home.delete")
async def test_the_learners_networks_on_home_are_checked_exported_changed_and_deleted(
    opened: Opener, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = save(LAB)
    async with opened(toasts=True) as pilot:
        assert "Your own networks" in seen(pilot.app)
        assert "check homework" not in seen(pilot.app)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, Home), "the key works only at the learner's networks"
        await press(pilot, "end", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorksheetScreen), "the worksheet")
        await press(pilot, "escape", "escape", "escape", "end", "w")
        assert load(tmp_path / "lab.yaml").title == "Lab"
        await press(pilot, "e")
        await until(pilot, lambda: isinstance(pilot.app.screen, OwnNetwork), "the form")
        assert form(pilot).now().inputs == "1 0 1"
        await until(pilot, lambda: "✓ 3-2-1" in seen(pilot.app), "what is read")
        await type_in(pilot, " 2")
        await press(pilot, "f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen), "the lesson")
        assert load(path).title == "Lab 2"
        await press(pilot, "escape", "escape", "escape", "end", "delete", "n")
        assert path.exists()
        await press(pilot, "delete", "y")
        await settle(pilot)
        assert not path.exists()
        assert "Your own networks" not in seen(pilot.app)
        assert not store.positions()
