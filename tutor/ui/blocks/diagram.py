"""The drawing of a network."""

from __future__ import annotations

from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.blocks.registry import draws
from tutor.ui.widgets.diagram import Diagram


class DiagramBlock(Diagram):
    """The drawing in its place in the text. On a wide screen, the one beside the text replaces it."""

    DEFAULT_CSS = """
    DiagramBlock { width: 100%; }
    """

    def __init__(self, view: DiagramView) -> None:
        super().__init__(view, most_rows=self._room())

    def _room(self) -> int:
        """Return half of the screen's rows, so that the question has room too, but at least the 12 rows that a drawing
        needs."""
        return max(12, self.app.size.height // 2)

    def on_resize(self) -> None:
        """Use the rows that the new size allows."""
        self.show(most_rows=self._room())


async def _update(widget: DiagramBlock, view: DiagramView) -> bool:
    widget.show(view)
    return True


draws(DiagramView, DiagramBlock, DiagramBlock, update=_update)
