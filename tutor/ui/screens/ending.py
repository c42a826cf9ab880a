"""The end of a lesson: what is done, what is open, and the ways on."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tutor.session import Session
from tutor.ui.screens.base import Dialog
from tutor.ui.text import MUTED, one_line
from tutor.ui.widgets.hanging import Hanging
from tutor.ui.widgets.keyline import key_words
from tutor.ui.widgets.prose import inline


class Ending(Dialog[str | None]):
    """Comes back with the way on: ``open`` (to the first open question), ``next``, ``practice``, ``look_back`` or
    ``home``; None stays in the lesson. ``following`` is the next lesson's title."""

    DEFAULT_CSS = """
    Ending { align: center middle; background: $background 60%; }
    Ending > Vertical { width: 66; max-width: 90%; height: auto; max-height: 100%; padding: 1 2; background: $panel;
                        border-left: outer $accent; overflow-y: auto; }
    Ending Static { height: auto; }
    Ending .ways { height: auto; margin: 1 0 1 0; }
    Ending .title { margin: 1 0 0 0; }
    Ending Button { width: 100%; content-align: left middle; text-align: left; }
    Ending Button:blur { background: transparent; }
    Ending .ways Button:focus { color: $block-cursor-foreground; background: $block-cursor-background;
                                text-style: $block-cursor-text-style; background-tint: transparent; }
    Ending .ways Button:focus:nocolor { text-style: reverse; }
    """
    BINDINGS = [
        Binding("escape", "dismiss", "Stay here", show=False),
        Binding("up", "app.focus_previous", "Before", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, session: Session, following: str = "") -> None:
        super().__init__()
        self.session = session
        self.following = following

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._head(), classes="head")
            if objectives := self.session.lesson.objectives:
                title = "You can now" if self._is_done else "Once all is done, you can"
                yield Static(Content.styled(title, "bold"), classes="title")
                for each in objectives:
                    yield Static(Hanging(Content("· "), inline(each)), classes="objective")
            with Vertical(classes="ways"):
                for way, label in self._ways():
                    yield Button(Content(label), id=way, compact=True)
            yield Static(key_words(("⏎", "go"), ("↑ ↓", "choose"), ("esc", "stay here")), classes="keys")

    @property
    def _is_done(self) -> bool:
        return self.session.first_open() is None

    def _head(self) -> Content:
        progress, title = self.session.progress, one_line(self.session.title)
        lines = [
            Content.assemble(("✓  ", "bold $success"), (f"{title} is done", "bold"))
            if self._is_done
            else Content.styled(f"The end of {title}", "bold")
        ]
        words = [f"{progress.done} of {progress.total} questions done"] if progress.total else []
        words += [f"{progress.given_up} of them shown"] if progress.given_up else []
        words += [f"{progress.to_mend} to fix"] if progress.to_mend else []
        return Content("\n").join([*lines, Content.styled(", ".join(words), MUTED)])

    def _ways(self) -> Iterator[tuple[str, str]]:
        if not self._is_done:
            yield "open", "To the first open question"
        if self.following:
            yield "next", f"Next lesson: {one_line(self.following)}"
        if self.session.networks:
            yield "practice", "The same with new numbers"
        yield "look_back", "Look back at your answers"
        yield "home", "Home"

    @on(Button.Pressed)
    def chosen(self, event: Button.Pressed) -> None:
        """A way on."""
        event.stop()
        self.dismiss(event.button.id)
