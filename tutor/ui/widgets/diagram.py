"""The drawn network: it fits its size, its units can be selected, and what the question asks for is highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.css.styles import RulesMap
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widget import Widget

from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.commands import Command
from tutor.ui.drawing import Drawing, draw
from tutor.ui.screens.base import Commanded
from tutor.ui.text import MUTED, clean, plain

# The drawing's names for its parts, as styles. What is highlighted is bold too, so that it does not depend on colour.
STYLES = {
    "box": "$foreground 50%",
    "box-lit": "$accent",
    "title": "bold",
    "note": MUTED,
    "input": MUTED,
    "input-number": "bold",
    "value": MUTED,
    "value-number": "bold",
    "bias": MUTED,
    "bias-number": "$foreground",
    "target": MUTED,
    "target-number": "$foreground",
    "loss": MUTED,
    "loss-number": "bold",
    "unknown": MUTED,
    "lit": "bold reverse $accent",
    "dot": "$foreground 60%",
    "head": "$foreground 60%",
    "head-lit": "bold $accent",
    "box-selected": "bold $foreground",  # heavy, because the wires that feed it are blue
    "selected": "bold reverse $foreground",
    "edge": "$primary",
    "edge-dim": "$foreground 50%",
    "edge-lit": "$accent",
    "weight": "$foreground 80%",
    "weight-number": "bold",
    "weight-dim": MUTED,
    "weight-dim-number": "$foreground 80%",
    # where numbers are turned: the hue is the weight's sign, the shade its magnitude
    "chosen": "bold reverse $foreground",
    "changed": "bold $success",
    "wire-plus-1": "$primary 45%",
    "wire-plus-2": "$primary 75%",
    "wire-plus-3": "bold $primary",
    "wire-minus-1": "$accent 45%",
    "wire-minus-2": "$accent 75%",
    "wire-minus-3": "bold $accent",
    "wire-pulse": "bold reverse $success",
}

STEP = Command(
    "diagram.step", "step(1)", "right", "Next unit",
    "Goes from unit to unit; the unit's formula is under the drawing with its numbers.", footer="next unit",
)  # fmt: skip
LET_GO = Command("diagram.let_go", "let_go", "escape", "Back to the question", "Leaves the drawing.", footer="back")


class _Picture(Visual):
    """The drawing at the width it gets, and below it the details of the selected unit."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the drawing's width."""
        return self.diagram.drawing(container_width).width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the rows of the drawing and the details."""
        detail = self.diagram.detail(width)
        return self.diagram.drawing(width).height + (detail.get_height(rules, width) + 1 if detail else 0)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the drawing's rows, centred, then the details."""
        drawing = self.diagram.drawing(width)
        left = max(0, (width - drawing.width) // 2)
        self.diagram.left = left
        strips = []
        for row in drawing.rows:
            line = Content.assemble(" " * left, *[(text, STYLES.get(kind, "")) for text, kind in row])
            strips.extend(line.truncate(width).render_strips(width, 1, style, options))
        detail = self.diagram.detail(width)
        if detail:
            strips.append(Strip.blank(width, style.rich_style))
            strips.extend(detail.render_strips(width, None, style, options))
        return strips[:height] if height is not None else strips


class Diagram(Commanded, can_focus=True):
    """Shows a network in at most ``most_rows`` rows. The letter m or the mouse focuses it; Tab skips it."""

    DEFAULT_CSS = """
    Diagram { height: auto; width: 1fr; margin: 0 0 1 0; }
    Diagram:focus { background: $foreground 4%; }
    """
    commands = (STEP, LET_GO)
    BINDINGS = [
        Binding("down", "step(1)", "Next unit", show=False),
        Binding("left,up", "step(-1)", "Unit before", show=False),
    ]
    ALLOW_SELECT = False
    help_text = (
        "The network. **Right** and **left** go from unit to unit; the unit's formula is under the drawing, "
        "with the numbers that you have found. A `?` is not found yet. Where wires cross, both go straight "
        "on; a dashed wire has a negative weight. **Escape** goes back to the question."
    )

    selected: reactive[str | None] = reactive(None, layout=True)
    """The key of the selected unit."""

    class LetGo(Message):
        """Sent when the learner leaves the drawing."""

    def __init__(self, view: DiagramView, *, most_rows: int = 12) -> None:
        super().__init__()
        self.view = view
        self.most_rows = most_rows
        self.left = 0
        self._asked: tuple[str, ...] = ()
        self._draw = lru_cache(maxsize=8)(self._drawn)

    # -- data ---------------------------------------------------------------------------------------------------------

    def show(
        self, view: DiagramView | None = None, *, asked: Sequence[str] | None = None, most_rows: int | None = None
    ) -> None:
        """Show other values, highlight other quantities, or use another height."""
        before = (self.view, self._asked, self.most_rows)
        self.view = view or self.view
        self._asked = self._asked if asked is None else tuple(asked)
        self.most_rows = most_rows or self.most_rows
        if before != (self.view, self._asked, self.most_rows):
            self._draw.cache_clear()
            self.refresh(layout=True)

    def drawing(self, width: int) -> Drawing:
        """Return the drawing for a width."""
        return self._draw(max(40, width), self.most_rows, self._asked, self.selected)

    def _drawn(self, width: int, rows: int, asked: tuple[str, ...], selected: str | None) -> Drawing:
        lit = asked or self.view.highlight
        return draw(replace(self.view, highlight=lit), width, rows, selected)

    @property
    def asked_rows(self) -> range:
        """The drawing's rows with the units that the current question asks about; all rows if there are none."""
        drawing = self.drawing(self.content_size.width)
        boxes = [drawing.units[key] for key in drawing.asked if key in drawing.units]
        if not boxes:
            return range(drawing.height)
        return range(min(box.y for box in boxes), max(box.y + box.height for box in boxes))

    def detail(self, width: int) -> Content:
        """Return the formula and the numbers of the selected unit, indented by a column."""
        if self.selected is None:
            return Content("")
        from tutor.ui.drawing.detail import unit_lines

        lines = unit_lines(self.view, self.selected, width - 2)
        return Content("\n").join(plain(f" {clean(line)}") for line in lines)

    def watch_selected(self, selected: str | None) -> None:
        """Scroll to the drawing and the details of the unit."""
        if selected is not None:
            self.call_after_refresh(self._scroll_into_view)

    def _scroll_into_view(self) -> None:
        """Scroll to the drawing. If it does not fit, show its end: the unit's numbers."""
        self.scroll_visible(animate=False)
        pane = self.parent
        if isinstance(pane, Widget) and (over := self.outer_size.height - pane.scrollable_size.height) > 0:
            pane.scroll_to(y=self.virtual_region.y + over, animate=False)

    # -- drawing ------------------------------------------------------------------------------------------------------

    def render(self) -> Visual:
        return _Picture(self)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the whole width."""
        return container.width

    # -- selecting ----------------------------------------------------------------------------------------------------

    def action_step(self, step: int) -> None:
        """Select the next or the previous unit; at first, the one that the question asks about."""
        drawing = self.drawing(self.content_size.width)
        keys = list(drawing.units)
        if not keys:
            return
        asked = [key for key in drawing.asked if key in keys]
        if self.selected in keys:
            self.selected = keys[(keys.index(self.selected) + step) % len(keys)]
        else:
            self.selected = asked[0] if asked else keys[0 if step > 0 else -1]

    def action_let_go(self) -> None:
        """Select nothing, and return to the question."""
        self.selected = None
        self.post_message(self.LetGo())

    def on_click(self, event: events.Click) -> None:
        """Select the clicked unit."""
        for key, region in self.drawing(self.content_size.width).units.items():
            x, y = event.x - self.left, event.y
            if region.x <= x < region.right and region.y <= y < region.y + region.height:
                self.selected = None if self.selected == key else key
                return
        self.selected = None

    def on_blur(self) -> None:
        """Select nothing."""
        self.selected = None
