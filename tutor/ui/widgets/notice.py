"""The line that says what must be said about progress being kept: in one place, over nothing, as long as it is so."""

from __future__ import annotations

from textual.widgets import Static

from tutor.ui.text import one_line, plain


class NoticeLine(Static):
    """One row above the keys, where there is something to say; Home has all of it."""

    DEFAULT_CSS = """
    NoticeLine { display: none; height: 1; padding: 0 2; color: $warning; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def say(self, notice: str) -> None:
        """Say this, or nothing."""
        self.display = bool(notice)
        self.update(plain(f"! {one_line(notice)}"), layout=False)  # one row, whatever it says
