"""The driver that replaces a terminal when the tutor is shown in a browser (``TEXTUAL_DRIVER`` names it)."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class BrowserDriver(WebDriver):
    """Textual's driver for browsers, but it quits only after handling the keys typed before, and always when the server
    ends."""

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Handle what the server says besides keys."""
        if packet_type == "quit":
            self.send_message(ExitApp())  # queued like keys; a posted one would overtake them while the tutor is busy
        else:
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Read what the page sends. Once the connection is closed, save and quit."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self.send_message(ExitApp())
