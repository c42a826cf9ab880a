"""End the tutor properly when it is told to from outside: the window is closed, the machine shuts down, or somebody
sends a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

PATIENCE = 2.0
"""Seconds to restore the terminal. A closed one accepts nothing any more."""


def handle_signals(app: TutorApp) -> None:
    """Leave on SIGTERM and SIGHUP as if the learner had quit, so that nothing is lost. Windows has no such signals."""
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, end, app, number)


def end(app: TutorApp, number: int) -> None:
    """End the application with this signal's status, even if its terminal blocks."""
    code = 128 + number  # as shells report it
    app.exit(return_code=code)
    Thread(target=_force_exit, args=(app, code), daemon=True).start()  # the event loop may be blocked by the terminal


def _force_exit(app: TutorApp, code: int) -> None:
    time.sleep(PATIENCE)
    app.store.close()
    os._exit(code)
