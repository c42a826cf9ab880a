"""What every line passes on its way to the terminal."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tutor.ui.text import NO_BREAK


class Styled(LineFilter):
    """Gives a style to what has none (a plot's margin): what takes the colours away under ``NO_COLOR`` needs one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line, all of it with a style."""
        return [segment if segment.style is not None else segment._replace(style=Style.null()) for segment in segments]


class Spaced(LineFilter):
    """Makes a space of what is one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line, with spaces only."""
        return [
            segment._replace(text=segment.text.replace(NO_BREAK, " ")) if NO_BREAK in segment.text else segment
            for segment in segments
        ]


STYLED, SPACED = Styled(), Spaced()
