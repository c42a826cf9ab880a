"""The scroll bar: one column, and an empty one between it and the text."""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender


class SlimBar(ScrollBarRender):
    """A vertical bar whose first column is left empty. It is set as ``ScrollBar.renderer``; both columns together are
    ``scrollbar-size-vertical`` wide."""

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.parse("#555555"),  # noqa: B008
        bar_color: Color = Color.parse("bright_magenta"),  # noqa: B008
    ) -> Segments:
        """Return the bar of ``size`` rows (or columns) and ``thickness`` columns (or rows)."""
        has_gap = vertical and thickness > 1
        bar = super().render_bar(
            size, virtual_size, window_size, position, thickness - has_gap, vertical, back_color, bar_color
        )
        if not has_gap:
            return bar
        gap, line = Segment(" ", Style(bgcolor=back_color)), Segment.line()
        return Segments([part for row in bar.segments for part in (gap, row, line)])
