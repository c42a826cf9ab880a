"""The end of a lesson: what is done, what is open, and where to go next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

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


class EndDialog(Dialog[str | None]):
    """A dialog at the end of something: the result, and a button for each thing to do next.

    It returns the id of the choice, or None to stay.
    """

    DEFAULT_CSS = """
    EndDialog > Vertical { width: 70; max-width: 94%; max-height: 100%; overflow-y: auto; }
    EndDialog > Vertical > Static { margin: 0; }
    EndDialog .choices { height: auto; margin: 1 0 1 0; }
    EndDialog .title { margin: 1 0 0 0; }
    EndDialog Button { width: 100%; content-align: left middle; text-align: left; }
    EndDialog Button:blur { background: transparent; }
    EndDialog .choices Button:focus { color: $block-cursor-foreground; background: $block-cursor-background;
                                text-style: $block-cursor-text-style; background-tint: transparent; }
    EndDialog .choices Button:focus:nocolor { text-style: reverse; }
    """
    BINDINGS = [
        Binding("escape", "dismiss", "Stay here", show=False),
        Binding("up", "app.focus_previous", "Before", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
    ]

    stays: ClassVar[str] = "stay here"
    """The label of Escape in the line of keys."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield from self.said()
            with Vertical(classes="choices"):
                for choice, label in self.choices():
                    yield Button(Content(label), id=choice, compact=True)
            yield Static(key_words(("⏎", "go"), ("↑ ↓", "choose"), ("esc", self.stays)), classes="keys")

    def said(self) -> Iterator[Static]:
        """Yield the texts that state the result."""
        raise NotImplementedError

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield an id and a label for each thing to do next."""
        raise NotImplementedError

    @on(Button.Pressed)
    def chosen(self, event: Button.Pressed) -> None:
        """Close with the choice."""
        event.stop()
        self.dismiss(event.button.id)


class Ending(EndDialog):
    """The end of a lesson.

    The choices are ``open`` (to the first open question), ``next``, ``practice``, ``look_back`` and ``home``.
    ``following`` is the next lesson's title.
    """

    def __init__(self, session: Session, following: str = "") -> None:
        super().__init__()
        self.session = session
        self.following = following

    def said(self) -> Iterator[Static]:
        """Yield what is done and what is open, and what the learner can do now."""
        yield Static(self._head(), classes="head")
        if objectives := self.session.lesson.objectives:
            title = "You can now" if self._is_done else "Once all is done, you can"
            yield Static(Content.styled(title, "bold"), classes="title")
            for each in objectives:
                yield Static(Hanging(Content("· "), inline(each)), classes="objective")

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
        words += [f"{progress.to_fix} to fix"] if progress.to_fix else []
        return Content("\n").join([*lines, Content.styled(", ".join(words), MUTED)])

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield the open question, the next lesson, new numbers, looking back, and Home."""
        if not self._is_done:
            yield "open", "To the first open question"
        if self.following:
            yield "next", f"Next lesson: {one_line(self.following)}"
        if self.session.networks:
            yield "practice", "The same with new numbers"
            yield "numbers_only", "New numbers, without the prose"
        yield "look_back", "Look back at your answers"
        yield "home", "Home"
