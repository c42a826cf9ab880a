"""Rows of boxes: flatten lit groups and plain brackets, space the items by TeX's rules, join them into one box."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.mathtext import spacing
from tutor.mathtext.box import Box, beside, blank, light
from tutor.mathtext.nodes import Fenced, Kind, Lit, Node, Scripts, Symbol, items_in
from tutor.mathtext.style import Style

GROWING = "()[]{}|‖"
"""The brackets that grow with their content, with or without ``\\left`` and ``\\right``."""


@dataclass(frozen=True, slots=True)
class Item:
    """A node's box in a row, with its kind for spacing on either side and its lit group (0: none)."""

    box: Box
    left: Kind
    right: Kind
    group: int
    node: Node


def flattened(nodes: tuple[Node, ...], group: int, last: list[int]) -> list[tuple[Node, int]]:
    """Return a row's nodes with their lit groups; plain brackets of ``\\left`` and ``\\right`` become items."""
    flat: list[tuple[Node, int]] = []
    for node in nodes:
        if isinstance(node, Lit):
            last[0] += 1
            flat += flattened(items_in(node.body), group or last[0], last)
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
    return (opening, *items_in(fenced.bodies[0]), replace(node, base=closing) if isinstance(node, Scripts) else closing)


def bracket(node: Node, kind: Kind) -> str:
    """Return the growing bracket of this kind (open or close) that a node is; "" if it is none."""
    return node.text if isinstance(node, Symbol) and node.kind is kind and node.text in GROWING else ""


def concatenate(items: list[Item], style: Style, before: Kind | None = None, after: Kind | None = None) -> Box:
    """Join items into one box, spaced by TeX's rules; ``before`` and ``after`` are the kinds around the row."""
    boxes: list[Box] = []
    for number, (item, gap) in enumerate(zip(items, gaps(items, style, before, after), strict=True)):
        together = item.group and number and items[number - 1].group == item.group
        if gap:
            space = blank(gap)
            boxes.append(replace(space, lit=((0, 0, gap),)) if together else space)
        boxes.append(light(item.box) if item.group else item.box)
    if items and after is not None and items[-1].right in (Kind.RELATION, Kind.BINARY):
        boxes.append(blank(1))
    return _joined(beside(boxes))


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
    spaced = [spacing.spaced(item.node, item.left, item.right, tall=item.box.height > 1) for item in items]
    return spacing.gaps(spaced, style, before, after)
