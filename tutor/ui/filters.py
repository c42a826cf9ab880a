"""What every line passes on its way to the terminal."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class Styled(LineFilter):
    """Gives a style to what has none (a plot's margin): what takes the colours away under ``NO_COLOR`` needs one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line, all of it with a style."""
        return [segment if segment.style is not None else segment._replace(style=Style.null()) for segment in segments]


STYLED = Styled()
