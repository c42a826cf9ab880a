"""Run the plain mode: the list of lessons, and the screens of a lesson one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from tutor.classroom import is_assignment
from tutor.errors import TutorError
from tutor.lessons.blocks import View
from tutor.lessons.catalogue import Catalogue, grouped
from tutor.paths import split_variant
from tutor.plain.asking import Asker
from tutor.plain.blocks import show
from tutor.plain.context import Navigate
from tutor.plain.terminal import Terminal
from tutor.session import Session, open_lesson
from tutor.session.model import LockedView, ProgramView, QuestionView
from tutor.session.practice import PracticeRun, nothing_due
from tutor.store import Store, default_place


def run_plain(
    lesson: str | None = None,
    *,
    practise: str | bool = False,
    own: str | None = None,
    ascii_only: bool = False,
    source: TextIO | None = None,
    out: TextIO | None = None,
    store: Store | None = None,
) -> int:
    """Run the plain mode until the learner leaves or the input ends; return the exit status, 1 if progress was lost.

    ``practise`` (True, or a skill's id) begins with practice, ``own`` (weights, or an empty text) with the learner's
    own network, ``lesson`` with a lesson or an assignment.

    Raises:
        TutorError: There is no such lesson.
    """
    kept = store or Store(default_place())
    terminal = Terminal(source, out, ascii_only=ascii_only)
    goodbye = "{} Goodbye."
    try:
        tutor = _PlainTutor(terminal, kept)
        if practise:
            tutor.practise(practise if isinstance(practise, str) else "")
        elif own is not None:
            tutor.own(own)
        elif lesson is not None and is_assignment(Path(lesson).expanduser()):
            tutor.assignment(lesson)
        else:
            tutor.run(lesson)
    except KeyboardInterrupt:
        terminal.say()
        goodbye = "Stopped. {}"
    finally:
        if store is None:
            kept.close()
    terminal.say_filled(goodbye.format(kept.notice if kept.unsaved else "Everything is kept."))
    return int(kept.unsaved)


class _PlainTutor:
    def __init__(self, terminal: Terminal, store: Store) -> None:
        self.terminal = terminal
        self.store = store
        self._noticed = ""

    def run(self, lesson: str | None) -> None:
        """Open a lesson, or the list if it is None, and continue until the learner leaves."""
        self.terminal.say_filled("Neural networks by hand. :help says what you can type.")
        self._say_notice(self.store.notice)
        self._work(open_lesson(lesson, self.store, resume=True) if lesson is not None else self._choose())

    def own(self, numbers: str) -> None:
        """Begin with the learner's own network."""
        self._work(self._own(numbers))

    def _own(self, numbers: str = "") -> Session | None:
        from tutor.plain.own import ask_for_network

        path = ask_for_network(self.terminal, numbers)
        return open_lesson(str(path), self.store) if path is not None else None

    def _work(self, session: Session | None) -> None:
        while session is not None and self._lesson(session):
            session = self._choose()

    def _say_notice(self, notice: str) -> None:
        if notice and notice != self._noticed:
            self.terminal.say_filled(f"! {notice}")
        self._noticed = notice

    # -- practice -----------------------------------------------------------------------------------------------------

    def practise(self, only: str = "") -> None:
        """Ask practice questions until the plan is done or the learner leaves, then show what changed."""
        run = PracticeRun(self.store, only=only)
        if not run.total:
            self.terminal.say_filled(nothing_due(run.learner))
            return
        self.terminal.say_filled(f"Practice: {run.plan.words}. :home ends it; everything is kept.")
        while (session := run.next()) is not None:
            self.terminal.say()
            self.terminal.say_filled(f"Question {len(run.asked)} of {run.total}. {run.why()}")
            if not self._question(session):
                break
        self._say_changes(run)

    def _question(self, session: Session) -> bool:
        """Ask one practice question; return whether to continue with the next."""
        asker = Asker(session, self.terminal, self._say_notice)
        try:
            while True:
                try:
                    self._screen(asker)
                    return True
                except Navigate as leave:
                    if leave.where in ("home", "quit"):
                        return False
        except EOFError:
            return False
        finally:
            asker.close()

    def _say_changes(self, run: PracticeRun) -> None:
        self.terminal.say("", "What moved:")
        for line in run.summary():
            self.terminal.say(f"  {line.title}: {line.before or 0:.0%} to {line.recall:.0%}")
        following = run.comes_next()
        if following:
            self.terminal.say_filled(f"Next: {', '.join(line.title for line in following)}.")

    # -- an assignment ------------------------------------------------------------------------------------------------

    def assignment(self, file: str) -> None:
        """Work on an assignment until the learner leaves."""
        from tutor.plain.assignment import PlainAssignment

        PlainAssignment(file, self.store, self.terminal, self._lesson).work()

    # -- home ---------------------------------------------------------------------------------------------------------

    def _choose(self) -> Session | None:
        """Show the list of lessons; return the chosen one, or None to leave."""
        catalogue = Catalogue()
        names = [str(entry.path) for _, entry in grouped(catalogue.entries)]
        self._say_lessons(catalogue)
        known = {entry.id: entry for entry in catalogue.entries}
        last = next((known[one.lesson] for one in self.store.positions() if one.lesson in known), None)
        prompt = "Lesson (number; p: practise; n: your own network"
        if last is not None:
            prompt += f"; Enter: go on with {self.terminal.in_line(last.title)}"
        while True:
            line = self.terminal.ask(f"{prompt}; q leaves): ")
            word = "q" if line is None else line.strip().lower()
            if word in ("q", "quit", ":q", ":quit"):
                return None
            if word in ("p", "practise", "practice"):
                self.practise()
                return self._choose()
            if word == "n":
                return self._own() or self._choose()
            if word.startswith(":"):
                self.terminal.say_filled(
                    "Type a lesson's number, such as 3 or 3#17; q leaves. Within a lesson, :help lists the commands."
                )
                continue
            chosen = self._chosen((line or "").strip(), names, str(last.path) if last is not None else "")
            if chosen is not None:
                return chosen

    def _say_lessons(self, catalogue: Catalogue) -> None:
        """Show the lessons with their numbers, under their headings, with what is done in each."""
        done = {(one.lesson, one.variant): one for one in reversed(self.store.summaries())}
        self.terminal.say("", "Lessons:")
        for place, (heading, entry) in enumerate(grouped(catalogue.entries), 1):
            if heading:
                self.terminal.say(f"  {self.terminal.in_line(heading)}")
            kept = done.get((entry.id, ""))
            state = "cannot be opened" if entry.is_broken else f"{kept.done if kept else 0} of {entry.questions} done"
            to_fix = f", {kept.to_fix} to fix" if kept and kept.to_fix else ""
            self.terminal.say(f"{place:>4}  {self.terminal.in_line(entry.title)}  ({state}{to_fix})")
        for notice in catalogue.notices:
            self._say_notice(notice)

    def _chosen(self, line: str, names: list[str], last: str) -> Session | None:
        """Open the lesson that was typed (a number, an id, a path), or the last one for an empty line; return None if
        there is none."""
        name, variant = split_variant(line)
        if not line and last:
            name = last
        elif name.strip().isdecimal() and 1 <= int(name) <= len(names):
            name = names[int(name) - 1]
        elif not line:
            return None
        try:
            return open_lesson(f"{name}#{variant}" if variant else name, self.store, resume=True)
        except TutorError as error:
            self.terminal.say(error.message)
            return None

    # -- a lesson -----------------------------------------------------------------------------------------------------

    def _lesson(self, session: Session) -> bool:
        """Work through a lesson; return False if the learner leaves the tutor."""
        self.terminal.say("", ", ".join((self.terminal.in_line(session.title), *session.edition)))
        self._say_notice(session.news)
        session.goto(session.position)
        asker = Asker(session, self.terminal, self._say_notice)
        try:
            while True:
                try:
                    self._screen(asker)
                    if asker.session.position + 1 >= len(asker.session.titles):
                        return self._end(asker)
                    asker.go_on("Enter: next screen. ")
                    asker.session.next()
                except Navigate as leave:
                    asker.turn_to(leave.session)
                    if leave.where in ("home", "quit"):
                        return leave.where == "home"
        except EOFError:
            return False
        finally:
            asker.close()

    def _end(self, asker: Asker) -> bool:
        session, progress = asker.session, asker.session.progress
        title = self.terminal.in_line(session.title)
        self.terminal.say()
        self.terminal.say_filled(f"That is the end of {title}: {progress.done} of {progress.total} done.")
        if progress.done < progress.total:
            self.terminal.say(":goto lists the screens with what is done on each.")
        left = session.first_to_fix()
        if left is not None:
            self.terminal.say(f"Screen {session.screen_of(left) + 1} has an answer to fix.")
        asker.go_on("Enter: the list of lessons. ")
        return True

    def _screen(self, asker: Asker) -> None:
        """Show the blocks of a screen in order and ask its questions, including blocks that open meanwhile."""
        session = asker.session
        view, progress = session.screen(), session.progress
        head = f"Screen {view.index + 1} of {len(session.titles)}: {self.terminal.in_line(view.title)}"
        self.terminal.say()
        clock = f"  {session.time_left} left" if session.time_left else ""
        self.terminal.say_filled(f"{head}  [{progress.done} of {progress.total} done]{clock}")
        shown: dict[str, int] = {}
        while (block := self._following(session, shown)) is not None:
            shown[block.id] = shown.get(block.id, 0) + 1
            self.terminal.say()
            if isinstance(block, QuestionView):
                asker.question(block)
                continue
            show(block, self.terminal, several=len(session.networks) > 1)
            if isinstance(block, ProgramView):
                asker.program(block)
        for block in session.screen().blocks:
            if isinstance(block, LockedView):
                self.terminal.say_filled(f"({block.sentence(view.index)})")

    @staticmethod
    def _following(session: Session, shown: dict[str, int]) -> View | None:
        """Return the first block that has not been shown, or None. The views of one block may share an id."""
        counted: dict[str, int] = {}
        for block in session.screen().blocks:
            if isinstance(block, LockedView):
                continue  # shown once it opens
            counted[block.id] = counted.get(block.id, 0) + 1
            if counted[block.id] > shown.get(block.id, 0):
                return block
        return None
