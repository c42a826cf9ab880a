"""Install a package that a program lacks: ask, then show the progress and let the learner stop it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Button, Static
from textual.worker import WorkerError, WorkerState

from tutor.errors import TutorError
from tutor.labs import installing
from tutor.labs.extras import Extra, command
from tutor.labs.installing import Place, Progress
from tutor.ui.screens.base import Dialog
from tutor.ui.screens.confirm import Confirm
from tutor.ui.text import bar, clean

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

_BAR = 40


async def install(app: TutorApp, extra: Extra) -> bool:
    """Ask, and install the package. Return whether it is installed. Show an error that prevents it. Call it in a
    worker."""
    try:
        where = await asyncio.to_thread(installing.place, extra)
        if where.is_there:
            return True
        await asyncio.to_thread(installing.check, extra, where)
        line = await asyncio.to_thread(command, extra, where.python)
    except TutorError as error:
        app.show_error(error)
        return False
    return await app.push_screen_wait(Confirm(installing.question(extra, where, line), "Install it")) and (
        await app.push_screen_wait(Installing(extra, where))
    )


class Installing(Dialog[bool]):
    """Shows the progress of the installation. Escape stops it and removes what was installed so far."""

    BINDINGS = [Binding("escape", "stop", "Stop", show=False)]

    def __init__(self, extra: Extra, where: Place) -> None:
        super().__init__()
        self.extra = extra
        self.where = where

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(f"Installing {self.extra.title}. You can stop it at any moment.", markup=False)
            yield Static("Starting pip …", id="step", markup=False)
            yield Static("", id="bar", markup=False)
            yield Button("Stop (esc)", id="stop", compact=True)

    def on_mount(self) -> None:
        """Start the installation."""
        self.begin()

    def begin(self) -> None:
        self._at_work = self._install()

    @work
    async def _install(self) -> None:
        try:
            await installing.install(self.extra, self.where, self._show_progress)
        except TutorError as error:
            self.dismiss(False)
            self.tutor.show_error(error)
        else:
            self.tutor.notify(f"{self.extra.title} is installed.", markup=False)
            self.dismiss(True)

    def _show_progress(self, progress: Progress) -> None:
        self.query_one("#step", Static).update(clean(progress.sentence))
        self.query_one("#bar", Static).update(bar(progress.share, _BAR) if progress.total else "")

    @on(Button.Pressed)
    async def action_stop(self) -> None:
        """Stop the installation, and wait until everything is removed. If it has just finished, the package stays."""
        self.query_one("#step", Static).update("Stopping …")
        self._at_work.cancel()
        with suppress(WorkerError):
            await self._at_work.wait()
        if self._at_work.state is WorkerState.CANCELLED:
            self.tutor.notify(f"Stopped. Nothing of {self.extra.title} was installed.", markup=False)
            self.dismiss(False)
