"""Practice: one question at a time, and at the end which skills changed."""

from __future__ import annotations

from collections.abc import Iterator

from textual import work
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from tutor.session import Session
from tutor.session.practice import PracticeRun, SkillLine
from tutor.ui.screens.ending import EndDialog
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.text import MUTED, bar, one_line

_BAR = 14
#: Commands of a lesson that make no sense for a single question.
_NOT_HERE = frozenset({"contents", "practice", "numbers_only", "variant", "back", "fix", "reset", "look_back"})


class PracticeScreen(LessonScreen):
    """Shows the questions of a practice run, one after the other."""

    help_text = (
        "One question at a time, chosen by what you cannot do yet, always with fresh numbers. You may leave at any "
        "moment: every answer counts as soon as it is given."
    )

    def __init__(self, run: PracticeRun, session: Session) -> None:
        super().__init__(session)
        self.run_of_questions = run

    async def on_mount(self) -> None:
        """Tell the footer that another question follows."""
        self.page.foot.goes_on = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what makes no sense for a single question."""
        return False if action in _NOT_HERE else super().check_action(action, parameters)

    def show_place(self) -> None:
        """Show which question it is, and why it is asked."""
        run = self.run_of_questions
        self.top.heading = run.why()
        self.top.place = f"question {len(run.asked)} of {run.total}"
        self.top.share = len(run.asked) / run.total if run.total else None

    async def action_next(self) -> None:
        """Show the next question, or the end."""
        self.save()
        self._find_next()

    @work(thread=True, exclusive=True, group="next question")
    def _find_next(self) -> None:
        worker = get_current_worker()
        session = self.run_of_questions.next()
        if not worker.is_cancelled:
            self.app.call_from_thread(self.app.call_later, self._take_next, session)

    async def _take_next(self, session: Session | None) -> None:
        if session is None:
            self.finish()
            return
        await self.take(session)

    def finish(self) -> None:
        """Show which skills changed, and what comes next."""
        self.save()
        self.app.push_screen(PracticeEnd(self.run_of_questions), self._ended)

    def _ended(self, choice: str | None) -> None:
        self.dismiss()
        if choice == "more":
            self.app.call_later(self.tutor.open_practice, self.run_of_questions.only)
        elif choice == "skills":
            self.app.call_later(self.tutor.open_skills)

    def action_home(self) -> None:
        """End the practice."""
        self.finish()


class PracticeEnd(EndDialog):
    """Shows which skills a practice run changed. The choices are ``more``, ``skills`` and ``home``."""

    stays = "home"

    def __init__(self, run: PracticeRun) -> None:
        super().__init__()
        self.moved = run.summary()
        self.following = run.comes_next()

    def said(self) -> Iterator[Static]:
        """Yield each skill's bar with the value before, and what comes next."""
        yield Static(Content.styled("What moved" if self.moved else "Nothing was answered", "bold"))
        for line in self.moved:
            yield Static(_moved(line))
        if self.following:
            names = ", ".join(line.title for line in self.following)
            yield Static(Content.assemble(("Next: ", MUTED), one_line(names)))

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield more practice, the skills, and Home."""
        if self.following:
            yield "more", "Practise more"
        yield "skills", "All skills"
        yield "home", "Home"


def _moved(line: SkillLine) -> Content:
    """Return a skill's bar after practice, and how much it went up or down."""
    before = line.before or 0.0
    if f"{line.recall:.0%}" == f"{before:.0%}":
        change, style = "unchanged", MUTED
    else:
        sign, style = ("▲", "$success") if line.recall > before else ("▼", "$warning")
        change = f"{sign} from {before:.0%}"
    return Content.assemble(bar(line.recall, _BAR), f" {line.recall:>4.0%} ", (change, style), f"  {line.title}")
