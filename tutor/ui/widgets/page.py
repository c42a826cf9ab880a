"""The page of a lesson's screen: its blocks in a column, and the question in hand and the way on kept in sight.

Where the column is longer than the screen, the way on stays in its last line, and the question in hand stands where it
belongs as long as that is seen; else it is docked under the text: the text scrolls, the field and its verdict stay.
"""

from __future__ import annotations

from functools import partial
from itertools import takewhile
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
from tutor.ui.text import more_above, more_around, more_below, one_line
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
    """The blocks of one screen. It has the focus itself when no field has: then letters are commands."""

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
        self._in_hand: FieldWidget | None = None  # the field that had the focus last
        self._before: QuestionBlock | None = None  # the question that was in hand before
        self._has_moved = False  # from one question to another; before that the text is read from its top
        self._is_long = False  # longer than what is seen of it

    def compose(self) -> ComposeResult:
        yield Static("", classes="heading", markup=False)
        yield PageFooter()

    # -- filling ------------------------------------------------------------------------------------------------------

    async def show(self, view: ScreenView, session: Session, *, in_hand: str | None = None) -> None:
        """Show a screen of a session from its top, with the question of the field ``in_hand`` as the one that will get
        the focus."""
        self.view = view
        self._has_moved = False
        self._in_hand = None
        old = self.blocks
        self.blocks = [made(block, session) for block in view.blocks]
        self._set_drawing()
        field = self.field_widget(in_hand) if in_hand is not None else None
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
                self._take_in_hand(field)
        self.call_after_refresh(self.settle)

    # -- fields -------------------------------------------------------------------------------------------------------

    @property
    def focused_field(self) -> FieldWidget | None:
        """The field that has the focus, or that was in hand last."""
        focused = self.screen.focused
        inside = [w for w in (focused.ancestors_with_self if focused else ()) if isinstance(w, FieldWidget)]
        if inside:
            return inside[0]
        if self.current is None or not self.current.widgets:
            return None
        return self._in_hand if self._in_hand in self.current.widgets else self.current.widgets[0]

    def focus_field(self, field_id: str) -> None:
        """Give a field the focus."""
        widget = self.field_widget(field_id)
        if widget is not None:
            widget.focus_field()

    def focus_next(self, step: int = 1, *, of: FieldWidget | None = None) -> None:
        """Go to the next field (or the one before); past the last one, to the button that leads on."""
        widgets = self.field_widgets()
        start = widgets.index(of) if of in widgets else (-1 if step > 0 else len(widgets))
        target = start + step
        if 0 <= target < len(widgets):
            widgets[target].focus_field()
        elif target >= len(widgets):
            self.query_one("#next", Button).focus()
        else:
            self.scroll_home(animate=False)

    def move_on(self, field: FieldWidget, step: int) -> None:
        """Up or down out of a field: to its neighbour in the question, else scroll, else to the next question. Hints
        between two fields are scrolled through before."""
        block = self.block_of(field)
        widgets = block.widgets if block is not None else [field]
        place = widgets.index(field) + step
        hints = [each for each in self.query(Hints) if block in each.ancestors and _can_scroll(each, step)]
        if hints:
            hints[0].scroll_relative(y=3 * step, animate=False)
            return
        with_hints = [block] if block is not None and block.has_class("-hinted") else []
        scrolling = [each for each in (*with_hints, self) if _can_scroll(each, step)]
        if 0 <= place < len(widgets) and not with_hints:
            widgets[place].focus_field()
        elif scrolling and not self._next_is_seen(field, step):
            scrolling[0].scroll_relative(y=3 * step, animate=False)
        else:
            self.focus_next(step, of=field)

    def _next_is_seen(self, field: FieldWidget, step: int) -> bool:
        """Return whether the field after this one (or before it) can be seen as the page stands."""
        widgets = self.field_widgets()
        place = widgets.index(field) + step
        return 0 <= place < len(widgets) and self.screen.can_view_entire(widgets[place])

    def process_layout(self, placements: list[WidgetPlacement]) -> list[WidgetPlacement]:
        """The page ends with what stands last: the margin under that would be more to scroll to, and nothing to see."""
        *before, last = placements
        return [*before, last._replace(margin=last.margin._replace(bottom=0))]

    # -- keeping the question in sight ---------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Whatever changes the page's length or place may bring the question in hand in sight or out of it."""
        self.watch(self, "virtual_size", self._changed, init=False)
        self.watch(self, "scroll_y", self._changed, init=False)

    @on(QuestionBlock.Changed)
    def _changed(self) -> None:
        self.call_after_refresh(self._dock)

    @on(DescendantFocus)
    def follow_focus(self, event: DescendantFocus) -> None:
        """The question in hand is the one with the focus, or that had it last. It is marked while it has the focus, or
        while the page or a drawing has it: from there one comes back to it."""
        self._changed()
        fields = self.field_widgets()  # what has just gone may still say that it got the focus
        field = next((w for w in event.widget.ancestors_with_self if w in fields), None)
        if isinstance(field, FieldWidget):
            self._take_in_hand(field)
        elif isinstance(event.widget, NavButton) and self._in_hand is not None:
            self._in_hand.take_in_hand(False)
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

    def _take_in_hand(self, field: FieldWidget) -> None:
        before = self._in_hand
        if before is not None and before is not field and before.is_attached:
            before.take_in_hand(False)
        field.take_in_hand(True)
        self._in_hand = field
        block = self.block_of(field)
        if block is not None:
            block.take_in_hand(field)

    def hold(self, block: QuestionBlock) -> None:
        """Take a question in hand."""
        self.current = block
        for other in self.query_children(QuestionBlock):
            other.remove_class("-docked")
        self.settle()

    def settle(self) -> None:
        """Bring the question in hand in sight, once it has its place; a text that is new is read from its top."""
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        if not self.is_attached or self.size.height == 0:
            return
        if self._has_moved and self.current is not None and not self.current.has_class("-docked"):
            self._bring(self.current)
        self._dock()
        if self._has_moved:
            self._show_end_of_last()
        self.call_after_refresh(self._settle_subject)

    def question_changed(self) -> None:
        """Bring in sight what the field in hand is about, once that is lit: another unit, perhaps."""
        self.call_after_refresh(self.call_after_refresh, self._settle_subject)

    def _settle_subject(self) -> None:
        """Bring in sight what the question is about, once it is docked or not."""
        if not self.is_attached or self.size.height == 0:
            return
        if self._fit_plot():
            self.call_after_refresh(self._settle_subject)
        elif not self._has_moved and self.scroll_y == 0:
            self.scroll_to(y=self._scroll_for_subject(0), animate=False, immediate=True)
        elif not self._has_moved or self._before is None or not self._before.query_children(".after"):
            self.show_subject()

    def _show_focused(self, *, again: bool = False) -> None:
        """Scroll no further than is needed to see what has the focus; what is docked is in sight anyway. What the focus
        docks may hide it, so look ``again`` after that."""
        if again:
            self._dock()
            self.call_after_refresh(self._show_focused)
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            return
        inside = [node for node in focused.ancestors_with_self if node in self.children]
        if inside[0].styles.dock == "bottom":
            return
        docked = [child.region.y for child in self.children if child.styles.dock == "bottom" and child.region.area]
        rows = min([self.content_region.bottom, *docked]) - self.content_region.y
        place = self._place(focused)
        end = place + min(focused.region.height, rows)
        if place < self.scroll_y:
            self.scroll_to(y=place, animate=False)
        elif end > self.scroll_y + rows:
            self.scroll_to(y=end - rows, animate=False)

    def _place(self, widget: Widget) -> int:
        """Return the row of the page at which a widget in it begins."""
        inside = takewhile(lambda node: node is not self, widget.ancestors_with_self)
        return sum(node.virtual_region.y for node in inside if isinstance(node, Widget))

    def _bring(self, block: QuestionBlock) -> None:
        """Scroll no further than the question needs; where it is too long, to its top."""
        place, seen = block.virtual_region, self._seen_height
        if place.bottom > self.scroll_y + seen:
            self.scroll_to(y=min(place.bottom - seen, place.y), animate=False)
        elif place.y < self.scroll_y:
            self.scroll_to(y=max(0, place.bottom - seen), animate=False)

    # -- what the question is about ------------------------------------------------------------------------------------

    def show_subject(self) -> None:
        """Bring in sight what the question in hand is about, with the question in its own place where both have room,
        else docked."""
        if self.size.height:
            self.scroll_to(y=self._scroll_for_subject(self.scroll_y), animate=False, immediate=True)

    def _scroll_for_subject(self, at: float) -> float:
        """Return the scroll position nearest to ``at`` in which the subject of the question in hand is seen, and its
        field."""
        target = self._subject_alone(at)
        focused = self.screen.focused
        if self.current is None or focused is None or self.current not in focused.ancestors:
            return target
        is_docked = self.current.has_class("-docked") or self._is_below(self.current, target)
        if target == at or is_docked:  # its field is seen
            return target
        place = self._place(focused)
        return min(max(target, place + focused.region.height - self._seen_height), place)

    def _subject_alone(self, at: float) -> float:
        rows = subject_rows(self.blocks, self.current)
        if self.current is None or not rows:
            return at
        docked = self.current.has_class("-docked")
        free = self._seen_height - (self._docked_height(self.current) if docked else 0)
        if rows.start >= at and rows.stop <= at + free:
            return at
        end = self.current.virtual_region.bottom
        if not docked and end - rows.start <= self._seen_height:
            return min(rows.start, max(at, end - self._seen_height))
        return rows.start if rows.start < at or len(rows) > free else rows.stop - free

    def _fit_plot(self) -> bool:
        """Make the plot that the question in hand is about as low as the rows left over it allow; whether it changed.
        It stays as low until the screen is shown again or has another size."""
        question, plot = self.current, subject_of(self.blocks, self.current)
        if question is None or not isinstance(plot, PlotBlock) or not self._is_long:
            return False
        end = question.virtual_region.bottom
        if not question.has_class("-docked") and end - plot.virtual_region.y <= self._seen_height:
            return False
        return plot.fit(self._seen_height - self._docked_height(question))

    def _show_end_of_last(self) -> None:
        """What was said of the question before is not under the one that is docked."""
        before, docked = self._before, self.current
        if before is None or before not in self.blocks or docked is None or not docked.has_class("-docked"):
            return
        end = before.virtual_region.bottom + self._docked_height(docked)
        if end > self.scroll_y + self._seen_height:
            self.scroll_to(y=min(end - self._seen_height, before.virtual_region.y), animate=False)

    @property
    def _seen_height(self) -> int:
        """The rows in which text is seen, above the way on."""
        return self.container_size.height - 1

    def place(self) -> None:
        """Lay the page out, dock what is to be docked and scroll now, so that it is painted once, as it stays."""
        lay_out_now(self.screen)
        if self._dock(looks_again=False):
            lay_out_now(self.screen)
        if self._fit_plot():
            lay_out_now(self.screen)
        self.scroll_to(y=self._scroll_for_subject(0), animate=False, immediate=True)

    def _dock(self, *, looks_again: bool = True) -> bool:
        """Dock the way on where the page is longer than the screen, and the question in hand where it is out of sight
        below. What is docked or no more changes the page's length: after that it ``looks_again``, once."""
        if not self.is_attached or self.container_size.height == 0:
            return False
        foot = self.foot
        flowing = [child for child in self.children if child is not foot and not child.has_class("-docked")]
        end = max((child.virtual_region.bottom + child.styles.margin.bottom for child in flowing), default=0)
        docked = [block for block in self.query_children(QuestionBlock) if block.has_class("-docked")]
        was_docked = [*docked, *([foot] if foot.has_class("-docked") else [])]
        length = end + sum(_own_height(block) + 1 for block in docked) + 1  # the way on
        is_long = self._is_long = length > self.container_size.height
        foot.set_class(is_long, "-docked")
        focused = self.screen.focused
        is_hidden = is_long and not isinstance(focused, Diagram)  # a drawing that is explored needs the room
        for block in self.query_children(QuestionBlock):
            block.set_class(is_hidden and block is self.current and self._is_below(block), "-docked")
        foot.show_more(self._more() if is_long else "")
        self._end_bar_at(self.current if self.current is not None and self.current.has_class("-docked") else None)
        has_changed = was_docked != [child for child in self.children if child.has_class("-docked")]
        if looks_again and has_changed:
            self.call_after_refresh(partial(self._dock, looks_again=False))
        return has_changed

    def _more(self) -> str:
        """Return where the page goes on, with the keys that scroll there. That it began above is said as long as
        nobody can have seen it: it opened at what its question is about."""
        escape = "esc " if isinstance(self.screen.focused, Area | Diagram) else ""
        is_below = self.scroll_y < self.max_scroll_y
        if self.scroll_y > 0 and not self._has_moved:
            return more_around(f"{escape}↑ ↓") if is_below else more_above(f"{escape}↑")
        return more_below(f"{escape}↓") if is_below else ""

    def _end_bar_at(self, docked: QuestionBlock | None) -> None:
        """The scroll bar stands beside what scrolls, not beside what is docked."""
        rows = min(docked.outer_size.height, self._most(docked)) if docked is not None else 0
        self.vertical_scrollbar.styles.padding = (0, 0, rows + 1, 0)  # one for the way on

    def _is_below(self, block: QuestionBlock, at: float | None = None) -> bool:
        """Return whether a question's own place, or more of it than is docked at most, is under what is seen, now or
        when scrolled to ``at``."""
        before = self.blocks[self.blocks.index(block) - 1] if block in self.blocks[1:] else self.heading
        top = before.virtual_region.bottom + before.styles.margin.bottom
        return (
            top + min(_own_height(block), self._most(block)) > (self.scroll_y if at is None else at) + self._seen_height
        )

    def _docked_height(self, block: QuestionBlock) -> int:
        """Return the rows that a question takes where it is docked."""
        return min(_own_height(block) + 1, self._most(block))

    def _most(self, block: QuestionBlock) -> int:
        """Return the rows of a docked question, at most."""
        return self.container_size.height * (70 if block.has_class("-hinted") else 55) // 100

    def on_resize(self, event: Resize) -> None:
        """Another size: the question in hand stays in sight; under a dialog, or with none in hand, nothing moves."""
        focused = self.screen.focused
        if self.screen.is_current and (focused is None or self in focused.ancestors):
            self.settle()


def _can_scroll(widget: Widget, step: int) -> bool:
    return widget.scroll_y < widget.max_scroll_y if step > 0 else widget.scroll_y > 0


def _own_height(block: QuestionBlock) -> int:
    """The rows a question takes where nothing is cut off, without its margin."""
    return block.virtual_size.height
