"""The part of a lesson's screen that handles answers: it shows blocks, passes answers to the session, and shows the
outcomes."""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.worker import Worker

from tutor.lessons.blocks.base import NOTHING_TYPED
from tutor.session import Session
from tutor.session.answers import is_blank
from tutor.session.model import Field, FieldKind, Outcome, ScreenView, Verdict
from tutor.ui.blocks.code import CodeBlock
from tutor.ui.fields import FieldWidget
from tutor.ui.fields.code import CodeField
from tutor.ui.fields.grid import GridField
from tutor.ui.screens.base import while_there
from tutor.ui.screens.lesson_commands import HINT
from tutor.ui.screens.mapped import Map, MappedScreen
from tutor.ui.widgets.notice import NoticeLine
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.so_far import SoFar

if TYPE_CHECKING:
    from tutor.ui.own_editor import OwnFile
    from tutor.ui.runner import Runner


class AnsweringScreen(MappedScreen):
    """A page of blocks, with the drawing beside it if there is room, and the programs that run from the page."""

    TITLE = ""
    AUTO_FOCUS = ""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._runner: Runner | None = None
        self._own_file: OwnFile | None = None
        self._program: Worker[None] | None = None

    def parts(self) -> ComposeResult:
        with Horizontal(id="stage"):
            yield Page(id="page")
            yield Map()
        yield SoFar()
        yield NoticeLine()

    @property
    def focus_chain(self) -> list[Widget]:
        """Everything that Tab goes to, in the order of the lesson: all that can have the focus except the page itself.

        Textual orders by position on the screen, which changes when a question is docked.
        """
        place = {widget: number for number, widget in enumerate(self.walk_children(Widget))}
        return sorted((each for each in super().focus_chain if each is not self.page), key=place.__getitem__)

    async def on_mount(self) -> None:
        """Show the screen where the learner was."""
        self._set_widths(self.app.size.width)
        self.say_news(self.session)
        await self.show_screen(self.session.goto(self.session.position))  # so that Home continues here

    # -- showing ------------------------------------------------------------------------------------------------------

    async def show_screen(self, view: ScreenView) -> None:
        """Show a screen from its top, all at once, and focus its first open question."""
        session = self.session
        with while_there(self):
            async with self._turning:
                if session is self.session:  # otherwise the screen of the new session is shown
                    await self._show(view, session)

    async def show_field(self, field_id: str) -> None:
        """Show the screen that a field is on, and focus the field."""
        place = self.session.screen_of(field_id)
        if place != self.session.position:
            await self.show_screen(self.session.goto(place))
        with while_there(self):
            self.page.focus_field(field_id)

    async def take(self, session: Session) -> None:
        """Continue in another session: the lesson with other numbers, or as it was just saved.

        What was typed so far belongs to the old session, and so do its programs. Call this from the application's
        message loop, so that keys wait.
        """
        before, runner = self.session, self._runner
        with while_there(self):
            async with self._turning:
                await self._show(session.screen(), session)
        self.say_news(session)
        before.save()
        if runner is not None:
            await runner.close()

    def _leave_session(self) -> None:
        """Save, and end what belongs to the old session only."""
        self.save()
        if self._program is not None:
            self._program.cancel()
        self._runner = None
        if self._own_file is not None:
            self._own_file.stop()
            self._own_file = None

    async def _show(self, view: ScreenView, session: Session) -> None:
        gc.disable()  # collect garbage while the learner reads, not before
        try:
            await self.drain_messages()
            await self._fill(view, session)
        finally:
            if not self.call_after_refresh(gc.enable):  # the screen is gone
                gc.enable()

    async def _fill(self, view: ScreenView, session: Session) -> None:
        """Fill the page. Until then its fields belong to the old session, so ``self.session`` is set here."""
        if session is not self.session:
            self._leave_session()
            self.session = session
        target = next((field for field in view.fields if not session.state(field.id).done), None)
        with self.app.batch_update():
            self.set_focus(None)  # or the page would be focused as its fields go, and all in it restyled
            self._selected = None
            current = target.id if target is not None else None
            await self.page.show(view, session, current=current)
            for widget in self.page.field_widgets():
                await self._show_hints(widget)
            await self._show_map(view)
            self._show_progress(view)
            # at once, so that keys typed meanwhile go here
            self.set_focus(self._target(self.page.field_widget(current)), scroll_visible=False)
            self._highlight(target)
            self.page.place()

    def show_place(self) -> None:
        """Show in the top line where in the lesson this is, and how much is done."""
        session, progress = self.session, self.session.progress
        self.top.heading = " · ".join((session.title, *session.edition))
        self.top.place = f"screen {session.position + 1} of {len(session.titles)}"
        self.top.share = progress.share if progress.total else None
        counts = [f"{progress.done - progress.given_up} {Verdict.CORRECT.sign}"]
        counts += [f"{progress.given_up} shown"] if progress.given_up else []
        counts += [f"{progress.to_fix} to fix"] if progress.to_fix else []
        self.top.words = "  ".join(counts) if progress.total else ""

    def _show_progress(self, view: ScreenView) -> None:
        self.show_place()
        self.page.foot.say(self._open_words(view))
        self.query_one(NoticeLine).say(self.session.notice)
        if self.strip.of:
            self._fill_strip()

    def _open_words(self, view: ScreenView) -> str:
        """Say how much is open on a screen."""
        asked = [field for field in view.fields if field.kind is not FieldKind.RUN]
        still_open = sum(not self.session.state(field.id).done for field in asked)
        if still_open:
            return f"{still_open} question{'s' if still_open > 1 else ''} open here"
        if view.waits_for:
            return f"more here once screen {view.waits_for[0] + 1} is answered"
        return "all done here" if asked else ""

    # -- answering ----------------------------------------------------------------------------------------------------

    @on(FieldWidget.Edited)
    def edited(self, event: FieldWidget.Edited) -> None:
        """Keep the draft; parse and save it in the background."""
        event.stop()
        name, session = event.field.field.id, event.field.session or self.session
        if event.answer == session.state(name).draft:
            return
        if session is not self.session:  # typed before the numbers changed, handled after
            session.draft(name, event.answer)
            session.save()
        else:
            self.keep_draft(event.field.field, event.answer, partial(self._read, event.field, event.cell))

    def _read(self, widget: FieldWidget, cell: int | None) -> None:
        field = widget.field
        if self._is_here(widget):
            widget.fade()
            self.page.show_subject()
        if not field.kind.is_read or not self._is_here(widget):
            return
        self.tutor.expect_answers()
        answer = widget.answer
        is_grid = field.kind is FieldKind.GRID
        text = answer[cell or 0] if isinstance(answer, tuple) else answer
        widget.show_reading(self.session.read(field.id, text, cell if is_grid else None), cell if is_grid else None)

    @on(FieldWidget.Submitted)
    async def submitted(self, event: FieldWidget.Submitted) -> None:
        """Have an answer marked, or move on if it is already right. If nothing is typed, say so."""
        event.stop()
        if isinstance(event.field, CodeField):
            self.start(event.field)
            return
        field, session = event.field.field, event.field.session or self.session
        state = session.state(field.id)
        if self.is_missing(session, field.id, event.answer):
            event.field.say(NOTHING_TYPED.message)
        elif is_blank(event.answer) or (state.done and event.answer == state.answer):
            self._go_on(event.field)
        else:
            self.tutor.type_ahead.hold()
            outcome = await self.have_marked(session, field.id, event.answer)
            if not self._is_here(event.field):
                self.tutor.type_ahead.go_on()
                self._show_progress(self.session.screen())
                return
            # paint the verdict before doing what follows from it
            event.field.show_verdict(session.state(field.id))
            event.field.when_painted(partial(self.answered, outcome))

    def _is_here(self, widget: FieldWidget) -> bool:
        """Return whether a field is on the page: the page may have been turned since the field sent its message."""
        return widget in self.page.field_widgets()

    def _go_on(self, widget: FieldWidget) -> None:
        """Go to the next open field, or to the button that leads on."""
        widgets = self.page.field_widgets()
        if widget not in widgets:
            return
        later = widgets[widgets.index(widget) + 1 :]
        target = next((other for other in later if not self.session.state(other.field.id).done), None)
        self.tutor.type_ahead.hand_over(self._target(target), scroll_visible=False)

    def _target(self, widget: FieldWidget | None) -> Widget:
        """Return what to focus for a field; for None, the button that leads on."""
        return widget.focus_target() if widget is not None else self.query_one("#next")

    async def answered(self, outcome: Outcome) -> None:
        """Show what an answer changes: marks, numbers that may be seen now, the focus."""
        await self._refresh()
        with while_there(self):
            if self.page.field_widget(outcome.field) is not None:
                target = self._target(self.page.field_widget(outcome.focus))
                self.tutor.type_ahead.hand_over(target, scroll_visible=False)
                return
        self.tutor.type_ahead.go_on()  # the page was turned or left meanwhile

    async def _refresh(self) -> None:
        """Update the page, the drawing and the top line."""
        with while_there(self):
            async with self._turning:
                view = self.session.screen()
                if self.page.view is None or self.page.view.index != view.index:
                    return  # another screen is about to be shown
                await self.page.refresh_view(view, self.session)
                for hinted in self.page.hinted_fields():
                    await self._show_hints(hinted)
                await self._show_map(view)
                self._show_progress(view)

    @on(FieldWidget.Leaving)
    def leaving(self, event: FieldWidget.Leaving) -> None:
        """Move to the next or previous field when up or down leaves one."""
        event.stop()
        if self._is_here(event.field):
            self.page.move_on(event.field, event.step)

    @on(GridField.Offered)
    def offered(self, event: GridField.Offered) -> None:
        """Handle a paste that may be a matrix: fill the grid if it fits, or the cell if it is a calculation."""
        event.stop()
        field = event.field.field
        cells = self.session.read_grid(field.id, event.text)
        if cells is not None:
            event.field.fill(cells)
        elif self.session.read(field.id, event.text, event.entry.place).ok:
            event.entry.put_in(event.text)
        else:
            self.notify(self.session.unfit(field.id, event.text), severity="warning", markup=False)

    # -- programs -----------------------------------------------------------------------------------------------------

    @property
    def runner(self) -> Runner:
        """Runs the lesson's programs; made when the first one runs."""
        if self._runner is None:
            from tutor.ui.runner import Runner

            self._runner = Runner(self.session)
        return self._runner

    @property
    def runs_a_program(self) -> bool:
        """Whether a program is running, or its result is still being handled."""
        return self._program is not None and not self._program.is_finished

    def _may_run(self, widget: CodeField) -> bool:
        """Return whether a field is on the page and no program is running. If one is, say so."""
        if self.runs_a_program:
            self.notify("A program is running. F9 stops it.", markup=False)
        return not self.runs_a_program and self._is_here(widget)

    def start(self, widget: CodeField) -> None:
        """Run a program, unless one is running."""
        if self._may_run(widget):
            self._program = self.run_code(widget)

    @work(group="program")
    async def run_code(self, widget: CodeField) -> None:
        """Run a program in the background, then show its outcome."""
        session, runner = self.session, self.runner
        block = next(block for block in self.page.blocks if isinstance(block, CodeBlock) and block.code is widget)
        self.save()
        source = widget.editor.text
        result = await runner.run(block, source)
        if result is not None:
            outcome = session.finish(widget.field.id, source, result)
            # not in this worker, which ends with the session and would leave the page half updated
            self.call_later(self._after_program, block, outcome)

    @on(CodeField.AboveWanted)
    def above_wanted(self, event: CodeField.AboveWanted) -> None:
        """Run the cells above one, unless a program is running."""
        event.stop()
        if self._may_run(event.field):
            self._program = self.run_above(event.field)

    @work(group="program")
    async def run_above(self, widget: CodeField) -> None:
        """Run the cells above one in the background."""
        block = next(block for block in self.page.blocks if isinstance(block, CodeBlock) and block.code is widget)
        self.save()
        await self.runner.run_above(block)
        self.call_later(self._refresh)

    async def _after_program(self, block: CodeBlock, outcome: Outcome) -> None:
        """Show the outcome of a program. If it was right and all is done here, focus the button that leads on."""
        await self._refresh()
        with while_there(self):
            self.runner.show_states(other for other in self.page.blocks if isinstance(other, CodeBlock))
            is_here = block in self.page.blocks  # the page may have been turned
            if is_here and outcome.screen_done and outcome.result.verdict is Verdict.CORRECT:
                self.query_one("#next").focus()

    @on(CodeField.Stopped)
    def stopped(self, event: CodeField.Stopped) -> None:
        event.stop()
        self.runner.interrupt()

    @on(CodeField.Paused)
    def paused(self, event: CodeField.Paused) -> None:
        """Pause the program, or resume it."""
        event.stop()
        is_paused = self.runner.pause()
        event.field.show_paused(is_paused)
        if self.runner.is_running:
            event.field.say("paused" if is_paused else "running …")

    @on(CodeField.InstallWanted)
    def install_wanted(self, event: CodeField.InstallWanted) -> None:
        """Install the package that a program lacks, unless a program is running."""
        event.stop()
        if self._may_run(event.field):
            self._install(event.field)

    @work(group="install", exclusive=True)
    async def _install(self, widget: CodeField) -> None:
        """Install the package that a program lacks, after asking, then run the program."""
        from tutor.ui.screens.installing import install

        runner = self.runner
        if widget.lacks is not None and await install(self.tutor, widget.lacks):
            await runner.begin_again()
            self.start(widget)

    @on(CodeField.EditorWanted)
    def editor_wanted(self, event: CodeField.EditorWanted) -> None:
        """Open the lab's file in the learner's own editor. Each time it is saved, it runs here."""
        event.stop()
        from tutor.ui.own_editor import OwnFile

        before = self._own_file
        if before is not None:
            before.stop()
        self._own_file = OwnFile(self, event.field, before)
        self._own_file.open()

    async def on_unmount(self) -> None:
        """End the programs when the screen closes."""
        if self._runner is not None:
            await self._runner.close()

    # -- hints --------------------------------------------------------------------------------------------------------

    async def _show_hints(self, widget: FieldWidget) -> None:
        block = self.page.block_of(widget)
        if block is not None and self.session.state(widget.field.id).took_hints:
            key = self.tutor.key_shown(HINT)
            await block.show_hints(widget, self.session.hints(widget.field.id), key)

    def focused_question(self) -> Field | None:
        """Return the question that has the focus, or had it last."""
        widget = self.page.focused_field
        return widget.field if widget is not None else None

    def asks(self, field: Field) -> bool:
        """Return whether a question is still on the page: the page may have been turned, or its numbers changed."""
        return any(widget.field is field for widget in self.page.field_widgets())

    async def hint_opened(self, field: Field) -> None:
        """Show the hints at the question, with the newest one in view."""
        await self._refresh()
        with while_there(self):
            widget = self.page.field_widget(field.id)
            if widget is not None:
                await self._show_hints(widget)
