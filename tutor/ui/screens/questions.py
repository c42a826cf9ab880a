"""What all screens with questions share: drafts saved while typing, hints, and giving up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from textual.timer import Timer

from tutor.session import Session
from tutor.session.answers import is_blank
from tutor.session.model import Answer, Field, Outcome
from tutor.ui.screens.base import TutorScreen

SAVE_AFTER = 0.1
"""Seconds after which a draft is saved; a killed tutor loses no more than that. Saving takes a fraction of a
millisecond."""

READ_AFTER = 0.03


class QuestionScreen(TutorScreen[None]):
    """Drives a session: it passes every answer to it, and shows the session's sentences."""

    keeps_keys_in_order = True

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._saving: Timer | None = None
        self._reading: Timer | None = None
        self._unread: Callable[[], None] | None = None
        self._searching: Session | None = None

    # -- what subclasses do -------------------------------------------------------------------------------------------

    def focused_question(self) -> Field | None:
        """Return the question that a hint would be for, or None."""
        raise NotImplementedError

    def asks(self, field: Field) -> bool:
        """Return whether a question is still shown: the learner may have moved on."""
        raise NotImplementedError

    async def hint_opened(self, field: Field) -> None:
        """Show the hints of a question, and what they change."""
        raise NotImplementedError

    async def answered(self, outcome: Outcome) -> None:
        """Show what an answer changes: marks, numbers that may be seen now, the focus."""
        raise NotImplementedError

    def is_missing(self, session: Session, field_id: str, answer: Answer) -> bool:
        """Return whether Enter finds nothing to check: nothing is typed, and the question is still open. The screen
        says so, and stays there."""
        return is_blank(answer) and not session.state(field_id).done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable giving up a question that is done."""
        field = self.focused_question() if self.is_mounted and action == "give_up" else None
        if field is not None:
            return not self.session.state(field.id).done
        return super().check_action(action, parameters)

    async def have_marked(self, session: Session, field_id: str, answer: Answer) -> Outcome:
        """Have an answer marked in a thread: diagnosing a mistake may take long, and the screen must respond
        meanwhile."""
        self._searching = session
        try:
            return await asyncio.to_thread(session.submit, field_id, answer)
        finally:
            self._searching = None
            self.stop_reading()

    def on_screen_suspend(self) -> None:
        """Stop diagnosing: nobody waits for the result on a screen that was left."""
        if self._searching is not None:
            self._searching.cancel_search()

    def offers(self, action: str) -> bool:
        """Hide the key for a hint if there is none."""
        field = self.focused_question() if self.is_mounted and action == "hint" else None
        return field is None or self.session.has_hints(field.id)

    # -- drafts -------------------------------------------------------------------------------------------------------

    def keep_draft(self, field: Field, answer: Answer, read: Callable[[], None]) -> None:
        """Keep what was typed; parse and save it in the background."""
        self.session.draft(field.id, answer)
        if self._saving is None:
            self._saving = self.set_timer(SAVE_AFTER, self.save)
        self.stop_reading()
        self._unread = read
        self._reading = self.set_timer(READ_AFTER, partial(self._read_back, read))

    def _read_back(self, read: Callable[[], None]) -> None:
        """Show how a text is parsed, unless that is out of date since the timer fired."""
        if self._unread is read:
            self._unread = None
            read()

    def stop_reading(self) -> None:
        """Do not show how the last text is parsed: something else is shown instead."""
        self._unread = None  # a timer that has fired may run only after the answer is marked
        if self._reading is not None:
            self._reading.stop()

    def save(self) -> None:
        """Write the drafts."""
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        self.session.save()

    # -- hints --------------------------------------------------------------------------------------------------------

    async def action_hint(self) -> None:
        """Open the next hint for the current question. Ask first if it shows the answer."""
        field = self.focused_question()
        if field is None:
            self.notify("No question is selected.", markup=False)
            return
        following = self.session.hints(field.id).following
        if not self.session.has_hints(field.id):
            self.notify("This question has no hints.", markup=False)
        elif following is None:
            self.notify("All the hints of this question are open.", markup=False)
        elif following.cost.startswith("shows the answer"):
            question = f"{following.title}: this hint {following.cost}."
            self.tutor.ask(question, "Show it", partial(self._open_hint, field))
        else:
            await self._open_hint(field)

    async def _open_hint(self, field: Field) -> None:
        if self.asks(field):
            self.session.open_hint(field.id)
            await self.hint_opened(field)

    async def action_give_up(self) -> None:
        """Show the answer, after asking."""
        field = self.focused_question()
        if field is not None and not self.session.state(field.id).done:
            question = "Show the answer? The question counts as done, not as solved."
            self.tutor.ask(question, "Show it", partial(self._give_up, field))

    async def _give_up(self, field: Field) -> None:
        if self.asks(field):
            await self.answered(self.session.give_up(field.id))
