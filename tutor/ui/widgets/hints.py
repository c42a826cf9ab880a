"""The open hints of a question, and what the next one costs."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Ladder
from tutor.ui.text import MUTED, clean
from tutor.ui.widgets.prose import Prose


class Hints(Vertical):
    """Lists the hints, newest last, close to where the learner continues. On a short screen they get only a few rows,
    scrolled to the newest."""

    DEFAULT_CSS = """
    Hints {
        height: auto;
        .following { height: auto; margin: 0 0 0 2; }
        .hint { height: auto; padding: 0 0 0 1; border-left: outer $accent 50%; }
        .hint.-later { margin: 1 0 0 0; }
        .hint > .title { color: $accent; height: auto; }
        .hint > Prose { margin: 0; }
        .hint MarkdownParagraph { margin: 0; }
    }
    """

    def __init__(self, ladder: Ladder, key: str, about: str = "") -> None:
        """Show hints. ``key`` opens the next one; ``about`` names the question if the hints are not below it."""
        super().__init__()
        self.of = ladder, key, about
        """What the hints were made from."""

    def compose(self) -> ComposeResult:
        ladder, key, about = self.of
        rungs, following = ladder.rungs, ladder.following
        shown: list[Widget] = []
        for rung in rungs[: ladder.opened]:
            head = Content.assemble(
                (f"{ladder.heading(rung)}  ", "bold"), f"{about}: " if about else "", clean(rung.title)
            )
            shown.append(Vertical(Static(head, classes="title"), Prose(rung.text), classes="hint"))
        for later in shown[1:]:
            later.add_class("-later")
        if shown and following is not None:
            words = f"  Next: {_with_case(following.title, str.lower)}. {_with_case(following.cost, str.upper)}."
            line = Content.assemble((key, "bold $footer-key-foreground"), (words, MUTED))
            shown.append(Static(line, classes="following"))
        yield from shown

    def on_mount(self) -> None:
        """Scroll to the newest hint."""
        self.call_after_refresh(self._show_newest)

    def on_resize(self) -> None:
        """Keep the newest hint in view."""
        self.call_after_refresh(self._show_newest)

    def _show_newest(self) -> None:
        if self.is_attached and (hints := list(self.query(".hint"))):
            self.scroll_to(y=hints[-1].virtual_region.y, animate=False)


def _with_case(text: str, case: Callable[[str], str]) -> str:
    """Return a text with its first letter in lower or upper case."""
    text = clean(text)
    return case(text[:1]) + text[1:]
