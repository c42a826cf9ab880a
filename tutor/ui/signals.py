"""An end that comes from outside: the window was closed, the machine goes down, somebody sent a kill."""

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
"""Seconds in which a terminal that is still there is put back as it was; one that is gone takes nothing any more."""


def mind_signals(app: TutorApp) -> None:
    """Have such an end leave as the learner would, who loses nothing by it. Windows has no signals to mind."""
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, end, app, number)


def end(app: TutorApp, number: int) -> None:
    """End the application as this signal does, also where its terminal keeps it from ending."""
    code = 128 + number  # as a shell has it
    app.exit(return_code=code)
    Thread(target=_make_sure, args=(app, code), daemon=True).start()  # the loop itself may wait for the terminal


def _make_sure(app: TutorApp, code: int) -> None:
    time.sleep(PATIENCE)
    app.store.close()
    os._exit(code)
