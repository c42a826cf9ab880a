"""An assignment on the screen: the name, the list, a lesson with the learner's variant, an exam, handing in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.classroom.simulated import ASSIGNMENT, assignment_in
from tests.ui.driving import Opener, enter, in_lesson, press, seen, session, settle, type_in, until
from tests.ui.keys import plays
from tutor.classroom.taking import AssignmentRun
from tutor.session.exam import ExamRules, set_exam
from tutor.store import Store
from tutor.store.records import utc_now
from tutor.ui.screens.assignment import AssignmentEnding, AssignmentLesson, AssignmentScreen
from tutor.ui.screens.confirm import AskText, Confirm
from tutor.ui.screens.home import Home

#: The commands that an exam allows. Decide about each new command before adding it here.
IN_AN_EXAM = {
    "assignment_lesson.hand_in", "lesson.back", "lesson.contents", "lesson.field", "lesson.field_back", "lesson.home",
    "lesson.leave", "lesson.next", "lesson.on", "lesson.so_far",
}  # fmt: skip
EXAM = ASSIGNMENT + "exam: {minutes: 45}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "class"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


@plays(
    "AskText.dismiss",
    "AssignmentScreen.open",
    "AssignmentScreen.hand_in",
    "AssignmentScreen.dismiss",
    "AssignmentLesson.hand_in",
)
async def test_an_assignment_is_worked_and_handed_in(opened: Opener, folder: Path) -> None:
    assignment = assignment_in(folder)
    async with opened(str(assignment.path)) as pilot:
        app = pilot.app
        await until(pilot, lambda: isinstance(app.screen, AskText), "the question for the name")
        await press(pilot, "escape")
        assert isinstance(app.screen, AssignmentScreen)
        await enter(pilot)  # asks for the name again: the numbers depend on it
        assert isinstance(app.screen, AskText)
        await press(pilot, "escape", "o")
        await type_in(pilot, "s1")
        await enter(pilot)
        await until(pilot, lambda: in_lesson(app), "the lesson")
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, AssignmentScreen)
        assert "0 of 6 questions done, 8 points" in seen(app)
        await press(pilot, "o")
        await until(pilot, lambda: in_lesson(app), "the lesson")
        assert session(app).variant == "s1"
        screen = app.screen
        assert isinstance(screen, AssignmentLesson)
        assert not screen.check_action("practice", ())
        await type_in(pilot, f"{session(app).lesson.graph().values['Z1']:.6f}")
        await enter(pilot)
        assert session(app).state("network:Z1").solved
        await press(pilot, "pagedown", "pagedown")
        await until(pilot, lambda: isinstance(app.screen, AssignmentEnding), "the end")
        assert "Hand in" in seen(app)
        await press(pilot, "escape", "escape", "i")
        await until(pilot, lambda: isinstance(app.screen, AssignmentScreen), "the list")
        assert (folder / "week3.s1.tutor").exists()
        assert "Handed in on" in " ".join(seen(app).split())
        (folder / "week3.s1.tutor").unlink()
        await press(pilot, "h")
        assert (folder / "week3.s1.tutor").exists()
        await press(pilot, "escape")
        assert isinstance(app.screen, Home)


async def test_an_exam_gives_no_feedback_until_its_end(opened: Opener, folder: Path, store: Store) -> None:
    assignment = assignment_in(folder, EXAM)
    run = AssignmentRun(assignment, store)
    run.take_name("s1")
    async with opened(str(assignment.path)) as pilot:
        app = pilot.app
        await until(pilot, lambda: isinstance(app.screen, AssignmentScreen), "the list")
        await enter(pilot)
        assert isinstance(app.screen, Confirm)
        assert "45 minutes" in seen(app)
        await press(pilot, "y")
        await until(pilot, lambda: in_lesson(app), "the lesson")
        assert "left" in seen(app).splitlines()[0]
        await type_in(pilot, "7")
        await enter(pilot)
        assert "Kept." in seen(app)
        assert "✗" not in seen(app)
        screen = app.screen
        hidden = (
            "hint",
            "give_up",
            "derivation",
            "worksheet",
            "program",
            "play",
            "numbers_only",
            "look_back",
            "fix",
            "reset",
        )
        assert not any(screen.check_action(action, ()) for action in hidden)
        await press(pilot, "escape")
        assert isinstance(screen, AssignmentLesson)
        assert {command.id for command in screen.enabled_commands()} <= IN_AN_EXAM
        assert app._open_lesson_reference() == str(assignment.path)  # type: ignore[attr-defined]
        now = utc_now()
        set_exam(store, "one-neuron", "s1", ExamRules(now - timedelta(minutes=45), now))
        assert isinstance(screen, AssignmentLesson)
        screen.tick()
        await until(pilot, lambda: isinstance(app.screen, AssignmentScreen), "the list at the end")
        await until(pilot, lambda: "The exam is over." in seen(app), "the message that it is over")
        app.screen.query_one(OptionList).focus()
        await enter(pilot)
        await until(pilot, lambda: in_lesson(app), "the lesson again")
        await settle(pilot)
        assert "✗" in seen(app)
