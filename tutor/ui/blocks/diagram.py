"""The drawing of a network."""

from __future__ import annotations

from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.blocks.registry import draws
from tutor.ui.widgets.diagram import Diagram


class DiagramBlock(Diagram):
    """The drawing where it stands in the text; on a wide screen the map beside the text takes its place."""

    DEFAULT_CSS = """
    DiagramBlock { width: 100%; }
    """

    def __init__(self, view: DiagramView) -> None:
        super().__init__(view, most_rows=self._room())

    def _room(self) -> int:
        """Half of the screen, so that the question has room beside it; less than 12 rows tell too little."""
        return max(12, self.app.size.height // 2)

    def on_resize(self) -> None:
        """Another size of the screen may leave more rows, or fewer."""
        self.show(most_rows=self._room())


async def _update(widget: DiagramBlock, view: DiagramView) -> bool:
    widget.show(view)
    return True


draws(DiagramView, DiagramBlock, DiagramBlock, update=_update)
