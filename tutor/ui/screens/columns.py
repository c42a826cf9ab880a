"""How a lesson's screen shares its width: lines of a length that is read with ease, and beside them the drawing."""

from __future__ import annotations

from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.drawing import richness

MAP_FROM = 110  # columns; from here on the drawing stands beside the text
TEXT_AT_MOST = 104
_MAP_AT_MOST = 80
_TEXT_AT_LEAST = 54
_MAP_EDGES, _TEXT_EDGES = 3, 4  # rule and padding


def map_width(width: int) -> int:
    """Return the columns beside the text for a drawing."""
    return min(_MAP_AT_MOST, width - _TEXT_AT_LEAST) if width >= MAP_FROM else 0


def goes_beside(drawn: DiagramView, width: int) -> bool:
    """Return whether a drawing goes beside the text; one that has room for more in the text stays there."""
    if width < MAP_FROM:
        return False
    beside, whole = richness(drawn, map_width(width) - _MAP_EDGES, min(width, TEXT_AT_MOST) - _TEXT_EDGES)
    return beside >= whole
