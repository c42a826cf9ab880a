"""A lesson: one screen at a time, with its questions answered in place, and the other views that it opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import on, work
from textual.screen import Screen
from textual.worker import get_current_worker

from tutor.errors import TutorError
from tutor.network import Network
from tutor.play.opening import play
from tutor.session import Session
from tutor.ui.blocks.derive import DeriveBlock
from tutor.ui.blocks.explore import ExploreBlock
from tutor.ui.fields.code import CodeField
from tutor.ui.lesson_overview import Row, read_shelf
from tutor.ui.screens.answering import AnsweringScreen
from tutor.ui.screens.lesson_commands import COMMANDS
from tutor.ui.text import clean
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.page_footer import PageFooter


class LessonScreen(AnsweringScreen):
    """A lesson with everything that can be opened from it."""

    CSS_PATH = "lesson.tcss"

    commands = COMMANDS
    help_text = (
        "Answer below the question. **Enter** checks and goes on; what you type is saved as you type it. "
        "**Escape** leaves the field, then single letters are commands."
    )

    def __init__(self, session: Session, *, worksheet: bool = False) -> None:
        """Show a lesson, with its worksheet on top if ``worksheet`` is true."""
        super().__init__(session)
        self._begins_with_worksheet = worksheet

    async def on_mount(self) -> None:
        """Put the worksheet on top, if it was asked for."""
        if self._begins_with_worksheet:
            self.call_after_refresh(self.action_worksheet)

    # -- the way around -----------------------------------------------------------------------------------------------

    @on(PageFooter.Went)
    async def went(self, event: PageFooter.Went) -> None:
        """Do what the button at the end of the page says."""
        event.stop()
        await (self.action_next() if event.step > 0 else self.action_back())

    async def action_next(self) -> None:
        """Show the next screen, or the lesson's end after the last one."""
        if self.session.position + 1 < len(self.session.titles):
            await self.show_screen(self.session.next())
        else:
            self.finish()

    def finish(self) -> None:
        """Say what is done and what is open, and offer what can be done next."""
        from tutor.ui.screens.ending import Ending

        self.save()
        after = self.following()
        self.app.push_screen(Ending(self.session, after.title if after is not None else ""), self._finished)

    def following(self) -> Row | None:
        """Return the next lesson of the course that can be used, or None."""
        rows = read_shelf(self.tutor.store, glimpse=True).course
        place = next((place for place, row in enumerate(rows) if row.id == self.session.lesson.id), len(rows))
        return next((row for row in rows[place + 1 :] if not row.error), None)

    async def _finished(self, choice: str | None) -> None:
        """Do what was chosen at the lesson's end."""
        if choice == "open" and (open_here := self.session.first_open()) is not None:
            await self.show_field(open_here)
        elif choice == "next" and (after := self.following()) is not None:
            self.action_home()
            self.app.call_later(self.tutor.open_lesson, after.id)
        elif choice in ("practice", "numbers_only", "look_back", "home"):
            await self.run_action(choice)

    async def action_back(self) -> None:
        """Show the previous screen."""
        if self.session.position:
            await self.show_screen(self.session.back())

    async def action_go_on(self) -> None:
        """Handle Enter when no field has the focus: go to the first open question, or to the next screen."""
        open_here = [f for f in self.session.screen().fields if not self.session.state(f.id).done]
        if open_here:
            self.page.focus_field(open_here[0].id)
        else:
            await self.action_next()

    def action_leave(self) -> None:
        """Leave the field; if the page has the focus, go Home."""
        if self.focused is not None and self.focused is not self.page:
            self.page.focus()
        else:
            self.action_home()

    def action_run_here(self) -> None:
        """Run the screen's first program that is not done, or the first of all, wherever the focus is."""
        fields = [field for field in self.page.field_widgets() if isinstance(field, CodeField)]
        still_open = [field for field in fields if not self.session.state(field.field.id).done]
        for field in (still_open or fields)[:1]:
            self.start(field)

    def action_home(self) -> None:
        """Go Home; everything is saved."""
        self.save()
        self.dismiss()

    def action_map(self) -> None:
        """Focus the drawing."""
        shown = self.shown_drawing
        if shown is not None:
            shown.focus()
            shown.action_step(1)

    @on(ExploreBlock.LetGo)
    @on(Diagram.LetGo)
    def let_go(self) -> None:
        """Return from the drawing to the question."""
        widget = self.page.focused_field
        if widget is not None:
            widget.focus_field()
        else:
            self.page.focus()

    def action_field(self, step: int) -> None:
        """Handle Tab: focus the next or previous widget; from the page, the current question."""
        ring, focused, current = self.focus_chain, self.focused, self.page.focused_field
        if focused in ring:
            target = ring[(ring.index(focused) + step) % len(ring)]
        else:
            target = current.focus_target() if current is not None else ring[0 if step > 0 else -1]
        target.focus(scroll_visible=False)  # the page scrolls it into view
        if isinstance(target, Diagram):
            target.action_step(1)

    # -- other views of the lesson ------------------------------------------------------------------------------------

    @on(DeriveBlock.Opened)
    def derive_opened(self, event: DeriveBlock.Opened) -> None:
        """Show the derivation whose button was pressed."""
        event.stop()
        self._show_derivation(event.view.of, event.view.quantity, event.view.label)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what has no use here: a derivation where there is none, a worksheet without a network."""
        widget = self.page.focused_field if self.is_mounted else None
        if action in ("hint", "give_up") and widget is None:
            return False
        if action == "map":
            return self.is_mounted and self.shown_drawing is not None
        if action == "derivation":
            return bool((widget is not None and widget.field.quantity) or self.query(DeriveBlock))
        if action == "run_here":
            return self.is_mounted and bool(self.query(CodeField))
        if action in ("worksheet", "so_far", "practice", "numbers_only", "variant", "program", "play"):
            return bool(self.session.networks)
        return super().check_action(action, parameters)

    def offers(self, action: str) -> bool:
        """Show the key for the numbers so far if a question needs some and no drawing shows them."""
        if action == "so_far":
            field = self.focused_question() if self.is_mounted else None
            return self.strip.of != "" or (field is not None and bool(field.quantity) and self.shown_drawing is None)
        return super().offers(action)

    def _show_derivation(self, of: str, quantity: str, label: str) -> None:
        from tutor.ui.screens.derivation import DerivationScreen

        self.app.push_screen(DerivationScreen(self.session, of, quantity, label), self._derived)

    def _derived(self, _: None) -> None:
        """Focus the question that the derivation was opened from."""
        widget = self.page.focused_field
        if widget is not None:
            widget.focus_field()

    def action_derivation(self) -> None:
        """Show the derivation of the current question's quantity, or else the one on the page."""
        widget = self.page.focused_field
        if widget is not None and widget.field.quantity:
            self._show_derivation(widget.field.of, widget.field.quantity, widget.field.label)
            return
        for block in self.query(DeriveBlock)[:1]:
            self._show_derivation(block.view.of, block.view.quantity, block.view.label)

    def action_worksheet(self) -> None:
        """Show the worksheet of the current network."""
        from tutor.ui.screens.worksheet import WorksheetScreen

        self.save()
        self.app.push_screen(WorksheetScreen(self.session, self.current_network), self._worksheet_closed)

    def action_so_far(self) -> None:
        """Open or close the strip with the numbers so far."""
        if self.strip.of:
            self.strip.show(self.session, "")
        else:
            self.strip.show(self.session, self.current_network or next(iter(self.session.lesson.parts), ""))

    def action_program(self) -> None:
        """Show the current network as a program. Ask first if that gives answers away."""
        from tutor.ui.screens.program import ProgramScreen

        names = [name for name, model in self.session.lesson.models.items() if isinstance(model, Network)]
        self._open_numbers("The program", "prints", names, lambda of: ProgramScreen(self.session, of))

    def action_play(self) -> None:
        """Focus the numbers to turn on this screen. If there are none, open those of the current network or worksheet,
        after asking if that gives answers away."""
        if offered := self.query(ExploreBlock):
            offered.first().focus()
            return
        from tutor.ui.screens.playing import PlayScreen

        names = list(self.session.networks)
        self._open_numbers("Play", "shows", names, lambda of: PlayScreen(play(self.session.lesson, of)))

    @on(ExploreBlock.Opened)
    def explore_opened(self, event: ExploreBlock.Opened) -> None:
        """Open all numbers of a model that the lesson lets the learner turn."""
        from tutor.ui.screens.playing import PlayScreen

        event.stop()
        self._open_numbers("Play", "shows", [event.of], lambda of: PlayScreen(event.playing))

    def _open_numbers(self, what: str, does: str, names: list[str], screen: Callable[[str], Screen[None]]) -> None:
        """Open a screen with every number of one of these models, unless the author keeps some of them hidden."""
        if not names:
            self.notify("This lesson has no network.", markup=False)
            return
        widget = self.page.focused_field
        here = [widget.field.of if widget is not None else "", *(diagram.view.of for diagram in self.query(Diagram))]
        of = next((name for name in here if name in names), names[0])
        unfound = [field_id for name in names for field_id in self.session.unfound(name)]
        if any(self.session.keeps(field_id) for field_id in unfound):
            self.notify(f"{what} {does} answers that this lesson keeps until you have found them.", markup=False)
        elif unfound:
            count = "an answer" if len(unfound) == 1 else f"{len(unfound)} answers"
            question = f"{what} {does} every number of the network, {count} that you have still to find among them."
            self.tutor.ask(question, "Open it", partial(self._show_numbers, screen, of))
        else:
            self._show_numbers(screen, of)

    def _show_numbers(self, screen: Callable[[str], Screen[None]], of: str) -> None:
        self.save()
        try:
            opened = screen(of)
        except TutorError as error:
            self.notify(clean(str(error)), severity="error", markup=False)
        else:
            self.app.push_screen(opened, self._numbers_closed)

    def _numbers_closed(self, _: None) -> None:
        """Show what was turned meanwhile."""
        for block in self.query(ExploreBlock):
            block.show_now()

    async def _worksheet_closed(self, _: None) -> None:
        await self.show_screen(self.session.screen())

    def action_contents(self) -> None:
        """List the screens of the lesson."""
        from tutor.ui.screens.contents import Contents

        self.app.push_screen(Contents(self.session), self._goto)

    async def _goto(self, index: int | None) -> None:
        if index is not None:
            await self.show_screen(self.session.goto(index))

    def action_look_back(self) -> None:
        """Show everything that was answered here."""
        from tutor.ui.screens.look_back import LookBackScreen

        self.app.push_screen(LookBackScreen(self.session))

    async def action_fix(self) -> None:
        """Go to the first answer to fix."""
        field_id = self.session.first_to_fix()
        if field_id is None:
            self.notify("There is nothing to fix.", markup=False)
            return
        await self.show_field(field_id)

    # -- other numbers, starting again --------------------------------------------------------------------------------

    def action_practice(self) -> None:
        """Open the lesson with numbers that the learner has not seen."""
        self.change_numbers(None)

    def action_numbers_only(self) -> None:
        """Open only the questions about numbers, with new numbers."""
        self.save()
        self._make_numbers(self.session, None, numbers_only=True)

    def action_variant(self) -> None:
        """Open a variant by its number."""
        from tutor.ui.screens.confirm import AskText

        present = self.session.variant
        now = f"You have #{clean(present)}." if present else "You have the author's own."
        question = (
            "Which numbers? A number or a word, 17 or a.miller: the same one gives everybody the same numbers. "
            f"{now} Left empty: the author's own."
        )
        self.app.push_screen(AskText(question, placeholder="#17", width=30), self._chosen)

    def _chosen(self, variant: str | None) -> None:
        if variant is not None:
            self.change_numbers(variant.strip().lstrip("#").strip())

    def change_numbers(self, variant: str | None) -> None:
        """Make a variant of the lesson in a thread; None makes a new one."""
        self.save()
        self._make_numbers(self.session, variant)

    @work(thread=True, exclusive=True, group="numbers")
    def _make_numbers(self, before: Session, variant: str | None, *, numbers_only: bool = False) -> None:
        worker = get_current_worker()
        try:
            if numbers_only:
                session = before.numbers_only()
            else:
                session = before.new_variant() if variant is None else before.switch_variant(variant)
        except TutorError as error:
            self.app.call_from_thread(self.notify, clean(str(error)), severity="error", markup=False)
        else:
            if not worker.is_cancelled:  # by a later request
                self.app.call_from_thread(self.app.call_later, self._take_numbers, session)

    async def _take_numbers(self, session: Session) -> None:
        """Continue with other numbers, on the screen where the learner is now."""
        said = session.edition[0].capitalize() if session.variant else "The author's own numbers"
        self.notify(said, markup=False)
        if session.variant != self.session.variant:
            session.goto(self.session.position if session.titles == self.session.titles else 0)
            await self.take(session)

    def action_reset(self) -> None:
        """Start again, after asking twice."""
        first = (
            f"Question 1 of 2: start “{self.session.title}” again? Its fields are emptied. "
            "Your answers stay in “Look back”."
        )
        second = "Question 2 of 2: really empty every field of this lesson?"
        self.tutor.ask(first, "Start again", lambda: self.tutor.ask(second, "Empty it", self._start_again))

    async def _start_again(self) -> None:
        self.session.reset()
        await self.show_screen(self.session.screen())
