"""The hints of a question that are open, and what the next one would cost."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Ladder
from tutor.ui.text import MUTED, clean
from tutor.ui.widgets.prose import Prose


class Hints(Vertical):
    """The newest one first."""

    DEFAULT_CSS = """
    Hints {
        height: auto;
        .following { height: auto; margin: 0 0 0 2; }
        .hint { height: auto; padding: 0 0 0 1; border-left: outer $accent 50%; }
        .hint.-older { margin: 1 0 0 0; }
        .hint > .title { color: $accent; height: auto; }
        .hint > Prose { margin: 0; }
        .hint MarkdownParagraph { margin: 0; }
    }
    """

    def __init__(self, ladder: Ladder, key: str, about: str = "") -> None:
        """``key`` opens the next one; ``about`` names the question where the hints do not stand under it."""
        super().__init__()
        self._ladder = ladder
        self._key = key
        self._about = f"{about}: " if about else ""

    def compose(self) -> ComposeResult:
        rungs, following = self._ladder.rungs, self._ladder.following
        shown: list[Widget] = []
        for rung in rungs[: self._ladder.opened]:
            count = f"Hint {rung.number} of {len(rungs)}  "
            head = Content.assemble((count, "bold"), f"{self._about}{clean(rung.title)}")
            shown.insert(0, Vertical(Static(head, classes="title"), Prose(rung.text), classes="hint"))
        for older in shown[1:]:
            older.add_class("-older")
        if shown and following is not None:
            words = f"{self._key}: {clean(following.title)} ({clean(following.cost)})"
            shown.insert(1, Static(Content.styled(words, MUTED), classes="following"))
        yield from shown
