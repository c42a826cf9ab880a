"""Filters that every line passes on its way to the terminal."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tutor.ui.text import NO_BREAK


class Styled(LineFilter):
    """Gives a style to segments without one (a plot's margin): the filter for ``NO_COLOR`` fails on those."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [segment if segment.style is not None else segment._replace(style=Style.null()) for segment in segments]


class Spaced(LineFilter):
    """Replaces the tutor's no-break spaces with plain ones."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment._replace(text=segment.text.replace(NO_BREAK, " ")) if NO_BREAK in segment.text else segment
            for segment in segments
        ]


STYLED, SPACED = Styled(), Spaced()
