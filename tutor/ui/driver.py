"""What is typed in a terminal, whatever bytes it sends."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from itertools import chain

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

AT_ONCE = 4096  # bytes
TICK = 0.1
"""Seconds after which the parser is asked whether an Escape begins a sequence or was the key."""


class TerminalDriver(LinuxDriver):
    """Textual's own, but for a byte that is no UTF-8 (a terminal set to Latin-1, a paste that is no text): that is read
    as �, where Textual would end."""

    def run_input_thread(self) -> None:
        """Pass on what is typed, until the end."""
        parser = XTermParser(self._debug)
        decoder = getincrementaldecoder("utf-8")("replace")
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                typed = decoder.decode(os.read(self.fileno, AT_ONCE)) if selector.select(TICK) else ""
                for event in chain(parser.feed(typed) if typed else (), parser.tick()):
                    self.process_message(event)
