"""The part of a lesson's screen that handles its drawing: beside the text if there is room, with what is asked
highlighted."""

from __future__ import annotations

import asyncio

from textual.containers import VerticalScroll
from textual.events import Resize
from textual.getters import query_one

from tutor.lessons.blocks.diagram import DiagramView
from tutor.session import Session
from tutor.session.model import Field, ScreenView
from tutor.ui.drawing import richness
from tutor.ui.screens.base import while_there
from tutor.ui.screens.questions import QuestionScreen
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.so_far import SoFar

MAP_FROM = 110  # columns from which the drawing goes beside the text
TEXT_AT_MOST = 104
_MAP_AT_MOST = 80
_TEXT_AT_LEAST = 54
_MAP_EDGES, _TEXT_EDGES = 3, 4  # the rule and the padding


def map_width(width: int) -> int:
    """Return the columns for a drawing beside the text, 0 if there is no room."""
    return min(_MAP_AT_MOST, width - _TEXT_AT_LEAST) if width >= MAP_FROM else 0


def goes_beside(drawn: DiagramView, width: int) -> bool:
    """Return whether a drawing goes beside the text. It stays in the text if it can show more there."""
    if width < MAP_FROM:
        return False
    beside, whole = richness(drawn, map_width(width) - _MAP_EDGES, min(width, TEXT_AT_MOST) - _TEXT_EDGES)
    return beside >= whole


class Map(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The drawing beside the text. Keys go from unit to unit and scroll it, or turn the page."""


class MappedScreen(QuestionScreen):
    """A page, the drawing of its network beside it if there is room, and the numbers so far in a strip."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MAP_FROM, "-wide")]

    page = query_one(Page)
    map = query_one(Map)
    strip = query_one(SoFar)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._selected: str | None = None  # in the drawing, while a resize may replace it
        self._turning = asyncio.Lock()  # keys and marks arrive in different tasks; one at a time changes the page

    async def _show_map(self, view: ScreenView) -> None:
        """Show the first drawing of the screen beside the text, if there is room."""
        first = next((block for block in view.blocks if isinstance(block, DiagramView)), None) or self._drawing_of(view)
        drawn = first if first is not None and goes_beside(first, self.size.width) else None
        self.set_class(drawn is not None, "-mapped")
        self._set_widths(self.size.width)
        shown = self.map.query(Diagram)
        if drawn is None:
            await shown.remove()
        elif shown:
            shown.first().show(drawn)
        else:
            await self.map.mount(Diagram(drawn, most_rows=self._map_rows))

    def _drawing_of(self, view: ScreenView) -> DiagramView | None:
        """Return the drawing of the network that a screen asks about without showing it, or None: it has the numbers
        that the questions need."""
        asked = next((field.of for field in view.fields if field.quantity and not field.gaps), "")
        return self.session.drawing(asked) if asked else None

    def on_resize(self, event: Resize) -> None:
        """Fit the widths and the drawing to the new size."""
        super().on_resize(event)
        self._set_widths(event.size.width)
        for diagram in self.map.query(Diagram):
            diagram.show(most_rows=self._map_rows)
        if isinstance(self.focused, Diagram):
            self._selected = self.focused.selected
        self.call_later(self._fill_map)

    async def _fill_map(self) -> None:
        """Add or remove the drawing beside the text, depending on the room there is now."""
        with while_there(self):
            async with self._turning:
                if self.page.view is not None:
                    await self._show_map(self.page.view)
                    self.on_descendant_focus()
                    self.call_after_refresh(self._select_again)

    def _select_again(self) -> None:
        """Restore the selection in the drawing that replaced another one."""
        shown, selected = self.shown_drawing, self._selected
        self._selected = None
        if selected is not None and shown is not None and not isinstance(self.focused, Diagram):
            shown.focus()
            shown.selected = selected

    def _set_widths(self, width: int) -> None:
        """Set widths that are easy to read, for the text and a drawing beside it, and centre both."""
        beside = map_width(width) if self.has_class("-mapped") else 0
        page = min(width - beside, TEXT_AT_MOST)
        self.map.styles.width = beside
        self.page.styles.width = page
        self.query_one("#stage").styles.padding = (0, 0, 0, (width - beside - page) // 2)

    @property
    def shown_drawing(self) -> Diagram | None:
        """The first drawing that is visible, beside the text or in it."""
        return next((diagram for diagram in self.query(Diagram) if diagram.region.area), None)

    @property
    def _map_rows(self) -> int:
        return max(12, self.size.height - 4)

    def _highlight(self, field: Field | None) -> None:
        """Highlight what is asked for in every drawing of its network."""
        for diagram in self.query(Diagram):
            graph = diagram.view.graph
            asked: tuple[str, ...] = ()
            if field is not None and field.quantity and field.of == diagram.view.of:
                asked = graph.as_quantity(field.quantity).cells
                cell = self.focused.place if isinstance(self.focused, Entry) and self.focused.in_grid else None
                if cell is not None and cell < len(asked):
                    asked = asked[cell : cell + 1]
            diagram.show(asked=asked)

    def on_descendant_focus(self) -> None:
        """Highlight what the focused field asks for."""
        widget = self.page.focused_field if self.is_mounted else None
        self._highlight(widget.field if widget is not None else None)
        if widget is not None and self.focused in widget.walk_children(with_self=True):
            self.page.question_changed()
        if self.is_mounted and self.strip.of and self.current_network not in ("", self.strip.of):
            self._fill_strip()

    def _fill_strip(self) -> None:
        """Show the numbers so far of the current network."""
        self.strip.show(self.session, self.current_network or self.strip.of)

    @property
    def current_network(self) -> str:
        """The network or worksheet of the current question, or else of the first drawing; empty if there is neither."""
        widget = self.page.focused_field
        drawn = next((diagram.view.of for diagram in self.query(Diagram)), "")
        return (widget.field.of if widget is not None else "") or drawn
