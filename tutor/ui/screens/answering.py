"""A lesson's screen as far as answering goes: it shows blocks, takes answers to the session, shows what comes back."""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.getters import query_one
from textual.timer import Timer
from textual.widget import Widget

from tutor.session import Session
from tutor.session.model import DiagramView, Field, FieldKind, Outcome, ScreenView, Verdict
from tutor.ui.blocks.code import CodeBlock
from tutor.ui.fields import FieldWidget
from tutor.ui.fields.code import CodeField
from tutor.ui.fields.grid import GridField
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import clean
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.entry import Entry, hand_over
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from tutor.ui.own_editor import OwnFile
    from tutor.ui.runner import Runner

SAVE_AFTER = 0.5
READ_AFTER = 0.03
MAP_FROM = 110  # columns; from here on the drawing stands beside the text
MAP_AT_LEAST, MAP_AT_MOST = 54, 76
TEXT_AT_LEAST, TEXT_AT_MOST = 66, 104


class AnsweringScreen(TutorScreen[None]):
    """Drives a session; every answer goes to it and every word comes from it."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MAP_FROM, "-wide")]

    page = query_one(Page)
    top = query_one(TopBar)
    map = query_one("#map", VerticalScroll)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._saving: Timer | None = None
        self._reading: Timer | None = None
        self._runner: Runner | None = None
        self._own_file: OwnFile | None = None
        self._turning = asyncio.Lock()  # keys and marks come from different tasks; one of them changes the page

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Horizontal(id="stage"):
            yield Page(id="page")
            with VerticalScroll(id="map", can_focus=False):
                pass
        yield KeyLine()

    async def on_mount(self) -> None:
        """Show the screen where the learner was."""
        self._set_widths(self.app.size.width)
        await self.show_screen(self.session.goto(self.session.position))  # so that Home goes on here
        if self.session.notice:
            self.notify(clean(self.session.notice), severity="warning", markup=False, timeout=10)

    # -- showing ------------------------------------------------------------------------------------------------------

    async def show_screen(self, view: ScreenView) -> None:
        """Show a screen from its top, with the first open question in hand; all of it at once."""
        async with self._turning:
            gc.disable()  # garbage is looked for while the learner reads, not before
            try:
                await self._show(view)
            finally:
                self.call_after_refresh(gc.enable)

    async def _show(self, view: ScreenView) -> None:
        await self.hear()
        target = next((field for field in view.fields if not self.session.state(field.id).done), None)
        with self.app.batch_update():
            self.set_focus(None)  # else the page would get the focus as its fields go, and all in it a new style
            in_hand = target.id if target is not None else None
            await self.page.show(view, self.session.state, count=len(self.session.titles), in_hand=in_hand)
            for widget in self.page.field_widgets():
                await self._show_hints(widget)
            await self._show_map(view)
            self._show_progress()
            # at once, so that what is typed meanwhile comes here
            first = self.page.field_widget(in_hand) if in_hand is not None else None
            self.set_focus(self._target(first), scroll_visible=False)
            self._light(target)

    async def _show_map(self, view: ScreenView) -> None:
        """The first drawing of the screen, beside the text where there is room."""
        drawn = next((block for block in view.blocks if isinstance(block, DiagramView)), None)
        self.set_class(drawn is not None, "-mapped")
        self._set_widths(self.size.width)
        shown = self.map.query(Diagram)
        if drawn is None:
            await shown.remove()
        elif shown:
            shown.first().show(drawn)
        elif self.size.width >= MAP_FROM:
            await self.map.mount(Diagram(drawn, most_rows=self._map_rows))

    def on_resize(self, event: Resize) -> None:
        """Another size: other widths, another drawing."""
        super().on_resize(event)
        self._set_widths(event.size.width)
        for diagram in self.map.query(Diagram):
            diagram.show(most_rows=self._map_rows)
        self.call_later(self._fill_map)

    async def _fill_map(self) -> None:
        """Where there is room for a drawing now, there is one."""
        async with self._turning:
            if self.page.view is not None:
                await self._show_map(self.page.view)
                self.on_descendant_focus()

    def _set_widths(self, width: int) -> None:
        """Lines of a length that is read with ease, the drawing beside them where there is one, and room. The text
        begins in the same column with and without a drawing, so that the eye need not look for it."""
        room = min(MAP_AT_MOST, max(MAP_AT_LEAST, width - TEXT_AT_LEAST)) if width >= MAP_FROM else 0
        beside = room if self.has_class("-mapped") else 0
        self.map.styles.width = beside
        self.page.styles.width = min(width - beside, TEXT_AT_MOST)
        self.query_one("#stage").styles.padding = (0, 0, 0, max(0, width - TEXT_AT_MOST - room) // 2)

    @property
    def _map_rows(self) -> int:
        return max(12, self.size.height - 4)

    def _show_progress(self) -> None:
        session, progress = self.session, self.session.progress
        number = f"  #{session.variant}" if session.variant else ""
        self.top.heading = f"{session.title}{number}"
        self.top.place = f"screen {session.position + 1} of {len(session.titles)}"
        self.top.share = progress.share if progress.total else None
        mend = f"  {progress.to_mend} to mend" if progress.to_mend else ""
        self.top.words = f"{progress.done} ✓{mend}" if progress.total else ""
        here = session.screen_progress(session.position)
        open_here = here.total - here.done
        words = f"{open_here} open here" if open_here else ("all done here" if here.total else "")
        self.page.foot.say(words)

    def _light(self, field: Field | None) -> None:
        """Light what is asked for in every drawing of the network that it is about."""
        for diagram in self.query(Diagram):
            graph = diagram.view.graph
            asked: tuple[str, ...] = ()
            if field is not None and field.quantity and field.of == diagram.view.of:
                asked = graph.as_quantity(field.quantity).cells
                cell = self.focused.place if isinstance(self.focused, Entry) and self.focused.in_grid else None
                if cell is not None and cell < len(asked):
                    asked = asked[cell : cell + 1]
            diagram.show(asked=asked)

    # -- answering ----------------------------------------------------------------------------------------------------

    @on(FieldWidget.Edited)
    def edited(self, event: FieldWidget.Edited) -> None:
        """Keep the draft; read it back and save it beside the typing."""
        event.stop()
        if event.answer == self.session.state(event.field.field.id).draft:
            return
        self.session.draft(event.field.field.id, event.answer)
        if self._saving is None:
            self._saving = self.set_timer(SAVE_AFTER, self.save)
        if self._reading is not None:
            self._reading.stop()
        self._reading = self.set_timer(READ_AFTER, partial(self._read, event.field, event.cell))

    def _read(self, widget: FieldWidget, cell: int | None) -> None:
        field = widget.field
        if field.kind not in (FieldKind.NUMBER, FieldKind.GRID, FieldKind.EXPRESSION) or not self._is_here(widget):
            return
        self.tutor.expect_answers()
        answer = widget.answer
        is_grid = field.kind is FieldKind.GRID
        text = answer[cell or 0] if isinstance(answer, tuple) else answer
        widget.show_reading(self.session.read(field.id, text, cell if is_grid else None), cell if is_grid else None)

    def save(self) -> None:
        """Write the drafts."""
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        self.session.save()

    @on(FieldWidget.Submitted)
    async def submitted(self, event: FieldWidget.Submitted) -> None:
        """Have an answer marked, or go on where there is none or where it is right already."""
        event.stop()
        if isinstance(event.field, CodeField):
            self.start(event.field)
            return
        field, state = event.field.field, self.session.state(event.field.field.id)
        blank = not any(part.strip() for part in ([event.answer] if isinstance(event.answer, str) else event.answer))
        if blank or (state.done and event.answer == state.answer):
            self._go_on(event.field)
        else:
            outcome = self.session.submit(field.id, event.answer)
            if not self._is_here(event.field):
                self._show_progress()
                return
            # the verdict is painted before all that follows from it
            event.field.show_verdict(self.session.state(field.id))
            event.field.when_painted(partial(self._after, outcome))

    def _is_here(self, widget: FieldWidget) -> bool:
        """Whether a field is on the page: the learner may have turned it since the field sent its message."""
        return widget in self.page.field_widgets()

    def _go_on(self, widget: FieldWidget) -> None:
        """To the next field that is open, or to the way on."""
        widgets = self.page.field_widgets()
        if widget not in widgets:
            return
        later = widgets[widgets.index(widget) + 1 :]
        target = next((other for other in later if not self.session.state(other.field.id).done), None)
        hand_over(self, self._target(target), scroll_visible=False)

    def _target(self, widget: FieldWidget | None) -> Widget:
        """What to give the focus for a field; for none, the way on."""
        return widget.focus_target() if widget is not None else self.query_one("#next")

    async def _after(self, outcome: Outcome) -> None:
        """Show what came of an answer: marks, what may be seen now, where to go."""
        await self._refresh()
        if outcome.notice:
            self.notify(clean(outcome.notice), severity="warning", markup=False)
        if self.page.field_widget(outcome.field) is None:
            return  # the page was turned meanwhile
        widget = self.page.field_widget(outcome.focus) if outcome.focus is not None else None
        hand_over(self, self._target(widget), scroll_visible=False)

    async def _refresh(self) -> None:
        """Bring the page, the drawing and the bar up to date."""
        async with self._turning:
            view = self.session.screen()
            if self.page.view is None or self.page.view.index != view.index:
                return  # another screen is about to be shown
            await self.page.refresh_view(view, self.session.state)
            await self._show_map(view)
            self._show_progress()

    @on(FieldWidget.Leaving)
    def leaving(self, event: FieldWidget.Leaving) -> None:
        """Up or down, out of a field."""
        event.stop()
        if self._is_here(event.field):
            self.page.move_on(event.field, event.step)

    @on(GridField.Offered)
    def offered(self, event: GridField.Offered) -> None:
        """A whole matrix was pasted: fill the grid where it fits."""
        event.stop()
        cells = self.session.read_grid(event.field.field.id, event.text)
        if cells is not None:
            event.field.fill(cells)
        else:
            shape = "×".join(str(size) for size in event.field.field.shape)
            self.notify(f"What was pasted does not make a grid of {shape}.", severity="warning", markup=False)

    def on_descendant_focus(self) -> None:
        """Light in the drawing what the field in hand is about."""
        widget = self.page.focused_field if self.is_mounted else None
        self._light(widget.field if widget is not None else None)

    # -- programs -----------------------------------------------------------------------------------------------------

    @property
    def runner(self) -> Runner:
        """What runs the lesson's programs; made when the first one runs."""
        if self._runner is None:
            from tutor.ui.runner import Runner

            self._runner = Runner(self.session)
        return self._runner

    def start(self, widget: CodeField) -> None:
        """Run a program, unless one is running."""
        if self._runner is not None and self._runner.is_running:
            self.notify("A program is running. F9 stops it.", markup=False)
        elif self._is_here(widget):
            self.run_code(widget)

    @work(exclusive=True, exit_on_error=False, group="program")
    async def run_code(self, widget: CodeField) -> None:
        """Run a program beside the screen, then show what came of it."""
        block = next(block for block in self.page.blocks if isinstance(block, CodeBlock) and block.code is widget)
        self.save()
        source = widget.editor.text
        result = await self.runner.run(block)
        if result is None or not block.is_attached:
            return
        outcome = self.session.finish(widget.field.id, source, result)
        await self._refresh()
        self.runner.show_states(other for other in self.page.blocks if isinstance(other, CodeBlock))
        if outcome.screen_done and result.verdict is Verdict.CORRECT:
            self.query_one("#next").focus()

    @on(CodeField.Stopped)
    def stopped(self, event: CodeField.Stopped) -> None:
        """Interrupt the program."""
        event.stop()
        self.runner.interrupt()

    @on(CodeField.Paused)
    def paused(self, event: CodeField.Paused) -> None:
        """Let the program stand still, or go on."""
        event.stop()
        stands_still = self.runner.pause()
        event.field.show_paused(stands_still)
        if self.runner.is_running:
            event.field.say("stands still" if stands_still else "running …")

    @on(CodeField.EditorWanted)
    def editor_wanted(self, event: CodeField.EditorWanted) -> None:
        """Open the lab's file in the learner's own editor; each time it is saved, it runs here."""
        event.stop()
        from tutor.ui.own_editor import OwnFile

        if self._own_file is not None:
            self._own_file.stop()
        self._own_file = OwnFile(self, event.field)

    async def on_unmount(self) -> None:
        """End the programs with the screen."""
        if self._runner is not None:
            await self._runner.close()

    # -- hints --------------------------------------------------------------------------------------------------------

    async def _show_hints(self, widget: FieldWidget) -> None:
        block = self.page.block_of(widget)
        if block is not None and self.session.state(widget.field.id).hints_opened:
            await block.show_hints(widget.field, self.session.hints(widget.field.id))

    async def action_hint(self) -> None:
        """Open the next hint for the field in hand; one that shows the answer is asked about first."""
        widget = self.page.focused_field
        if widget is None:
            self.notify("There is no question in hand.", markup=False)
            return
        following = self.session.hints(widget.field.id).following
        if following is None:
            self.notify("There is no further hint here.", markup=False)
        elif following.cost.startswith("shows the answer"):
            from tutor.ui.screens.confirm import Confirm

            question = f"{following.title}: this hint {following.cost}."
            self.app.push_screen(Confirm(question, "Show it"), partial(self._open_hint, widget))
        else:
            await self._open_hint(widget, True)

    async def _open_hint(self, widget: FieldWidget, sure: bool | None) -> None:
        if sure:
            self.session.open_hint(widget.field.id)
            await self._refresh()
            await self._show_hints(widget)
            block = self.page.block_of(widget)
            if block is not None:
                self.call_after_refresh(block.bring_newest_hint)

    async def action_give_up(self) -> None:
        """Show the answer, after asking once more."""
        widget = self.page.focused_field
        if widget is None or self.session.state(widget.field.id).done:
            return
        from tutor.ui.screens.confirm import Confirm

        question = "Show the answer? The question counts as done, not as solved."
        self.app.push_screen(Confirm(question, "Show it"), partial(self._give_up, widget.field.id))

    async def _give_up(self, field_id: str, sure: bool | None) -> None:
        if sure:
            await self._after(self.session.give_up(field_id))
