"""An assignment: the list of its lessons with their progress and points, each lesson in it, and handing in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.classroom.taking import AssignmentRun, Line
from tutor.errors import TutorError
from tutor.session import Session
from tutor.ui.commands import Command
from tutor.ui.screens.base import LeftOnce, TutorScreen
from tutor.ui.screens.ending import Ending
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.text import MUTED, bar, clean, one_line, plain

_BAR = 14
#: Commands of a lesson that would change an assignment's numbers or empty it.
_NOT_HERE = frozenset({"practice", "numbers_only", "variant", "reset"})
#: Commands of a lesson that an exam does not have.
_NOT_IN_EXAM = frozenset({"hint", "give_up", "derivation", "worksheet", "program", "play", "fix", "look_back"})
_HAND_IN = "Writes what you answered into one file, to send or upload."

COMMANDS = (
    Command("assignment.open", "open", "o", "Open", "Opens the highlighted lesson, as Enter does.", footer="open"),
    Command("assignment.hand_in", "hand_in", "h", "Hand in", _HAND_IN, footer="hand in"),
    Command("assignment.close", "dismiss", "escape", "Close", "Back to all lessons.", footer="close", also="q"),
)  # fmt: skip
HAND_IN = Command("assignment_lesson.hand_in", "hand_in", "", "Hand in", _HAND_IN, letter="i")


_NAME = (
    "What is your name in the class list (your login, or what your instructor gave you)? Your numbers are made from "
    "it. You are asked once."
)


class HandInScreen(TutorScreen[None]):
    """A screen from which an assignment is handed in."""

    run_of: AssignmentRun

    def action_hand_in(self) -> None:
        """Ask for what is missing, then write the file and say where it is."""
        if not self.run_of.name:
            self.ask_name(self.action_hand_in)
        elif self.run_of.is_on:
            self.tutor.ask("Handing in ends the exam. Hand in now?", "Hand in", self._write)
        else:
            self._write()

    def ask_name(self, then: Callable[[], None]) -> None:
        """Ask for the name in the class list, keep it, and go on."""
        from tutor.ui.screens.confirm import AskText

        def given(name: str | None) -> None:
            if name is not None:
                try:
                    self.run_of.take_name(name)
                except TutorError as error:
                    self.notify(error.message, severity="warning", markup=False)
                else:
                    then()

        self.app.push_screen(AskText(_NAME), given)

    def _write(self) -> None:
        try:
            path = self.run_of.hand_in()
        except TutorError as error:
            self.notify(clean(str(error)), severity="error", markup=False, timeout=12)
            return
        if self.run_of.is_room:
            self.notify("Handed in. Your instructor has it.", markup=False, timeout=20)
        else:
            if self.app.is_web:
                self.app.deliver_binary(path, save_filename=path.name)
            self.notify(f"Handed in: {clean(os.fspath(path))}", markup=False, timeout=20)
        self.handed_in()

    def handed_in(self) -> None:
        """Return to the list, which shows that it was handed in."""


class Room(LeftOnce[None]):
    """The screen below the assignment in a served exam: leaving the assignment leaves the tutor."""

    _is_left = False

    def on_screen_suspend(self) -> None:
        """Note that the assignment is shown."""
        self._is_left = True

    async def on_screen_resume(self) -> None:
        """Leave the tutor once the assignment is left."""
        if self._is_left:
            await self.tutor.action_quit()


class AssignmentScreen(HandInScreen):
    """The lessons of an assignment."""

    DEFAULT_CSS = """
    AssignmentScreen OptionList { height: 1fr; border: none; padding: 0 1; }
    AssignmentScreen Static { height: auto; padding: 0 2; margin: 1 0 0 0; }
    AssignmentScreen #state { color: $foreground 80%; margin: 0 0 1 0; }
    """
    AUTO_FOCUS = "OptionList"
    commands = COMMANDS
    help_text = (
        "The lessons of an assignment. **Enter** opens the highlighted one, with your own numbers if it has them; "
        "**h** writes what you answered into one file, to send or upload. You may hand in again: the last one counts."
    )

    def __init__(self, run: AssignmentRun) -> None:
        super().__init__()
        self.title = run.assignment.title
        self.run_of = run
        self.reopens = os.fspath(run.assignment.path.absolute())

    def parts(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        yield OptionList(id="lessons")
        yield Static(id="state", markup=False)

    def on_mount(self) -> None:
        """Ask for the name once, and start the clock."""
        self.show_lines()
        if self.run_of.needs_name:
            self.ask_name(self.show_lines)
        if self.run_of.assignment.exam is not None:
            self.set_interval(1, self.show_clock)

    def on_screen_resume(self) -> None:
        """Update the lessons after one was left."""
        self.show_lines()

    def show_lines(self) -> None:
        """Show the lessons with their progress."""
        lines = self.run_of.lines()
        done, total = sum(line.done for line in lines), sum(line.total for line in lines)
        self.top.share = done / total if total else None
        self.query_one("#head", Static).update(plain(self.run_of.head()))
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.clear_options()
        options.add_options(Option(_line(line), id=line.lesson) for line in lines)
        options.highlighted = at
        self.show_clock()

    def show_clock(self) -> None:
        """Show the time left, and what was handed in."""
        self.top.place = self.run_of.clock()
        self.query_one("#state", Static).update(plain(self.run_of.state()))

    def handed_in(self) -> None:
        """Update the list, which shows that it was handed in."""
        self.show_lines()

    # -- commands -----------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """Open the highlighted lesson."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open the highlighted lesson. An exam begins with it, once the learner has agreed."""
        option = self.query_one(OptionList).highlighted_option
        if option is None or option.id is None:
            return
        if self.run_of.needs_name:
            self.ask_name(self.action_open)
        elif self.run_of.is_to_begin:
            self.tutor.ask(self.run_of.rules(), "Begin", self._begin)
        else:
            self.tutor.open_in_assignment(self.run_of, option.id)

    def _begin(self) -> None:
        self.run_of.begin()
        self.action_open()


class AssignmentLesson(LessonScreen, HandInScreen):
    """A lesson of an assignment."""

    commands = (*LessonScreen.commands, HAND_IN)

    def __init__(self, run: AssignmentRun, session: Session) -> None:
        super().__init__(session)
        self.run_of = run
        self.reopens = os.fspath(run.assignment.path.absolute())
        self._was_on = run.is_on

    async def on_mount(self) -> None:
        """Start the exam's clock."""
        if self.session.exam is not None:
            self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Show the time left, and leave when it is over."""
        if self._was_on and not self.run_of.is_on:
            self._was_on = False
            self.notify("The exam is over. What you answered counts. Hand it in now.", markup=False, timeout=20)
            self.action_home()
        else:
            self.show_place()

    def show_place(self) -> None:
        """Show the top line; in an exam, with the time left and how many questions are answered."""
        super().show_place()
        clock = self.run_of.clock()
        if self.session.is_sealed:
            answered = f"{self.session.progress.done} answered"
            self.top.words = f"{answered}  {clock}" if clock else answered

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what an assignment or an exam does not have."""
        if action in _NOT_HERE or (self.session.exam is not None and action in ("hint", "give_up")):
            return False
        if self.session.is_sealed and action in _NOT_IN_EXAM:
            return False
        return super().check_action(action, parameters)

    def finish(self) -> None:
        """Say what is done and what is open, and offer what can be done next."""
        self.save()
        after = self.run_of.after(self.session.lesson.id)
        self.app.push_screen(AssignmentEnding(self.session, after), self._finished)

    async def _finished(self, choice: str | None) -> None:
        following = self.run_of.after(self.session.lesson.id)
        if choice == "hand_in":
            self.action_hand_in()
        elif choice == "next" and following is not None:
            self.action_home()
            self.app.call_later(partial(self.tutor.open_in_assignment, self.run_of, following.lesson))
        else:
            await super()._finished(choice)

    def handed_in(self) -> None:
        """Return to the list, which shows that it was handed in."""
        self.action_home()

    def action_hand_in(self) -> None:
        self.save()
        super().action_hand_in()


class AssignmentEnding(Ending):
    """The end of a lesson of an assignment. The choices are ``open``, ``next``, ``hand_in`` and ``home``."""

    def __init__(self, session: Session, after: Line | None) -> None:
        super().__init__(session, after.title if after is not None else "")

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield the open question, the next lesson, handing in, and the list."""
        offered = dict(super().choices())
        yield from ((choice, offered[choice]) for choice in ("open", "next") if choice in offered)
        yield "hand_in", "Hand in"
        yield "home", "The list of this assignment"


def _line(line: Line) -> Content:
    """Return a line of the list: sign, bar, title, progress and points."""
    is_done = line.total > 0 and line.done >= line.total
    share = line.done / line.total if line.total else 0.0
    sign = ("✓ ", "$success") if is_done else ("○ ", MUTED)
    return Content.assemble(sign, bar(share, _BAR), "  ", one_line(line.title), (f"  {line.words}", MUTED))
