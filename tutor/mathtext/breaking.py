"""Break formulas that are too wide as a person would: between formulas, then at relations, then at plus and minus.

A fraction that is wider than the room for it is broken above and below its bar, a root under its roof.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

from tutor.mathtext.box import Box, above, beside, line, padded
from tutor.mathtext.grids import ALIGNMENTS
from tutor.mathtext.layout import box_of, cell_box, fraction_box, grown, items_of, root_box
from tutor.mathtext.nodes import Fraction, Grid, Kind, Node, Root, Row, Space, Symbol, items_in
from tutor.mathtext.rows import Item, concatenate, gaps
from tutor.mathtext.style import Style

#: The space between two formulas on one line, as ``\qquad`` writes it.
_WIDE = Space(4)

#: The cells that a relation or a sign takes before what it stands before, with its spaces and the indentation.
_SIGN_ROOM = 4

#: The cells by which a fraction's bar or a root's sign can be wider than what it belongs to.
_BAR_ROOM = 3


def fitted(row: Row, width: int, style: Style) -> Box:
    """Return a formula broken to fit ``width`` cells; a part that cannot be broken stays wider."""
    whole = box_of(row, style)
    if whole.width <= width:
        return whole
    if len(row.items) == 1 and isinstance(row.items[0], Grid) and row.items[0].environment in ALIGNMENTS:
        return _alignment(row.items[0], width, style)
    return _stack(
        [part for group in _beside(row, width, style) for part in _lines(items_of(group, style), width, style)]
    )


def _beside(row: Row, width: int, style: Style) -> list[Row]:
    """Group the formulas that wide spaces separate: as many in one row as fit side by side."""
    groups: list[Row] = []
    space: tuple[Node, ...] = ()
    for formula in _formulas(row):
        joined = Row((*groups[-1].items, *space, *formula)) if groups else None
        if joined is not None and box_of(joined, style).width <= width:
            groups[-1] = joined
        else:
            groups.append(Row(formula))
        space = (_WIDE,)
    return groups


def _formulas(row: Row) -> list[tuple[Node, ...]]:
    """Split a row at its wide spaces."""
    parts: list[list[Node]] = [[]]
    for node in row.items:
        if isinstance(node, Space) and node.cells >= _WIDE.cells:
            parts.append([])
        else:
            parts[-1].append(node)
    return [tuple(part) for part in parts if part] or [row.items]


def _alignment(grid: Grid, width: int, style: Style) -> Box:
    """Break each line of an alignment, keeping the left sides in their column if that leaves enough room."""
    left = max(cell_box(grid, row[0], 0, style).width for row in grid.rows)
    lines: list[Box] = []
    for cells in grid.rows:
        rest = [item for cell in cells[1:] for item in items_in(cell)]
        if left > width // 3 or not rest:
            lines += _lines(items_of(Row((*items_in(cells[0]), *rest)), style), width, style)
            continue
        head = cell_box(grid, cells[0], 0, style)
        tail = _lines(items_of(Row(tuple(rest)), style), width - left, style, Kind.ORDINARY)
        lines.append(beside([padded(head, left - head.width, 0), tail[0]]))
        lines += [padded(part, left, 0) for part in tail[1:]]
    return _stack(lines)


def _lines(items: list[Item], width: int, style: Style, before: Kind | None = None) -> list[Box]:
    """Break items into as many lines as needed; continued lines start under the first relation, or are indented."""
    whole = concatenate(items, style, before)
    if whole.width <= width:
        return [whole]
    depths = _depths(items)
    relations = [n for n, item in enumerate(items) if n and depths[n] == 0 and item.left is Kind.RELATION]
    opens = before is not None and bool(items) and items[0].left is Kind.RELATION
    first = 0 if opens else relations[0] if relations else None
    lead = concatenate(items[:first], style, before).width if first else 0
    indent = lead if lead <= width // 2 else 2
    room = max(width - lead - _SIGN_ROOM, width // 2) if len(items) > 1 else width
    items = _narrowed(items, room, style)
    lines: list[Box] = []
    for start, end in _segments(relations, len(items), first):
        shift = indent if start else 0
        hang = (lead if not start and first else shift) + 2
        part = items[start:end]
        opening = Kind.ORDINARY if start else before
        lines += _wrapped(part, depths[start:end], width, style, opening, shift, min(hang, width // 2))
    return lines


def _narrowed(items: list[Item], room: int, style: Style) -> list[Item]:
    """Break what is over and under the bar of a fraction that is wider than ``room``, and what is under such a root."""
    wide = [item for item in items if item.box.width > room and isinstance(item.node, Fraction | Root)]
    if not wide:
        return items
    return grown(
        [replace(item, box=_broken(item.node, room, style)) if item in wide else item for item in items], style
    )


def _broken(node: Node, room: int, style: Style) -> Box:
    """Return a fraction or a root whose parts are broken to fit ``room`` cells."""

    def part(of: Node) -> Box:
        return fitted(Row(items_in(of)), max(1, room - _BAR_ROOM), style)

    match node:
        case Fraction():
            return fraction_box(node, part(node.numerator), part(node.denominator), style)
        case Root(radicand):
            return root_box(node, part(radicand), style)
    return box_of(node, style)


def _segments(relations: list[int], count: int, first: int | None) -> list[tuple[int, int]]:
    """Return the ranges from one relation to the next; the left side stays with the first relation."""
    starts = [0, *[place for place in relations if place != first]]
    return list(zip(starts, [*starts[1:], count], strict=True))


def _wrapped(
    items: list[Item], depths: list[int], width: int, style: Style, before: Kind | None, indent: int, hang: int
) -> list[Box]:
    """Fill lines greedily; break before signs outside brackets, else after commas, at products, inside the
    fewest brackets."""
    ends = list(
        accumulate(item.box.width + gap for item, gap in zip(items, gaps(items, style, before, None), strict=True))
    )
    lines: list[Box] = []
    start = 0
    while start < len(items):
        shift, opening = (hang, _opening(items[start - 1])) if start else (indent, before)
        room = width - shift + (ends[start - 1] if start else 0)
        end = len(items) if ends[-1] <= room else _line_end(items, depths, ends, start, room)
        lines.append(padded(concatenate(items[start:end], style, opening), shift, 0))
        start = end
        while start < len(items) and isinstance(items[start].node, Space):
            start += 1
    return lines


def _opening(last: Item) -> Kind:
    """Return the kind to space a continued line by: after a comma or a bracket, a minus belongs to its number."""
    return last.right if last.right in (Kind.PUNCTUATION, Kind.OPEN) else Kind.ORDINARY


def _line_end(items: list[Item], depths: list[int], ends: list[int], start: int, room: int) -> int:
    """Return where to break: the last place of the best kind that fits, else the first possible place."""
    limit = max(bisect_right(ends, room), start + 1)
    for places in _preferred(items, depths, range(start + 1, limit + 1)):
        if fitting := [place for place in places if ends[place - 1] <= room]:
            return fitting[-1]
    for place in range(start + 1, len(items)):
        if any(_preferred(items, depths, range(place, place + 1))):
            return place
    return len(items)


def _preferred(items: list[Item], depths: list[int], among: range) -> Iterable[list[int]]:
    """Yield the places to break, best kind first; never after a relation, and before one only as a last resort."""
    places = [n for n in among if n < len(items) and items[n - 1].right is not Kind.RELATION]
    outside = [n for n in places if depths[n] == 0]
    yield [n for n in outside if _is_sign(items, n)]
    yield [n for n in outside if items[n - 1].right is Kind.PUNCTUATION]
    yield [n for n in outside if items[n].left is Kind.BINARY]
    inside = [n for n in places if items[n - 1].right is Kind.PUNCTUATION or _is_sign(items, n)]
    for depth in sorted({depths[n] for n in inside}):
        yield [n for n in inside if depths[n] == depth]
    yield [n for n in places if isinstance(items[n].node, Space) or items[n].left in (Kind.INNER, Kind.RELATION)]


def _is_sign(items: list[Item], number: int) -> bool:
    """Return whether this is a plus or minus between two terms; after a relation or bracket it belongs to a number."""
    node = items[number].node
    joins = items[number - 1].right not in (Kind.BINARY, Kind.RELATION, Kind.OPEN, Kind.PUNCTUATION)
    return isinstance(node, Symbol) and node.text in ("+", "−", "±", "∓") and joins


def _depths(items: list[Item]) -> list[int]:
    depths = []
    depth = 0
    for item in items:
        if item.left is Kind.CLOSE and item.right is Kind.CLOSE:
            depth = max(0, depth - 1)
        depths.append(depth)
        if item.left is Kind.OPEN and item.right is Kind.OPEN:
            depth += 1
    return depths


def _stack(lines: list[Box]) -> Box:
    """Stack lines, with a blank line around tall ones."""
    parts: list[Box] = []
    for number, part in enumerate(lines):
        if number and (part.height > 1 or lines[number - 1].height > 1):
            parts.append(line(" "))
        parts.append(part)
    whole = above(parts, 0, "l")
    return Box(whole.rows, (whole.height - 1) // 2, whole.lit, whole.width)
