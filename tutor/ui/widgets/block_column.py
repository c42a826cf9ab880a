"""The blocks of a lesson's screen in a column: make them from their views, update them, find their fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Static

from tutor.lessons.blocks import View
from tutor.session.model import ScreenView
from tutor.ui.blocks import CodeBlock, QuestionBlock, block_widget, update_block
from tutor.ui.blocks.diagram import DiagramBlock
from tutor.ui.blocks.locked import LockedBlock
from tutor.ui.fields import FieldWidget

if TYPE_CHECKING:
    from tutor.session import Session

_LABEL = 12
"""The widest label with which the fields of other questions are aligned."""


class BlockColumn(VerticalScroll, inherit_bindings=False):
    """The blocks of one screen below its heading."""

    heading = query_one(".heading", Static)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view: ScreenView | None = None
        self.blocks: list[Widget] = []

    # -- bringing up to date ------------------------------------------------------------------------------------------

    async def _load(self, widget: FieldWidget, session: Session) -> None:
        state = session.state(widget.field.id)
        with self.prevent(FieldWidget.Edited):
            if state.draft:
                widget.load(state.draft)
        widget.show(state)
        block = self.block_of(widget)
        if block is not None and widget is block.widgets[-1]:
            await block.show_after()

    async def refresh_view(self, view: ScreenView, session: Session) -> None:
        """Update every block, add those that may be seen now, and show every mark."""
        old = self.view
        assert old is not None
        known = {(block.id, place): widget for (block, place), widget in zip(_numbered(old), self.blocks, strict=True)}
        # set ``blocks`` only at the end: code that reads it meanwhile must see the old page, not half of each
        blocks: list[Widget] = []
        new: list[Widget] = []
        after: Widget = self.heading
        for block, place in _numbered(view):
            widget = known.pop((block.id, place), None)
            if widget is not None and not await update_block(widget, block):
                await widget.remove()
                widget = None
            if widget is None:
                widget = made(block, session)
                await self.mount(widget, after=after)
                new.append(widget)
            blocks.append(widget)
            after = widget
        self.view, self.blocks = view, blocks
        self._say_locked(view)
        for widget in new:
            for field in _fields(widget):
                await self._load(field, session)
        for gone in known.values():
            await gone.remove()
        self._align()
        self._set_drawing()
        for field in self.field_widgets():
            field.show(session.state(field.field.id))

    def _say_locked(self, view: ScreenView) -> None:
        for block in self.blocks:
            if isinstance(block, LockedBlock):
                block.say(view.index)

    def _align(self) -> None:
        """Align the fields of all questions, except those behind very long labels."""
        questions = [block for block in self.blocks if isinstance(block, QuestionBlock)]
        common = max((each.label_width for each in questions if each.label_width <= _LABEL), default=0)
        for each in questions:
            each.align(max(4, common, each.label_width))

    def _set_drawing(self) -> None:
        """Mark the first drawing, which a wide screen shows beside the text."""
        drawn = [block for block in self.blocks if isinstance(block, DiagramBlock)]
        for block in drawn:
            block.set_class(block is drawn[0], "-first", update=block.is_attached)

    # -- fields -------------------------------------------------------------------------------------------------------

    def field_widgets(self) -> list[FieldWidget]:
        """Return every field, in order."""
        return [field for block in self.blocks for field in _fields(block)]

    def field_widget(self, field_id: str | None) -> FieldWidget | None:
        """Return a field's widget, or None if it is not here."""
        return next((widget for widget in self.field_widgets() if widget.field.id == field_id), None)

    def block_of(self, widget: FieldWidget) -> QuestionBlock | None:
        """Return the question that a field belongs to; None for code."""
        return next((b for b in self.blocks if isinstance(b, QuestionBlock) and widget in b.widgets), None)

    def hinted_fields(self) -> list[FieldWidget]:
        """Return the fields with hints below them."""
        questions = [block for block in self.blocks if isinstance(block, QuestionBlock)]
        return [question.hinted for question in questions if question.hinted is not None]


def made(block: View, session: Session) -> Widget:
    """Return the widget of a block, with its fields bound to a session."""
    widget = block_widget(block)
    for field in _fields(widget):
        field.session = session
    return widget


def _fields(block: Widget) -> Sequence[FieldWidget]:
    """Return the fields of a block, in order."""
    return block.widgets if isinstance(block, QuestionBlock | CodeBlock) else ()


def _numbered(view: ScreenView) -> Sequence[tuple[View, int]]:
    """Return the blocks, each with its number among those with the same id: a derivation of several quantities is
    several blocks."""
    seen: dict[str, int] = {}
    pairs: list[tuple[View, int]] = []
    for block in view.blocks:
        seen[block.id] = seen.get(block.id, -1) + 1
        pairs.append((block, seen[block.id]))
    return pairs
