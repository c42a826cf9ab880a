"""The top line: where the learner is, and the progress."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tutor.ui.text import MUTED, bar, clean, one_line

BAR_WIDTH = 20


class TopBar(Widget):
    """One line: a title at the left; a place, a progress bar and some words at the right. If it does not fit, the bar
    gets shorter, then the title is cut."""

    DEFAULT_CSS = """
    TopBar { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    heading = reactive("")
    """The title."""
    place = reactive("")
    """The place in it, as in ``screen 4 of 11``."""
    share = reactive[float | None](None)
    """The part done, from 0 to 1; None shows no bar."""
    words = reactive("")
    """Further words, as in ``12 ✓  1 shown  1 to fix``."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.set_reactive(TopBar.heading, heading)

    def render(self) -> Content:
        width = self.content_size.width
        right = self._right(width)
        free = max(0, width - right.cell_length - 2)
        title = Content.styled(one_line(self.heading), "bold").truncate(free, ellipsis=True)
        return title.pad_right(max(0, width - title.cell_length - right.cell_length)) + right

    def _right(self, width: int) -> Content:
        parts = [Content.styled(clean(self.place), MUTED)] if self.place else []
        if self.share is not None:
            spare = width - cell_len(self.place) - cell_len(self.words) - cell_len(self.heading) - 8
            if spare >= 6:
                parts.append(bar(self.share, min(BAR_WIDTH, spare)))
        if self.words:
            parts.append(Content(clean(self.words)))
        return Content("  ").join(parts)
