"""Draw a network as text: ``scene`` says what is shown, ``layout`` chooses how richly, ``plan`` computes sizes,
``placement`` and ``lanes`` place the parts and wires, and ``paint`` draws them on the cells of a ``canvas``.

Everything here is plain data and text, without widgets. The widget needs only ``draw(view, width, height)``.
"""

from tutor.ui.drawing.layout import draw, richness
from tutor.ui.drawing.live import Live
from tutor.ui.drawing.paint import Drawing

__all__ = ["Drawing", "Live", "draw", "richness"]
