"""A placeholder for a question that may not be seen yet."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tutor.session.model import LockedView
from tutor.ui.blocks.registry import draws
from tutor.ui.text import MUTED, clean


class LockedBlock(Static):
    """Says what the question waits for."""

    DEFAULT_CSS = """
    LockedBlock { height: auto; margin: 0 0 1 0; padding: 0 0 0 1; border-left: outer $foreground 25%; }
    """

    def __init__(self, view: LockedView) -> None:
        super().__init__(markup=False)
        self.view = view

    def say(self, here: int) -> None:
        """Say what it waits for, as seen from the screen with the index ``here``."""
        self.update(Content.styled(f"· {clean(self.view.sentence(here))}", MUTED))


draws(LockedView, LockedBlock, LockedBlock)
