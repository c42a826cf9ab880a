"""An end that comes from outside: the window was closed, the machine goes down, somebody sent a kill."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
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
                loop.add_signal_handler(number, _end, app, number)


def _end(app: TutorApp, number: int) -> None:
    code = 128 + number  # as a shell has it
    asyncio.get_running_loop().call_later(PATIENCE, os._exit, code)
    app.exit(return_code=code)
