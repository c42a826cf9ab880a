"""The drawn network: what is to be seen (``scene``), where it goes (``layout``), the cells it is drawn in (``sheet``).

Plain data and text; no widget. ``draw(view, width, height)`` is all that the widget needs.
"""

from tutor.ui.drawing.layout import Drawing, Options, draw

__all__ = ["Drawing", "Options", "draw"]
