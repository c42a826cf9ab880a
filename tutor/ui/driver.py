"""Read what is typed in a terminal, whatever bytes it sends."""

from __future__ import annotations

import os
import selectors
import signal
from codecs import getincrementaldecoder
from itertools import chain
from typing import TYPE_CHECKING, cast

from textual.drivers.linux_driver import LinuxDriver

from tutor.ui.signals import end
from tutor.ui.textual_compat import XTermParser

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

READ_SIZE = 4096  # bytes in one read
TICK = 0.1
"""Seconds after which the parser decides whether an Escape begins a sequence or was the key."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux, with three differences.

    A byte that is not UTF-8 (a terminal set to Latin-1, a pasted binary) is read as �, where Textual would crash. A
    closed terminal ends the tutor, where Textual would poll it forever. SIGCONT resumes the driver only after a
    suspend: the kernel sends it to every process whose terminal was closed, and Textual would start a second thread for
    each direction.
    """

    def run_input_thread(self) -> None:
        """Pass on what is typed, until the end."""
        parser = XTermParser(self._debug)
        decoder = getincrementaldecoder("utf-8")("replace")
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                typed = ""
                if selector.select(TICK):
                    data = self._read()
                    if not data:
                        self._app.call_from_thread(end, cast("TutorApp", self._app), signal.SIGHUP)
                        return
                    typed = decoder.decode(data)
                for event in chain(parser.feed(typed) if typed else (), parser.tick()):
                    self.process_message(event)

    def _read(self) -> bytes:
        """Return what was typed, or nothing once the terminal is closed."""
        try:
            return os.read(self.fileno, READ_SIZE)
        except OSError:
            return b""

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:
            super()._sigcont_application()
