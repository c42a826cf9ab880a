"""The hints of a question that are open, and what the next one would cost."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.session.model import Ladder
from tutor.ui.text import MUTED, clean
from tutor.ui.widgets.prose import Prose


class Hints(Vertical):
    """Scrolls in itself, so that the field stays where it is."""

    DEFAULT_CSS = """
    Hints {
        height: auto; max-height: 34vh; overflow-y: auto;
        .following { height: auto; margin: 0 0 0 2; }
        .hint { height: auto; margin: 1 0 0 0; padding: 0 0 0 1; border-left: outer $accent 50%; }
        .hint > .title { color: $accent; height: auto; }
        .hint MarkdownParagraph { margin: 0; }
    }
    """

    def __init__(self, ladder: Ladder, about: str = "") -> None:
        """``about`` names the question where it does not stand above."""
        super().__init__()
        self._ladder = ladder
        self._about = f"{about}: " if about else ""

    def compose(self) -> ComposeResult:
        rungs = self._ladder.rungs
        for rung in rungs[: self._ladder.opened]:
            count = f"Hint {rung.number} of {len(rungs)}  "
            head = Content.assemble((count, "bold"), f"{self._about}{clean(rung.title)}")
            yield Vertical(Static(head, classes="title"), Prose(rung.text), classes="hint")
        following = self._ladder.following
        if following is not None:
            words = f"F2: {clean(following.title)} ({clean(following.cost)})"
            yield Static(Content.styled(words, MUTED), classes="following")
