"""What stands in for a terminal when the tutor is shown in a browser (``TEXTUAL_DRIVER`` names it)."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class BrowserDriver(WebDriver):
    """Textual's own, but its end comes after the keys that were typed before it, and with the server's end at the
    latest."""

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Take in what the server says beside the keys."""
        if packet_type == "quit":
            self.send_message(ExitApp())  # as keys go; posted, it would overtake them while the tutor is busy
        else:
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Read what the page sends; when there is nobody left to send anything, the tutor saves and ends."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self.send_message(ExitApp())
