"""Rows of boxes: flatten lit groups and plain brackets, space the items by TeX's rules, join them into one box."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.mathtext import spacing
from tutor.mathtext.box import Box, beside, blank, light
from tutor.mathtext.nodes import Fenced, Kind, Lit, Node, Row, Scripts, Space, Symbol
from tutor.mathtext.style import DISPLAY, Style

GROWING = "()[]{}|‖"
"""The brackets that grow with their content, with or without ``\\left`` and ``\\right``."""


@dataclass(frozen=True, slots=True)
class Item:
    """A box in a row, with its kind for spacing on either side and its lit group (0: none)."""

    box: Box
    left: Kind
    right: Kind
    group: int = 0
    bracket: str = ""
    node: Node | None = None


def flattened(nodes: tuple[Node, ...], group: int, last: list[int]) -> list[tuple[Node, int]]:
    """Return a row's nodes with their lit groups; plain brackets of ``\\left`` and ``\\right`` become items."""
    flat: list[tuple[Node, int]] = []
    for node in nodes:
        if isinstance(node, Lit):
            last[0] += 1
            inner = node.body.items if isinstance(node.body, Row) else (node.body,)
            flat += flattened(inner, group or last[0], last)
        elif opened := _opened(node):
            flat += flattened(opened, group, last)
        else:
            flat.append((node, group))
    return flat


def _opened(node: Node) -> tuple[Node, ...]:
    """Return a bracket, its content, and the closing bracket with its scripts; nothing for other nodes."""
    fenced = node.base if isinstance(node, Scripts) else node
    if not isinstance(fenced, Fenced) or len(fenced.bodies) > 1 or not all(mark in GROWING for mark in fenced.fences):
        return ()
    opening, closing = (
        Symbol(mark, "||" if mark == "‖" else mark, kind)
        for mark, kind in zip(fenced.fences, (Kind.OPEN, Kind.CLOSE), strict=True)
    )
    body = fenced.bodies[0]
    inner = body.items if isinstance(body, Row) else (body,)
    return (opening, *inner, replace(node, base=closing) if isinstance(node, Scripts) else closing)


def closing_bracket(item: Item) -> str:
    """Return the growing bracket that an item closes, perhaps with a script; "" if it closes none."""
    node = item.node.base if isinstance(item.node, Scripts) else item.node
    closes = isinstance(node, Symbol) and node.kind is Kind.CLOSE and node.text in GROWING
    return node.text if closes and isinstance(node, Symbol) else ""


def concatenate(
    items: list[Item], style: Style = DISPLAY, before: Kind | None = None, after: Kind | None = None
) -> Box:
    """Join items into one box, spaced by TeX's rules; ``before`` and ``after`` are the kinds around the row."""
    boxes: list[Box] = []
    for number, (item, gap) in enumerate(zip(items, gaps(items, style, before, after), strict=True)):
        together = item.group and number and items[number - 1].group == item.group
        if gap:
            space = blank(gap)
            boxes.append(_light_gap(space) if together else space)
        boxes.append(light(item.box) if item.group else item.box)
    if items and after is not None and items[-1].right in (Kind.RELATION, Kind.BINARY):
        boxes.append(blank(1))
    return _joined(beside(boxes))


def _light_gap(room: Box) -> Box:
    """Return the gap between two lit items of one group, which is lit too."""
    return Box(room.rows, room.baseline, ((room.baseline, 0, room.width),), room.width)


def _joined(part: Box) -> Box:
    """Merge lit spans that touch."""
    if len(part.lit) < 2:
        return part
    spans: list[tuple[int, int, int]] = []
    for row, start, end in sorted(part.lit):
        if spans and spans[-1][0] == row and spans[-1][2] >= start:
            spans[-1] = (row, spans[-1][1], max(end, spans[-1][2]))
        else:
            spans.append((row, start, end))
    return replace(part, lit=tuple(spans))


def gaps(items: list[Item], style: Style, before: Kind | None, after: Kind | None) -> list[int]:
    """Return the number of cells before each item."""
    return spacing.gaps([_spaced(item) for item in items], style, before, after)


def _spaced(item: Item) -> spacing.Spaced:
    node = item.node
    explicit = isinstance(node, Space)
    dot = isinstance(node, Symbol) and node.text == "·"
    return spacing.Spaced(item.left, item.right, item.box.height > 1, explicit, dot)
