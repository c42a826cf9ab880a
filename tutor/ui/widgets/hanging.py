"""Text that wraps in the right places: beside a mark it stays indented, and a list breaks between its items."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Hanging(Visual):
    """``head`` in its own columns, ``text`` in the rest."""

    def __init__(self, head: Content, text: Content) -> None:
        self.head = head
        self.text = text

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of both on one line."""
        indent = self.head.cell_length
        return indent + self.text.get_optimal_width(rules, max(1, container_width - indent))

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.text.get_height(rules, max(1, width - self.head.cell_length))

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the rows: the first begins with the head, the others with as much space."""
        indent = self.head.cell_length
        space = Strip.blank(indent, style.rich_style)
        first = self.head.render_strips(indent, 1, style, options) or [space]  # a head may be empty
        rows = self.text.render_strips(max(1, width - indent), None, style, options)
        return [Strip.join([space if place else first[0], row]) for place, row in enumerate(rows)][:height]


class Listed(Visual):
    """Words followed by a list, which is broken only between items if these fit on a line."""

    def __init__(self, head: Content, items: Sequence[Content], *, comma: Content, gap: str = " ") -> None:
        self.head = head
        self.items = [item + comma for item in items[:-1]] + [*items[-1:]]
        self.gap = gap

    def _text(self, width: int) -> Content:
        lines = [self.head]
        for item in self.items:
            longer = lines[-1] + self.gap + item
            if longer.cell_length <= width:
                lines[-1] = longer
            else:
                lines.append(item)
        return Content("\n").join(lines)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width on one line, if that fits."""
        return self._text(container_width).get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self._text(width).get_height(rules, width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        return self._text(width).render_strips(width, height, style, options)
