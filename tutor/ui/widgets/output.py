"""What a program printed, and how it ended: bounded, without escape sequences, drawn at most ten times a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.labs.output import Output as Printout
from tutor.ui.text import MUTED, clean

if TYPE_CHECKING:
    from tutor.labs.explain import Trouble

MOST_LINES = 400
MOST_WIDTH = 2000
DRAW_EVERY = 0.1


class Output(VerticalScroll):
    """Shows the last lines that were printed, then a value or an error."""

    DEFAULT_CSS = """
    Output { height: auto; max-height: 14; margin: 1 0 0 0; padding: 0 1; border-left: outer $foreground 25%;
             display: none; }
    Output.-has-text { display: block; }
    Output:focus { border-left: outer $accent; }
    """

    class Grown(Message):
        """Sent when the output takes more or fewer rows."""

    def __init__(self) -> None:
        super().__init__()
        self._printed = Printout(MOST_LINES, MOST_WIDTH)
        self._end = Content("")
        self._is_stale = False
        self.has_trouble = False

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def on_mount(self) -> None:
        """Draw new output ten times a second. Its end stays in view until the learner scrolls."""
        self.anchor()
        self.set_interval(DRAW_EVERY, self._draw_if_stale)

    def on_resize(self) -> None:
        """Tell the block that the output takes more or fewer rows."""
        self.post_message(self.Grown())

    def clear(self) -> None:
        """Remove the output of the last run."""
        self._printed, self._end = Printout(MOST_LINES, MOST_WIDTH), Content("")
        self._is_stale, self.has_trouble = True, False

    def write(self, text: str) -> None:
        """Append printed text. A carriage return starts its line again."""
        self._printed.feed(text)
        self._is_stale = True

    def finish(self, value: str | None, sentence: str, trouble: Trouble | None, advice: Sequence[str]) -> None:
        """Show how the run ended."""
        parts = []
        if value is not None:
            parts.append(Content.styled(clean(value), "bold"))
        if sentence:
            parts.append(Content.styled(f"! {clean(sentence)}", "$warning"))
        if trouble is not None:
            parts.append(_trouble(trouble))
        parts.extend(Content.styled(f"! {clean(line)}", "$warning") for line in advice)
        self._end = Content("\n").join(parts)
        self.has_trouble = trouble is not None or bool(sentence)
        self._is_stale = True
        self._draw_if_stale()

    def show_recorded(self, text: str, why: str) -> None:
        """Show the output that the lesson recorded."""
        self.clear()
        self.write(text)
        self._end = Content.styled(clean(why), MUTED)
        self._draw_if_stale()

    def _draw_if_stale(self) -> None:
        if not self._is_stale:
            return
        self._is_stale = False
        text = clean("\n".join(self._printed.lines).rstrip("\n"))
        content = Content("\n").join([part for part in (Content(text), self._end) if part])
        self.set_class(bool(content), "-has-text")
        self.query_one(Static).update(content)
        self.scroll_end(animate=False)


def _trouble(trouble: Trouble) -> Content:
    """Return an exception: its name, the learner's lines with the faulty one marked, and what it means."""
    where = f"  {clean(trouble.where)}" if trouble.where else ""
    lines = [Content.assemble((f"✗ {clean(trouble.title)}", "bold $error"), (where, MUTED))]
    for line in trouble.code:
        mark, style = ("→", "$error") if line.is_marked else (" ", MUTED)
        lines.append(Content.styled(f"{mark} {line.number:>3}  {clean(line.text)}", style))
    if trouble.explanation:
        lines.append(Content.styled(clean(trouble.explanation), "$warning"))
    return Content("\n").join(lines)
