"""Open screens: a thread loads what a screen needs, while a screen that can be left is shown."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.app import App
from textual.screen import Screen

from tutor.classroom import is_assignment
from tutor.errors import TutorError
from tutor.store import Store

if TYPE_CHECKING:
    from tutor.classroom.taking import AssignmentRun

Made = Callable[[], Screen[None]]
"""Makes a screen, whose module and data are loaded."""


class OpeningApp(App[None]):
    """The part of the application that opens lessons, practice, assignments, forms and dialogs. A screen's module is
    imported when the screen is first shown."""

    store: Store
    _has_loaded = False

    def open_lesson(self, reference: str, *, new_numbers: bool = False, worksheet: bool = False) -> None:
        """Load a lesson in a thread, then show it (with its ``worksheet`` on top), or what is wrong with it."""
        self._open(partial(self._load_lesson, reference, new_numbers=new_numbers, worksheet=worksheet))

    def _load_lesson(self, reference: str, *, new_numbers: bool = False, worksheet: bool = False) -> Made:
        from tutor.session import open_lesson
        from tutor.ui.screens.lesson import LessonScreen

        session = open_lesson(reference, self.store)
        return partial(LessonScreen, session.new_variant() if new_numbers else session, worksheet=worksheet)

    def open_own(self, path: Path | None = None, numbers: str = "") -> None:
        """Show the form for the learner's own network: a new one, perhaps with ``numbers``, or the lesson at
        ``path``."""

        def load() -> Made:
            from tutor.authoring.own import form_of
            from tutor.lessons.loader import load as load_lesson
            from tutor.ui.screens.own import OwnNetwork

            assert path is not None
            return partial(OwnNetwork, form_of(load_lesson(path)), path)

        if path is not None:
            self._open(load)
            return
        from tutor.authoring.own_form import Form
        from tutor.ui.screens.own import OwnNetwork

        self.push_screen(OwnNetwork(Form(numbers=numbers)))

    def open_target(self, reference: str) -> None:
        """Open what the command line names: a lesson, or a file with an assignment."""

        def load() -> Made:
            if not is_assignment(Path(reference).expanduser()):
                return self._load_lesson(reference)
            from tutor.classroom.taking import assignment_at
            from tutor.ui.screens.assignment import AssignmentScreen

            run = assignment_at(reference, self.store)
            assert run is not None
            return partial(AssignmentScreen, run)

        self._open(load)

    def open_in_assignment(self, run: AssignmentRun, lesson: str) -> None:
        """Make the learner's numbers in a thread, then show the lesson."""

        def load() -> Made:
            from tutor.ui.screens.assignment import AssignmentLesson

            return partial(AssignmentLesson, run, run.open(lesson))

        self._open(load)

    def open_look_back(self, reference: str) -> None:
        """Load a lesson in a thread, then show what was answered in it."""

        def load() -> Made:
            from tutor.session import open_lesson
            from tutor.ui.screens.look_back import LookBackScreen

            return partial(LookBackScreen, open_lesson(reference, self.store))

        self._open(load)

    def open_practice(self, only: str = "") -> None:
        """Find the first question that is due in a thread, then show it, or say that nothing is due."""

        def load() -> Made | str:
            from tutor.session.practice import PracticeRun, nothing_due
            from tutor.ui.screens.practising import PracticeScreen

            run = PracticeRun(self.store, only=only)
            session = run.next()
            return nothing_due(run.learner) if session is None else partial(PracticeScreen, run, session)

        self._open(load)

    def open_skills(self) -> None:
        """Show the skills; Enter practises one."""
        from tutor.ui.screens.skills import SkillsScreen

        def drill(skill: str | None) -> None:
            if skill:
                self.open_practice(skill)

        self.push_screen(SkillsScreen(), drill)

    def open_tour(self) -> None:
        """Load the tour's lesson, with a store in memory, and show it."""

        def load() -> Made:
            from tutor.lessons import cache
            from tutor.session import Session
            from tutor.ui.screens.lesson import LessonScreen

            return partial(LessonScreen, Session(cache.load(Path(__file__).with_name("tour.yaml")), Store(None)))

        self.store.set_setting("tour-seen", True)
        self._open(load)

    def _open(self, load: Callable[[], Made | str]) -> None:
        """Load in a thread what makes a screen, and show that; or the notice why there is none, or what is wrong."""
        from tutor.ui.screens.opening import Opening

        waiting = Opening()
        self.push_screen(waiting)
        self._load(waiting, load)

    @work(thread=True, exclusive=True, group="open")
    def _load(self, waiting: Screen[None], load: Callable[[], Made | str]) -> None:
        try:
            made = load()
        except TutorError as error:
            from tutor.ui.screens.trouble import Trouble

            made = partial(Trouble, error)
        self.call_from_thread(self._show_instead, waiting, made)

    def _show_instead(self, waiting: Screen[None], made: Made | str) -> None:
        """Replace the waiting screen with what was loaded, unless the learner has left it."""
        if isinstance(made, str):
            if self.screen is waiting:
                self.pop_screen()
            self.notify(made, markup=False, timeout=12)
        elif self.screen is waiting:
            self.switch_screen(made())
            self.call_after_refresh(self._freeze_loaded_objects)

    def ask(self, question: str, yes: str, then: Callable[[], Awaitable[None] | None]) -> None:
        """Ask a question whose answer ``yes`` does something. The other answer does nothing."""
        from tutor.ui.screens.confirm import Confirm

        async def answered(sure: bool | None) -> None:
            if sure and isawaitable(done := then()):
                await done

        self.push_screen(Confirm(question, yes), answered)

    def show_error(self, error: TutorError) -> None:
        """Show an error that a person can act on."""
        from tutor.ui.screens.trouble import Trouble

        self.push_screen(Trouble(error))

    def _freeze_loaded_objects(self) -> None:
        """Keep the garbage collector from scanning what is loaded and stays: libraries, the lesson, its network. It
        would scan all of that every few screens, for a tenth of a second."""
        if self._has_loaded:
            gc.unfreeze()  # to free what an earlier lesson left
            gc.collect()
        self._has_loaded = True
        gc.freeze()
