"""Every declared key triggers its action, and every action has a test that presses its key and checks the effect."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button

from tests.ui import driving
from tests.ui.driving import Opener, lesson_screen, settle
from tests.ui.keys import FLOWS, action_name, actions, keys_of, owners
from tutor.authoring.own import save
from tutor.authoring.own_form import Form
from tutor.errors import TutorError
from tutor.labs.extras import EXTRAS
from tutor.labs.installing import Place as Environment
from tutor.lessons.blocks import Explore
from tutor.lessons.blocks.explore import ExploreView
from tutor.play.opening import play
from tutor.store import Store
from tutor.ui.blocks.explore import ExploreBlock
from tutor.ui.fields.choice import ChoiceField
from tutor.ui.fields.code import CodeField
from tutor.ui.fields.order import OrderField
from tutor.ui.fields.write import WriteField
from tutor.ui.keymap import all_commands
from tutor.ui.screens.base import TutorScreen
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.page_footer import NavButton

FLOW_MODULES = (
    "test_home", "test_lesson", "test_views", "test_programs", "test_same", "test_app", "test_practice",
    "test_assignment", "test_playing", "test_small_screens", "test_own", "test_preview",
)  # fmt: skip


def test_every_action_with_a_key_has_a_test() -> None:
    for name in FLOW_MODULES:
        importlib.import_module(f"tests.ui.{name}")
    assert actions() - FLOWS == set()
    assert FLOWS - actions() == set(), "these keys no longer exist"


def test_every_command_says_what_it_does_and_can_be_remapped() -> None:
    declared = all_commands()
    assert len({command.id for command in declared}) == len(declared)
    for command in declared:
        assert command.key or command.letter, command.id
        assert command.help.endswith("."), command.id
        assert all(binding.id for binding in command.bindings())


def test_no_key_is_one_that_terminals_do_not_pass_on() -> None:
    eaten = {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+left_square_bracket", "ctrl+s"}
    for name, owner in owners().items():
        for binding in keys_of(owner):
            assert binding.key not in eaten, (name, binding.key)
            assert "alt+" not in binding.key, (name, binding.key)


# -- where the focus must be for the keys of a class -------------------------------------------------------------------

Place = Callable[[Pilot[None]], Awaitable[None]]


def on_screen(index: int, *then: str) -> Place:
    """Go to a screen of the lesson and press some keys."""

    async def go(pilot: Pilot[None]) -> None:
        screen = lesson_screen(pilot.app)
        if screen.session.position != index:
            await screen.show_screen(screen.session.goto(index))
            await settle(pilot)
        await pilot.press(*then)
        await settle(pilot)

    return go


def on_widget(index: int, kind: type[Widget], selector: str = "") -> Place:
    """Go to a screen of the lesson and focus a widget."""

    async def go(pilot: Pilot[None]) -> None:
        await on_screen(index)(pilot)
        widget = pilot.app.screen.query(kind).first()
        (widget.query_one(selector) if selector else widget).focus()
        await settle(pilot)

    return go


def under(make: Callable[[Any], Any]) -> Place:
    """Push a screen that is made from the lesson's screen."""

    async def go(pilot: Pilot[None]) -> None:
        await on_screen(0)(pilot)
        await pilot.app.push_screen(make(lesson_screen(pilot.app)))
        await settle(pilot)
        pilot.app.screen.set_focus(None)

    return go


def _week(lesson: Any) -> Any:
    """Return an assignment of the open lesson."""
    from tutor.classroom.assignment import Assignment
    from tutor.classroom.taking import AssignmentRun

    only = lesson.session.lesson
    return AssignmentRun(Assignment(path=only.path, id="week", title="Week", lessons=(only,)), Store(None, learner="s"))


class Holder(TutorScreen[None]):
    """A screen that holds only a block."""

    def __init__(self, view: ExploreView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield ExploreBlock(self.view)


async def at_an_explore_block(pilot: Pilot[None]) -> None:
    """Focus an explore block."""
    await on_screen(0)(pilot)
    model = lesson_screen(pilot.app).session.lesson.parts["lab2"]
    block = Explore(id="e", of="lab2", model=model.built, graph=model.graph, watched=(), turn={"w21": (-1.0, 1.0)})
    await pilot.app.push_screen(Holder(ExploreView("e", "lab2", block, "A lesson", "a-lesson")))
    await settle(pilot)
    pilot.app.screen.query_one(ExploreBlock).focus()
    await settle(pilot)


async def at_a_program_without_its_package(pilot: Pilot[None]) -> None:
    """Focus the buttons of a program, one of which installs a missing package."""
    await on_widget(driving.PROGRAMS, CodeField, "#run")(pilot)
    pilot.app.screen.query(CodeField).first().show_lacking(EXTRAS["torch"])


def in_the_form(widget: str) -> Place:
    """Focus a field of the form for the learner's own network."""

    async def go(pilot: Pilot[None]) -> None:
        await under(_screens()["OwnNetwork"])(pilot)
        pilot.app.screen.query(widget).first().focus()
        await settle(pilot)

    return go


def _screens() -> dict[str, Callable[[Any], Any]]:
    from tutor.ui.screens.assignment import AssignmentLesson, AssignmentScreen
    from tutor.ui.screens.confirm import AskText, Confirm
    from tutor.ui.screens.contents import Contents
    from tutor.ui.screens.derivation import DerivationScreen
    from tutor.ui.screens.ending import Ending
    from tutor.ui.screens.help import Help
    from tutor.ui.screens.installing import Installing
    from tutor.ui.screens.look_back import LookBackScreen
    from tutor.ui.screens.opening import Opening
    from tutor.ui.screens.own import OwnNetwork
    from tutor.ui.screens.playing import PlayScreen
    from tutor.ui.screens.program import ProgramScreen
    from tutor.ui.screens.skills import SkillsScreen
    from tutor.ui.screens.trouble import Trouble
    from tutor.ui.screens.welcome import Welcome
    from tutor.ui.screens.worksheet import WorksheetScreen

    class Waiting(Installing):
        """An installation that never starts."""

        def begin(self) -> None:
            pass

    return {
        "DerivationScreen": lambda lesson: DerivationScreen(lesson.session, "lab2", "H1", "H₁"),
        "WorksheetScreen": lambda lesson: WorksheetScreen(lesson.session),
        "LookBackScreen": lambda lesson: LookBackScreen(lesson.session),
        "SkillsScreen": lambda lesson: SkillsScreen(),
        "ProgramScreen": lambda lesson: ProgramScreen(lesson.session),
        "PlayScreen": lambda lesson: PlayScreen(play(lesson.session.lesson)),
        "OwnNetwork": lambda lesson: OwnNetwork(Form()),
        "Help": Help,
        "Trouble": lambda lesson: Trouble(TutorError("no such lesson")),
        "Contents": lambda lesson: Contents(lesson.session),
        "EndDialog": lambda lesson: Ending(lesson.session),
        "Confirm": lambda lesson: Confirm("Really?", "Yes"),
        "Installing": lambda lesson: Waiting(EXTRAS["torch"], Environment("", "", "", "")),
        "Opening": lambda lesson: Opening(),
        "AssignmentScreen": lambda lesson: AssignmentScreen(_week(lesson)),
        "AssignmentLesson": lambda lesson: AssignmentLesson(_week(lesson), lesson.session),
        "AskText": lambda lesson: AskText("Which numbers?"),
        "Welcome": lambda lesson: Welcome(),
    }


PLACES: dict[tuple[str, ...], Place] = {
    ("LessonScreen", "TutorApp", "Page"): on_screen(0, "escape"),
    ("Diagram",): on_widget(0, Diagram),
    ("ExploreBlock",): at_an_explore_block,
    ("Line",): in_the_form("Line"),
    ("Picker",): in_the_form("Picker"),
    **{(name,): under(make) for name, make in _screens().items()},
    ("Entry",): on_screen(driving.VECTOR),
    ("NavButton",): on_widget(driving.VECTOR, NavButton),
    ("FieldWidget", "ChoiceField"): on_widget(driving.CHOICES, ChoiceField),
    ("OrderField",): on_widget(driving.CHOICES, OrderField),
    ("WriteField",): on_widget(driving.GAPS, WriteField, "TextArea"),
    ("CodeField",): at_a_program_without_its_package,
    ("Editor",): on_widget(driving.PROGRAMS, CodeField, "Editor"),
}
"""Where the focus is for the keys of each class, those on the same page of the lesson one after the other."""
HOME = ("Home", "LessonList", "Search")


async def assert_keys_trigger_actions(pilot: Pilot[None], name: str) -> None:
    """Press every key of a class and check that each triggers its action. The actions are not carried out."""
    owner = owners()[name]
    asked: list[tuple[object, str]] = []

    async def note(node: DOMNode, action: str, params: object) -> bool:
        asked.append((node, action))
        return True

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pilot.app, "_dispatch_action", note)
        for binding in keys_of(owner):
            if binding.action == "run_here" and not pilot.app.screen.query(CodeField):
                continue  # works only beside a program; test_programs presses it
            asked.clear()
            await pilot.press(binding.key)
            of_app, wanted = "app." in binding.action, action_name(binding).removeprefix("app.")
            assert any(action == wanted and (of_app or isinstance(node, owner)) for node, action in asked), (
                f"{name}: {binding.key} does not trigger {binding.action} but {asked}"
            )


def test_the_keys_of_every_class_are_pressed_somewhere() -> None:
    assert set(owners()) == {*(name for names in PLACES for name in names), *HOME, "PreviewScreen"}


async def test_the_keys_of_a_lesson_and_its_views_trigger_their_actions(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.session.practice.read_aside", lambda files: None)  # a process for one lesson
    async with opened("every-kind") as pilot:
        for names, place in PLACES.items():
            await place(pilot)
            for name in names:
                await assert_keys_trigger_actions(pilot, name)
            while pilot.app.screen is not lesson_screen(pilot.app):
                pilot.app.pop_screen()


async def test_the_keys_of_home_trigger_their_actions(opened: Opener) -> None:
    save(Form(sizes="1-1", inputs="1", numbers="W1 = [[1]]"))
    async with opened() as pilot:
        await pilot.press("slash", "down", "end")  # in the list, at a network of the learner's, with a search above
        for name in HOME:
            if name == "Search":
                await pilot.press("slash")
                await settle(pilot)
            await assert_keys_trigger_actions(pilot, name)


async def test_the_keys_of_a_preview_trigger_their_actions(opened: Opener, lessons: Path) -> None:
    from tutor.authoring.preview import Preview
    from tutor.ui.screens.preview import PreviewScreen

    async with opened() as pilot:
        preview = Preview(str(lessons / "01-every-kind.yaml"))
        await pilot.app.push_screen(PreviewScreen(preview, Store(None)))
        await settle(pilot)
        await pilot.press("escape")
        await assert_keys_trigger_actions(pilot, "PreviewScreen")


async def test_letters_in_a_code_cell_are_text(opened: Opener) -> None:
    """In the editor, letters are typed rather than run commands."""
    async with opened("every-kind", screen=driving.PROGRAMS) as pilot:
        await pilot.press("s")
        assert pilot.app.screen.query_one(CodeField).editor.text.startswith("s")
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, Button)
