"""The drawn network: redrawn for its size, its units selectable, what the question is about lit."""

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
from tutor.ui.glyphs import Signs, line_signs
from tutor.ui.screens.base import Commanded
from tutor.ui.text import MUTED, clean, plain

# The drawing's words for its parts, as styles. What is lit is bold, too: never told by colour alone.
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
    "box-selected": "bold $foreground",  # heavy; the wires that feed it are blue
    "selected": "bold reverse $foreground",
    "edge": "$primary",
    "edge-dim": "$foreground 50%",
    "edge-lit": "$accent",
    "weight": "$foreground 80%",
    "weight-number": "bold",
    "weight-dim": MUTED,
    "weight-dim-number": "$foreground 80%",
    # where numbers are turned: the hue is the weight's sign, the shade its size
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
    "diagram.step",
    "step(1)",
    "right",
    "Next unit",
    "Goes from unit to unit; the unit's formula is under the drawing with its numbers.",
    label="next unit",
    footer=True,
)
LET_GO = Command(
    "diagram.let_go",
    "let_go",
    "escape",
    "Back to the question",
    "Leaves the drawing.",
    label="back",
    footer=True,
)


class _Picture(Visual):
    """The drawing for whatever width it gets, and under it what is said about the unit that is selected."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return what the drawing takes."""
        return self.diagram.drawing(container_width).width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the drawing's rows and the detail's."""
        detail = self.diagram.detail(width)
        return self.diagram.drawing(width).height + (detail.get_height(rules, width) + 1 if detail else 0)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the drawing's rows, centred, then the detail."""
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
    """A network. ``most_rows`` bounds its height; the letter m or the mouse gives it the focus, Tab passes it by."""

    DEFAULT_CSS = """
    Diagram { height: auto; width: 1fr; margin: 0 0 1 0; }
    Diagram:focus { background: $foreground 4%; }
    """
    commands = (STEP, LET_GO)
    BINDINGS = [
        *STEP.bindings(),
        *LET_GO.bindings(),
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
    """The key of the unit that is selected."""

    class LetGo(Message):
        """The learner is done with the drawing."""

    def __init__(
        self, view: DiagramView, *, most_rows: int = 12, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.view = view
        self.most_rows = most_rows
        self.left = 0
        self._asked: tuple[str, ...] = ()
        self._draw = lru_cache(maxsize=8)(self._drawn)

    # -- data ---------------------------------------------------------------------------------------------------------

    def show(
        self, view: DiagramView | None = None, *, asked: Sequence[str] | None = None, most_rows: int | None = None
    ) -> None:
        """Show other values, light what is asked now, or use another height."""
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
        return draw(replace(self.view, highlight=lit), width, rows, selected, ascii=line_signs() is Signs.ASCII)

    @property
    def asked_rows(self) -> range:
        """The drawing's rows that the units take that the question in hand is about; all of them where it is about
        none."""
        drawing = self.drawing(self.content_size.width)
        boxes = [drawing.units[key] for key in drawing.asked if key in drawing.units]
        if not boxes:
            return range(drawing.height)
        return range(min(box.y for box in boxes), max(box.y + box.height for box in boxes))

    def detail(self, width: int) -> Content:
        """Return the formula and the numbers of the unit that is selected, a column from the edge."""
        if self.selected is None:
            return Content("")
        from tutor.ui.drawing.detail import unit_lines

        lines = unit_lines(self.view, self.selected, width - 2)
        return Content("\n").join(plain(f" {clean(line)}") for line in lines)

    def watch_selected(self, selected: str | None) -> None:
        """Bring the drawing in sight, with what is said about the unit."""
        if selected is not None:
            self.call_after_refresh(self._bring_in_sight)

    def _bring_in_sight(self) -> None:
        """Where there is no room for all of it, its end: the unit's numbers."""
        self.scroll_visible(animate=False)
        pane = self.parent
        if isinstance(pane, Widget) and (over := self.outer_size.height - pane.scrollable_size.height) > 0:
            pane.scroll_to(y=self.virtual_region.y + over, animate=False)

    # -- drawing ------------------------------------------------------------------------------------------------------

    def render(self) -> Visual:
        """Return the picture."""
        return _Picture(self)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return all the width there is."""
        return container.width

    # -- selecting ----------------------------------------------------------------------------------------------------

    def action_step(self, step: int) -> None:
        """Select the next unit, or the one before; first of all the one that the question is about."""
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
        """Select nothing, and go back to the question."""
        self.selected = None
        self.post_message(self.LetGo())

    def on_click(self, event: events.Click) -> None:
        """Select the unit that is clicked."""
        for key, region in self.drawing(self.content_size.width).units.items():
            x, y = event.x - self.left, event.y
            if region.x <= x < region.right and region.y <= y < region.y + region.height:
                self.selected = None if self.selected == key else key
                return
        self.selected = None

    def on_blur(self) -> None:
        """Deselect what was selected."""
        self.selected = None
