"""Open screens: a thread loads what a screen needs, while a screen that can be left is shown."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual import work
from textual.app import App
from textual.screen import Screen

from tutor.classroom import is_assignment
from tutor.errors import TutorError
from tutor.store import Store

if TYPE_CHECKING:
    from tutor.authoring.own_form import Form
    from tutor.classroom.taking import AssignmentRun
    from tutor.session import Session
    from tutor.session.practice import PracticeRun

Found = TypeVar("Found")


class OpeningApp(App[None]):
    """The part of the application that opens lessons, practice, assignments and forms. A screen's module is imported
    when the screen is first shown."""

    store: Store

    def open_lesson(self, reference: str, *, new_numbers: bool = False, worksheet: bool = False) -> None:
        """Load a lesson in a thread, then show it (with its ``worksheet`` on top), or what is wrong with it."""

        def load() -> Session:
            from tutor.session import open_lesson

            session = open_lesson(reference, self.store)
            return session.new_variant() if new_numbers else session

        self._open(load, _worksheet_screen if worksheet else _lesson_screen)

    def open_own(self, path: Path | None = None, numbers: str = "") -> None:
        """Show the form for the learner's own network: a new one, perhaps with ``numbers``, or the lesson at
        ``path``."""

        from tutor.authoring.own_form import Form

        if path is None:
            self.push_screen(_own_screen(None, Form(numbers=numbers)))
            return

        def load() -> Form:
            from tutor.authoring.own import form_of
            from tutor.lessons.loader import load as load_lesson

            return form_of(load_lesson(path))

        self._open(load, partial(_own_screen, path))

    def open_target(self, reference: str) -> None:
        """Open what the command line names: a lesson, or a file with an assignment."""

        def load() -> Session | AssignmentRun:
            from tutor.session import open_lesson

            if is_assignment(Path(reference).expanduser()):
                from tutor.classroom.taking import assignment_at

                run = assignment_at(reference, self.store)
                assert run is not None
                return run
            return open_lesson(reference, self.store)

        self._open(load, _target_screen)

    def open_in_assignment(self, run: AssignmentRun, lesson: str) -> None:
        """Make the learner's numbers in a thread, then show the lesson."""
        self._open(partial(run.open, lesson), partial(_assignment_lesson, run))

    def open_look_back(self, reference: str) -> None:
        """Load a lesson in a thread, then show what was answered in it."""

        def load() -> Session:
            from tutor.session import open_lesson

            return open_lesson(reference, self.store)

        self._open(load, _look_back_screen)

    def open_practice(self, only: str = "") -> None:
        """Find the first question that is due in a thread, then show it, or say that nothing is due."""
        from tutor.ui.screens.opening import Opening

        waiting = Opening()
        self.push_screen(waiting)
        self._find_practice(waiting, only)

    @work(thread=True, exclusive=True, group="open")
    def _find_practice(self, waiting: Screen[None], only: str) -> None:
        from tutor.session.practice import PracticeRun, nothing_due

        try:
            run = PracticeRun(self.store, only=only)
            session = run.next()
        except TutorError as error:
            from tutor.ui.screens.trouble import Trouble

            self.call_from_thread(self._show_instead, waiting, partial(Trouble, error))
            return
        if session is None:
            self.call_from_thread(self._nothing_to_practise, waiting, nothing_due(run.learner))
        else:
            self.call_from_thread(self._show_instead, waiting, partial(_practice_screen, run, session))

    def _nothing_to_practise(self, waiting: Screen[None], why: str) -> None:
        if self.screen is waiting:
            self.pop_screen()
        self.notify(why, markup=False, timeout=12)

    def open_skills(self) -> None:
        """Show the skills; Enter practises one."""
        from tutor.ui.screens.skills import SkillsScreen

        def drill(skill: str | None) -> None:
            if skill:
                self.open_practice(skill)

        self.push_screen(SkillsScreen(), drill)

    def open_tour(self) -> None:
        """Load the tour's lesson, with a store in memory, and show it."""

        def load() -> Session:
            from tutor.lessons import cache
            from tutor.session import Session

            return Session(cache.load(Path(__file__).with_name("tour.yaml")), Store(None))

        self.store.set_setting("tour-seen", True)
        self._open(load, _lesson_screen)

    def _open(self, load: Callable[[], Found], screen: Callable[[Found], Screen[None]]) -> None:
        from tutor.ui.screens.opening import Opening

        waiting = Opening()
        self.push_screen(waiting)
        self._load(waiting, load, screen)

    @work(thread=True, exclusive=True, group="open")
    def _load(self, waiting: Screen[None], load: Callable[[], Found], screen: Callable[[Found], Screen[None]]) -> None:
        try:
            found = load()
        except TutorError as error:
            from tutor.ui.screens.trouble import Trouble

            self.call_from_thread(self._show_instead, waiting, partial(Trouble, error))
        else:
            self.call_from_thread(self._show_instead, waiting, partial(screen, found))

    def _show_instead(self, waiting: Screen[None], make: Callable[[], Screen[None]]) -> None:
        """Replace the waiting screen with what was loaded, unless the learner has left it."""
        if self.screen is waiting:
            self.switch_screen(make())
            self.call_after_refresh(freeze_loaded_objects)

    def show_error(self, error: TutorError) -> None:
        """Show an error that a person can act on."""
        from tutor.ui.screens.trouble import Trouble

        self.push_screen(Trouble(error))


def freeze_loaded_objects() -> None:
    """Keep the garbage collector from scanning what is loaded and stays: libraries, the lesson, its network. It would
    scan all of that every few screens, for a tenth of a second."""
    gc.unfreeze()  # to free what an earlier lesson left
    gc.collect()
    gc.freeze()


def _practice_screen(run: PracticeRun, session: Session) -> Screen[None]:
    from tutor.ui.screens.practising import PracticeScreen

    return PracticeScreen(run, session)


def _lesson_screen(session: Session) -> Screen[None]:
    from tutor.ui.screens.lesson import LessonScreen

    return LessonScreen(session)


def _worksheet_screen(session: Session) -> Screen[None]:
    from tutor.ui.screens.lesson import LessonScreen

    return LessonScreen(session, worksheet=True)


def _own_screen(path: Path | None, form: Form) -> Screen[None]:
    from tutor.ui.screens.own import OwnNetwork

    return OwnNetwork(form, path)


def _target_screen(found: Session | AssignmentRun) -> Screen[None]:
    from tutor.session import Session

    if isinstance(found, Session):
        return _lesson_screen(found)
    from tutor.ui.screens.assignment import AssignmentScreen

    return AssignmentScreen(found)


def _assignment_lesson(run: AssignmentRun, session: Session) -> Screen[None]:
    from tutor.ui.screens.assignment import AssignmentLesson

    return AssignmentLesson(run, session)


def _look_back_screen(session: Session) -> Screen[None]:
    from tutor.ui.screens.look_back import LookBackScreen

    return LookBackScreen(session)
