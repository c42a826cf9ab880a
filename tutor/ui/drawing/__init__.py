"""The drawn network: what is to be seen (``scene``), where it goes at which size (``layout``, which has it set out by
``plan`` and ``labels``), and how it is drawn (``paint``, on the cells of a ``sheet``).

Plain data and text; no widget. ``draw(view, width, height)`` is all that the widget needs.
"""

from tutor.ui.drawing.layout import draw, richness
from tutor.ui.drawing.live import Live
from tutor.ui.drawing.paint import Drawing

__all__ = ["Drawing", "Live", "draw", "richness"]
