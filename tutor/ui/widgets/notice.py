"""The line with a warning about saving progress: always in one place, covering nothing, as long as it applies."""

from __future__ import annotations

from textual.widgets import Static

from tutor.ui.text import one_line, plain


class NoticeLine(Static):
    """One row above the keys, shown only with a warning. Home shows the whole text."""

    DEFAULT_CSS = """
    NoticeLine { display: none; height: 1; padding: 0 2; color: $warning; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def say(self, notice: str) -> None:
        """Show a warning, or hide the line if it is empty."""
        self.display = bool(notice)
        self.update(plain(f"! {one_line(notice)}"), layout=False)  # its height is fixed
