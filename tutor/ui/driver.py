"""What is typed in a terminal, whatever bytes it sends."""

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

AT_ONCE = 4096  # bytes
TICK = 0.1
"""Seconds after which the parser is asked whether an Escape begins a sequence or was the key."""


class TerminalDriver(LinuxDriver):
    """Textual's own, but for three things. A byte that is no UTF-8 (a terminal set to Latin-1, a paste that is no text)
    is read as �, where Textual would end. A terminal that is gone is the end, where Textual would ask it for ever. And
    who is told to go on goes on only if he was suspended: the kernel says so to all whose terminal is gone, and Textual
    would begin anew, with a second thread for each direction."""

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
        """Return what has been typed; nothing where there is no terminal any more."""
        try:
            return os.read(self.fileno, AT_ONCE)
        except OSError:
            return b""

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:
            super()._sigcont_application()
