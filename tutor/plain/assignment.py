"""Work on an assignment on plain lines: open its lessons, and hand it in."""

from __future__ import annotations

from collections.abc import Callable

from tutor.classroom.taking import AssignmentRun, assignment_at
from tutor.errors import TutorError
from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.store import Store


class PlainAssignment:
    """Works on an assignment. ``lesson`` works through one lesson and returns whether to come back to the list."""

    def __init__(self, file: str, store: Store, terminal: Terminal, lesson: Callable[[Session], bool]) -> None:
        """Open the assignment in ``file``.

        Raises:
            TutorError: The assignment cannot be used.
        """
        run = assignment_at(file, store)
        assert run is not None
        self._run: AssignmentRun = run
        self._terminal = terminal
        self._lesson = lesson

    def work(self) -> None:
        """Show the lessons and open them until the learner leaves or the input ends."""
        say = self._terminal.say_filled
        self._terminal.say("", self._terminal.in_line(self._run.assignment.title))
        if self._run.needs_name and not self._ask_name():
            return
        while True:
            lines = self._run.lines()
            say(self._run.head())
            for place, line in enumerate(lines, 1):
                self._terminal.say(f"{place:>4}  {self._terminal.in_line(line.title)}  ({line.words})")
            if state := self._run.state():
                say(state)
            typed = self._terminal.ask("Lesson (number; h: hand in; q leaves): ")
            word = (typed or "q").strip().lower().lstrip(":")
            if word in ("q", "quit"):
                return
            if word in ("h", "hand in", "hand-in"):
                self._hand_in()
            elif word.isdecimal() and 1 <= int(word) <= len(lines):
                if not self._open(lines[int(word) - 1].lesson):
                    return
            else:
                say(f"Type a number from 1 to {len(lines)}, h or q.")

    def _ask_name(self) -> bool:
        """Ask for the name in the class list until it is known; return False if the input ends."""
        while not self._run.name:
            typed = self._terminal.ask("Your name in the class list (you are asked once): ")
            if typed is None:
                return False
            try:
                self._run.take_name(typed)
            except TutorError as error:
                self._terminal.say_filled(error.message)
        return True

    def _agrees(self, question: str) -> bool:
        self._terminal.say_filled(question)
        return (self._terminal.ask("Type yes to go on: ") or "").strip().lower() == "yes"

    def _open(self, lesson: str) -> bool:
        """Work through a lesson; return whether to continue with the assignment."""
        if self._run.is_to_begin:
            if not self._agrees(self._run.rules()):
                return True
            self._run.begin()
        try:
            session = self._run.open(lesson)
        except TutorError as error:
            self._terminal.say_filled(str(error))
            return True
        return self._lesson(session)

    def _hand_in(self) -> None:
        if not self._ask_name() or (self._run.is_on and not self._agrees("Handing in ends the exam.")):
            return
        try:
            path = self._run.hand_in()
        except TutorError as error:
            self._terminal.say_filled(str(error))
        else:
            self._terminal.say(f"Handed in: {path}")
