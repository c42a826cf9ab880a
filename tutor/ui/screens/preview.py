"""Show a lesson as its learners see it, while it is written. It is read again at every save, on the same screen.

Errors are listed below the last good version. One key fills in the right answers, another one steps through the
messages for every mistake. No answer is kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tutor.authoring.preview import Preview, Sample, mistaken_answers, right_answers, same_screen
from tutor.formulas.wording import counted
from tutor.session import Session
from tutor.session.model import FieldKind, ScreenView
from tutor.store import Store
from tutor.ui.commands import Command
from tutor.ui.screens.base import TutorScreen, while_there
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.text import MUTED, clean, plain

LOOK_EVERY = 0.4  # seconds; the files' times are polled, because file events are not delivered everywhere
MOST_LINES = 6

COMMANDS = (
    Command("preview.fill", "fill", "f9", "Fill the right answers in",
            "Fills in every right answer.", footer="fill", letter="F"),
    Command("preview.mistake", "mistake", "f10", "The next mistake's message",
            "Types the next typical mistake of this screen's questions, to see what is said about it.",
            footer="next mistake", letter="x"),
    Command("preview.again", "again", "", "Empty the fields", "Starts the lesson again, on this screen.", letter="E"),
)  # fmt: skip


class Problems(Static):
    """Lists the errors in the current version of the file, or its warnings."""

    DEFAULT_CSS = """
    Problems { height: auto; max-height: 50%; padding: 0 1; border-top: solid $foreground 25%; }
    Problems.-wrong { border-top: solid $error; }
    """

    def show(self, preview: Preview) -> None:
        """Show the state of a file."""
        self.set_class(preview.is_stale, "-wrong")
        if preview.problems:
            older = "" if preview.lesson is None else "  The version before is shown."
            head = (f"✗ {counted(len(preview.problems), 'error')}.{older}", "bold $error")
            self.update(Content.assemble(head, *(f"\n{clean(str(each))}" for each in preview.problems[:MOST_LINES])))
        elif preview.warnings:
            head = (f"! {counted(len(preview.warnings), 'warning')}", "$warning")
            self.update(Content.assemble(head, *(f"\n{clean(each.heading)}" for each in preview.warnings[:MOST_LINES])))
        elif not preview.is_checked:
            self.update(plain("Checking …", MUTED))
        else:
            self.update(plain("✓ No error and no warning. Save the file, and it is read again.", MUTED))


class Watch:
    """Polls a lesson's files in a thread, and tells a screen when they have changed."""

    def __init__(self, screen: Screen[None], preview: Preview, changed: Callable[[], Awaitable[None]]) -> None:
        self._screen = screen
        self._preview = preview
        self._changed = changed
        self._is_looking = False
        self._timer = screen.set_interval(LOOK_EVERY, self._look)

    def stop(self) -> None:
        """Stop polling the file."""
        self._timer.stop()

    def _look(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self._screen.run_worker(self._poll, thread=True, group="preview")

    def _poll(self) -> None:
        try:
            if self._preview.poll():
                self._screen.app.call_from_thread(self._screen.app.call_later, self._notify_screen)
        finally:
            self._is_looking = False

    async def _notify_screen(self) -> None:
        with while_there(self._screen):
            await self._changed()


class Watching(TutorScreen[None]):
    """Lists what is wrong with a lesson that has not loaded yet."""

    help_text = "The lesson cannot be shown yet. Fix what is listed and save: it is read again by itself."

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.title = f"Preview: {preview.path.name}"
        self.preview = preview

    def parts(self) -> ComposeResult:
        yield Problems(markup=False)

    def on_mount(self) -> None:
        """Show what is wrong, and wait for a save."""
        self.query_one(Problems).show(self.preview)
        self._watch = Watch(self, self.preview, self._changed)

    async def _changed(self) -> None:
        """Show the saved file, once it loads."""
        if self.preview.lesson is None:
            self.query_one(Problems).show(self.preview)
        else:
            self._watch.stop()
            self.app.push_screen(PreviewScreen(self.preview, Store(None, learner="")))


class PreviewScreen(LessonScreen):
    """The lesson, and below it the errors or warnings."""

    commands = (*COMMANDS, *LessonScreen.commands)
    help_text = (
        "The lesson as its learners see it. Save the file, and this screen is read again. **F9** fills in every "
        "right answer, **F10** walks through the messages of its mistakes. Nothing that is answered here is kept."
    )

    def __init__(self, preview: Preview, store: Store) -> None:
        assert preview.lesson is not None
        super().__init__(Session(preview.lesson, store))
        self.preview = preview
        self._store = store
        self._mistakes: list[Sample] = []
        self._mistaken = ""
        self._place = 0
        self._shown = -1

    def parts(self) -> ComposeResult:
        yield from super().parts()
        yield Problems(markup=False)

    async def on_mount(self) -> None:
        """Show the state of the file, and wait for a save."""
        self.query_one(Problems).show(self.preview)
        Watch(self, self.preview, self._changed)

    # -- reading it again ---------------------------------------------------------------------------------------------

    async def _changed(self) -> None:
        """After a save, show the same screen of the new version, or the errors below the old one."""
        self.query_one(Problems).show(self.preview)
        lesson = self.preview.lesson
        if self.preview.is_stale or lesson is None or lesson is self.session.lesson:
            return
        self.session.save()  # for the next session, which reads it
        session = Session(lesson, self._store)
        session.goto(same_screen(self.session.lesson, self.session.position, lesson))
        await self.take(session)

    # -- answers ------------------------------------------------------------------------------------------------------

    def _field_of(self, sample: Sample) -> str | None:
        """Return the id of the field that a sample answer is for, or None."""
        for name in self.session.field_ids:
            field = self.session.field(name)
            if field.block_id == sample.block_id and (field.of, field.quantity) == (
                sample.of or field.of,
                sample.quantity or field.quantity,
            ):
                return name
        return None

    async def action_fill(self) -> None:
        """Fill in every right answer of the screen. A lab's program is filled in, but not run."""
        for sample in right_answers(self.session.lesson.screens[self.session.position]):
            name = self._field_of(sample)
            if name is None:
                continue
            if self.session.field(name).kind is FieldKind.LAB:
                self.session.draft(name, sample.answer)
            else:
                await self.have_marked(self.session, name, sample.answer)
        await self.show_screen(self.session.screen())

    async def action_mistake(self) -> None:
        """Answer with the next mistake that has a message."""
        if not self._mistakes:
            self._mistakes = list(mistaken_answers(self.session.lesson.screens[self.session.position]))
            self._place = 0
        if not self._mistakes:
            self.notify("No question of this screen has a message for a mistake.", markup=False)
            return
        sample = self._mistakes[self._place % len(self._mistakes)]
        self._place += 1
        name = self._field_of(sample)
        if name is None:
            return
        if self._mistaken not in (name, ""):
            await self._correct(self._mistaken)  # or later answers would be marked as following from it
        self._mistaken = name
        await self.have_marked(self.session, name, sample.answer)
        await self.show_screen(self.session.screen())
        await self.show_field(name)
        said = f"{(self._place - 1) % len(self._mistakes) + 1} of {len(self._mistakes)}: {sample.about}"
        self.notify(clean(said), markup=False)

    async def _correct(self, name: str) -> None:
        """Fill in the right answer of one field."""
        for sample in right_answers(self.session.lesson.screens[self.session.position]):
            if self._field_of(sample) == name:
                await self.have_marked(self.session, name, sample.answer)

    async def action_again(self) -> None:
        place = self.session.position
        self.session.reset()
        await self.show_screen(self.session.goto(place))

    async def _fill(self, view: ScreenView, session: Session) -> None:
        """Forget the mistakes if another screen, or another version of it, is shown."""
        if (self._shown, self.session) != (view.index, session):
            self._mistakes, self._mistaken = [], ""
        self._shown = view.index
        await super()._fill(view, session)

    def following(self) -> None:
        """Return None: only this lesson is previewed."""

    def action_home(self) -> None:
        """Leave: a preview has no Home."""
        self.app.exit()
