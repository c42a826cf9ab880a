"""The page of a lesson's screen: its blocks in a column, with the current question and the footer kept in view.

If the column is longer than the screen, the footer stays in the last line. The current question stays in its place
while that is visible. Otherwise it is docked below the text: the text scrolls, while the field and its verdict stay.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import DescendantFocus, Resize
from textual.getters import query_one
from textual.layout import WidgetPlacement
from textual.widget import Widget
from textual.widgets import Button, Static

from tutor.session.model import ScreenView
from tutor.ui.blocks import QuestionBlock
from tutor.ui.blocks.plot import PlotBlock
from tutor.ui.fields import FieldWidget
from tutor.ui.screens.base import row_in, rows_above_docked
from tutor.ui.text import more, one_line
from tutor.ui.textual_compat import lay_out_now
from tutor.ui.widgets.area import Area
from tutor.ui.widgets.block_column import BlockColumn, made
from tutor.ui.widgets.diagram import Diagram
from tutor.ui.widgets.hints import Hints
from tutor.ui.widgets.page_footer import NavButton, PageFooter
from tutor.ui.widgets.subject import subject_of, subject_rows

if TYPE_CHECKING:
    from tutor.session import Session


class Page(BlockColumn, inherit_bindings=False):
    """The blocks of one screen. The page itself has the focus when no field has it: then letters are commands."""

    DEFAULT_CSS = """
    Page {
        padding: 0 1 0 2;
        scrollbar-gutter: stable;
        & > .heading { text-style: bold; color: $primary; margin: 1 0; height: auto; }
        & > QuestionBlock { padding: 0 0 0 1; border-left: outer transparent; }
        & > QuestionBlock.-current { border-left: outer $accent 70%; }
        & > QuestionBlock.-docked {
            dock: bottom; max-height: 55%; overflow-y: auto; margin: 0 0 1 0;
            border-top: solid $accent 70%; background: $background;
        }
        & > QuestionBlock.-docked.-hinted { max-height: 70%; }
        & > PageFooter.-docked { dock: bottom; background: $background; }
    }
    """
    BINDINGS = [
        Binding("up,k", "scroll_up", "Scroll up", show=False),
        Binding("down,j", "scroll_down", "Scroll down", show=False),
        Binding("space", "page_down", "Scroll on", show=False),
        Binding("home,g", "scroll_home", "To the top", show=False),
        Binding("end,G", "scroll_end", "To the end", show=False),
    ]

    foot = query_one(PageFooter)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.current: QuestionBlock | None = None
        self._current_field: FieldWidget | None = None  # the field that had the focus last
        self._before: QuestionBlock | None = None  # the question that was current before
        self._has_moved = False  # from one question to another; until then the text is read from its top
        self._is_long = False  # longer than its visible part

    def compose(self) -> ComposeResult:
        yield Static("", classes="heading", markup=False)
        yield PageFooter()

    # -- filling ------------------------------------------------------------------------------------------------------

    async def show(self, view: ScreenView, session: Session, *, current: str | None = None) -> None:
        """Show a screen of a session from its top. ``current`` is the id of the field that will get the focus."""
        self.view = view
        self._has_moved = False
        self._current_field = None
        old = self.blocks
        self.blocks = [made(block, session) for block in view.blocks]
        self._set_drawing()
        field = self.field_widget(current)
        self.current = self.block_of(field) if field is not None else None
        if self.current is not None:
            self.current.add_class("-current", update=False)  # before it is mounted, so that nothing is laid out twice
        with self.app.batch_update():
            self._say_locked(view)
            await self.remove_children(old)
            self.heading.update(one_line(view.title))
            self.foot.show(is_first=view.index == 0, is_last=view.index == len(session.titles) - 1)
            await self.mount_all(self.blocks, after=self.heading)
            self._align()
            self.scroll_home(animate=False)
            for widget in self.field_widgets():
                await self._load(widget, session)
            if field is not None:
                self._make_current(field)
        self.call_after_refresh(self.settle)

    async def refresh_view(self, view: ScreenView, session: Session) -> None:
        """Update every block. A block that was made again has no place until the page is laid out, and the question's
        place follows from it."""
        before = self.blocks
        await super().refresh_view(view, session)
        if self.blocks != before:
            lay_out_now(self.screen)
            self._changed()

    # -- fields -------------------------------------------------------------------------------------------------------

    @property
    def focused_field(self) -> FieldWidget | None:
        """The field that has the focus, or else the current one."""
        focused = self.screen.focused
        inside = [w for w in (focused.ancestors_with_self if focused else ()) if isinstance(w, FieldWidget)]
        if inside:
            return inside[0]
        if self.current is None or not self.current.widgets:
            return None
        return self._current_field if self._current_field in self.current.widgets else self.current.widgets[0]

    def focus_field(self, field_id: str) -> None:
        """Focus a field."""
        widget = self.field_widget(field_id)
        if widget is not None:
            widget.focus_field()

    def move_on(self, field: FieldWidget, step: int) -> None:
        """Handle up or down at the edge of a field: go to its neighbour in the question, or else scroll, or else go to
        the next question, or after the last one to the button that leads on. Hints between two fields are scrolled
        first."""
        block, fields = self.block_of(field), self.field_widgets()
        place = fields.index(field) + step
        following = fields[place] if 0 <= place < len(fields) else None
        hints = [each for each in self.query(Hints) if block in each.ancestors and _can_scroll(each, step)]
        if hints:
            hints[0].scroll_relative(y=3 * step, animate=False)
            return
        with_hints = [block] if block is not None and block.has_class("-hinted") else []
        scrolling = [each for each in (*with_hints, self) if _can_scroll(each, step)]
        is_neighbour = block is not None and following in block.widgets and not with_hints
        is_visible = following is not None and self.screen.can_view_entire(following)
        if scrolling and not is_neighbour and not is_visible:
            scrolling[0].scroll_relative(y=3 * step, animate=False)
        elif following is not None:
            following.focus_field()
        elif step > 0:
            self.query_one("#next", Button).focus()
        else:
            self.scroll_home(animate=False)

    def process_layout(self, placements: list[WidgetPlacement]) -> list[WidgetPlacement]:
        """Drop the bottom margin of the last block, which would only add an empty row to scroll to."""
        *before, last = placements
        return [*before, last._replace(margin=last.margin._replace(bottom=0))]

    # -- keeping the question in view ---------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Check whether to dock the current question whenever the page's length or position changes."""
        self.watch(self, "virtual_size", self._changed, init=False)
        self.watch(self, "scroll_y", self._changed, init=False)

    @on(QuestionBlock.Changed)
    def _changed(self) -> None:
        self.call_after_refresh(self._dock)

    @on(DescendantFocus)
    def follow_focus(self, event: DescendantFocus) -> None:
        """Make the focused question the current one.

        The current question has the focus, or had it last. It is marked while it has the focus, or while the page or a
        drawing has it, from which one returns to the question.
        """
        self._changed()
        fields = self.field_widgets()  # a field that was just removed may still report the focus
        field = next((w for w in event.widget.ancestors_with_self if w in fields), None)
        if isinstance(field, FieldWidget):
            self._make_current(field)
        elif isinstance(event.widget, NavButton) and self._current_field is not None:
            self._current_field.set_current(False)
        inside = [w for w in event.widget.ancestors_with_self if isinstance(w, QuestionBlock) and w in self.blocks]
        if event.widget is self.screen.focused and not isinstance(event.widget, Diagram):
            for block in self.query_children(QuestionBlock):
                block.set_class(block in inside, "-current")
        if inside and inside[0] is not self.current:
            self._has_moved = self.current is not None
            self._before = self.current
            self.hold(inside[0])
        elif self._has_moved or not inside:
            self.call_after_refresh(self._show_focused, again=True)

    def _make_current(self, field: FieldWidget) -> None:
        before = self._current_field
        if before is not None and before is not field and before.is_attached:
            before.set_current(False)
        field.set_current(True)
        self._current_field = field
        block = self.block_of(field)
        if block is not None:
            block.set_current(field)

    def hold(self, block: QuestionBlock) -> None:
        """Make a question the current one."""
        self.current = block
        for other in self.query_children(QuestionBlock):
            other.remove_class("-docked")
        self.settle()

    def settle(self) -> None:
        """Scroll to the current question, once it has its place. A new text is read from its top."""
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        if not self.is_attached or self.size.height == 0:
            return
        if self._has_moved and self.current is not None and not self.current.has_class("-docked"):
            self._scroll_to_question(self.current)
        self._dock()
        if self._has_moved:
            self._show_end_of_last()
        self.call_after_refresh(self._settle_subject)

    def question_changed(self) -> None:
        """Scroll to what the current field asks about, once that is highlighted: it may be another unit."""
        self.call_after_refresh(self.call_after_refresh, self._settle_subject)

    def _settle_subject(self) -> None:
        """Scroll to what the question is about, once it is known whether the question is docked."""
        if not self.is_attached or self.size.height == 0:
            return
        if self._fit_plot():
            self.call_after_refresh(self._settle_subject)
        elif not self._has_moved and self.scroll_y == 0:
            self.scroll_to(y=self._scroll_for_subject(0), animate=False, immediate=True)
        elif not self._has_moved or self._before is None or not self._before.query_children(".after"):
            self.show_subject()

    def _show_focused(self, *, again: bool = False) -> None:
        """Scroll no further than it takes to see the focused widget; a docked one is visible anyway. What gets docked
        because of the focus may hide it, so with ``again`` this is checked afterwards."""
        if again:
            self._dock()
            self.call_after_refresh(self._show_focused)
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            return
        inside = [node for node in focused.ancestors_with_self if node in self.children]
        if inside[0].styles.dock == "bottom":
            return
        rows = rows_above_docked(self, self.content_region.bottom)
        place = row_in(focused, self)
        end = place + min(focused.region.height, rows)
        if place < self.scroll_y:
            self.scroll_to(y=place, animate=False)
        elif end > self.scroll_y + rows:
            self.scroll_to(y=end - rows, animate=False)

    def _scroll_to_question(self, block: QuestionBlock) -> None:
        """Scroll no further than it takes to see the question; to its top if it is too long."""
        place, seen = block.virtual_region, self._visible_height
        if place.bottom > self.scroll_y + seen:
            self.scroll_to(y=min(place.bottom - seen, place.y), animate=False)
        elif place.y < self.scroll_y:
            self.scroll_to(y=max(0, place.bottom - seen), animate=False)

    # -- what the question is about ------------------------------------------------------------------------------------

    def show_subject(self) -> None:
        """Scroll to what the current question is about, with the question in its own place if both fit, or else
        docked."""
        if self.size.height:
            self.scroll_to(y=self._scroll_for_subject(self.scroll_y), animate=False, immediate=True)

    def _scroll_for_subject(self, at: float) -> float:
        """Return the scroll position nearest to ``at`` in which the subject of the current question and its field are
        visible."""
        target = self._scroll_for_subject_only(at)
        focused = self.screen.focused
        if self.current is None or focused is None or self.current not in focused.ancestors:
            return target
        is_docked = self.current.has_class("-docked") or self._is_below(self.current, target)
        if target == at or is_docked:  # its field is visible
            return target
        place = row_in(focused, self)
        return min(max(target, place + focused.region.height - self._visible_height), place)

    def _scroll_for_subject_only(self, at: float) -> float:
        rows = subject_rows(self.blocks, self.current)
        if self.current is None or not rows:
            return at
        docked = self.current.has_class("-docked")
        free = self._visible_height - (self._docked_height(self.current) if docked else 0)
        if rows.start >= at and rows.stop <= at + free:
            return at
        end = self.current.virtual_region.bottom
        if not docked and end - rows.start <= self._visible_height:
            return min(rows.start, max(at, end - self._visible_height))
        return rows.start if rows.start < at or len(rows) > free else rows.stop - free

    def _fit_plot(self) -> bool:
        """Shrink the plot that the current question is about to the rows left above the question. Return whether it
        changed. It stays that low until the screen is shown again or resized."""
        question, plot = self.current, subject_of(self.blocks, self.current)
        if question is None or not isinstance(plot, PlotBlock) or not self._is_long:
            return False
        end = question.virtual_region.bottom
        if not question.has_class("-docked") and end - plot.virtual_region.y <= self._visible_height:
            return False
        return plot.fit(self._visible_height - self._docked_height(question))

    def _show_end_of_last(self) -> None:
        """Scroll until the docked question no longer covers the message about the previous one."""
        before, docked = self._before, self.current
        if before is None or before not in self.blocks or docked is None or not docked.has_class("-docked"):
            return
        end = before.virtual_region.bottom + self._docked_height(docked)
        if end > self.scroll_y + self._visible_height:
            self.scroll_to(y=min(end - self._visible_height, before.virtual_region.y), animate=False)

    @property
    def _visible_height(self) -> int:
        """The rows in which text is visible, above the footer."""
        return self.container_size.height - 1

    def place(self) -> None:
        """Lay the page out, dock what must be docked, and scroll, so that it is painted only once."""
        lay_out_now(self.screen)
        if self._dock(looks_again=False):
            lay_out_now(self.screen)
        if self._fit_plot():
            lay_out_now(self.screen)
        self.scroll_to(y=self._scroll_for_subject(0), animate=False, immediate=True)

    def _dock(self, *, looks_again: bool = True) -> bool:
        """Dock the footer if the page is longer than the screen, and the current question if it is out of view below.

        Docking or undocking changes the page's length. So this ``looks_again`` afterwards, once. Return whether
        anything changed.
        """
        if not self.is_attached or self.container_size.height == 0:
            return False
        foot = self.foot
        flowing = [child for child in self.children if child is not foot and not child.has_class("-docked")]
        end = max((child.virtual_region.bottom + child.styles.margin.bottom for child in flowing), default=0)
        docked = [block for block in self.query_children(QuestionBlock) if block.has_class("-docked")]
        was_docked = [*docked, *([foot] if foot.has_class("-docked") else [])]
        length = end + sum(_full_height(block) + 1 for block in docked) + 1  # 1 for the footer
        is_long = self._is_long = length > self.container_size.height
        foot.set_class(is_long, "-docked")
        focused = self.screen.focused
        is_hidden = is_long and not isinstance(focused, Diagram)  # a drawing that is being explored needs the room
        for block in self.query_children(QuestionBlock):
            block.set_class(is_hidden and block is self.current and self._is_below(block), "-docked")
        foot.show_more(self._more() if is_long else "")
        self._end_scroll_bar_at(
            self.current if self.current is not None and self.current.has_class("-docked") else None
        )
        has_changed = was_docked != [child for child in self.children if child.has_class("-docked")]
        if looks_again and has_changed:
            self.call_after_refresh(partial(self._dock, looks_again=False))
        return has_changed

    def _more(self) -> str:
        """Return a note on where the page continues, with the keys that scroll there. That it began above is noted only
        until the learner has moved: the page may have opened below its top."""
        escape = "esc " if isinstance(self.screen.focused, Area | Diagram) else ""
        is_below = self.scroll_y < self.max_scroll_y
        if self.scroll_y > 0 and not self._has_moved:
            return more("above and below", f"{escape}↑ ↓") if is_below else more("above", f"{escape}↑")
        return more("below", f"{escape}↓") if is_below else ""

    def _end_scroll_bar_at(self, docked: QuestionBlock | None) -> None:
        """End the scroll bar beside the last row that scrolls, above what is docked."""
        rows = min(docked.outer_size.height, self._max_docked_height(docked)) if docked is not None else 0
        self.vertical_scrollbar.styles.padding = (0, 0, rows + 1, 0)  # 1 for the footer

    def _is_below(self, block: QuestionBlock, at: float | None = None) -> bool:
        """Return whether a question's own place, or more of it than fits when docked, is below the visible part, now or
        when scrolled to ``at``."""
        before = self.blocks[self.blocks.index(block) - 1] if block in self.blocks[1:] else self.heading
        top = before.virtual_region.bottom + before.styles.margin.bottom
        return (
            top + min(_full_height(block), self._max_docked_height(block))
            > (self.scroll_y if at is None else at) + self._visible_height
        )

    def _docked_height(self, block: QuestionBlock) -> int:
        """Return the rows that a question takes when docked."""
        return min(_full_height(block) + 1, self._max_docked_height(block))

    def _max_docked_height(self, block: QuestionBlock) -> int:
        """Return the most rows of a docked question."""
        return self.container_size.height * (70 if block.has_class("-hinted") else 55) // 100

    def on_resize(self, event: Resize) -> None:
        """Keep the current question in view. Do nothing under a dialog, or if something outside the page has the
        focus."""
        focused = self.screen.focused
        if self.screen.is_current and (focused is None or self in focused.ancestors):
            self.settle()


def _can_scroll(widget: Widget, step: int) -> bool:
    return widget.scroll_y < widget.max_scroll_y if step > 0 else widget.scroll_y > 0


def _full_height(block: QuestionBlock) -> int:
    """Return the rows that a question takes if nothing is cut off, without its margin."""
    return block.virtual_size.height
