"""Lay out a formula's tree in two dimensions."""

from __future__ import annotations

from dataclasses import replace

from tutor.mathtext import fences, grids, spacing
from tutor.mathtext.box import Box, above, beside, blank, light, line, padded, placed
from tutor.mathtext.inline import has_words, inline, is_single, prime_text
from tutor.mathtext.nodes import (
    Accent,
    Arrow,
    Boxed,
    Brace,
    Fenced,
    Fraction,
    Grid,
    Kind,
    Line,
    Lit,
    Node,
    Phantom,
    Root,
    Row,
    Scripts,
    Space,
    Symbol,
    Text,
)
from tutor.mathtext.rows import Item, bracket, concatenate, flattened
from tutor.mathtext.style import Style
from tutor.mathtext.symbols import ACCENTS, SUBSCRIPTS, SUPERSCRIPTS, small


def box_of(node: Node, style: Style) -> Box:
    """Return a node as a box."""
    match node:
        case Row():
            return concatenate(items_of(node, style), style)
        case Symbol(text) | Text(text):
            return line(text)
        case Space(width):
            return blank(width)
        case Scripts():
            return _scripts(node, style)
        case Fraction():
            return fraction_box(node, box_of(node.numerator, style), box_of(node.denominator, style), style)
        case Root():
            return root_box(node, box_of(node.radicand, style), style)
        case Accent():
            return _accent(node, style)
        case Line(body, over):
            return _line(body, over, style)
        case Brace(body, over):
            return fences.brace(box_of(body, style), over_it=over)
        case Arrow():
            return _arrow(node, style)
        case Fenced(marks, bodies):
            return _fenced(marks, bodies, style)
        case Grid():
            cells = [[cell_box(node, cell, column, style) for column, cell in enumerate(row)] for row in node.rows]
            return grids.assemble(node, cells)
        case Lit(body):
            return light(box_of(body, style))
        case Boxed(body):
            return fences.frame(box_of(body, style))
        case Phantom(body):
            hidden = box_of(body, style)
            return blank(hidden.width, hidden.height, hidden.baseline)


# -- rows -----------------------------------------------------------------------------------------------------------


def items_of(row: Row, style: Style) -> list[Item]:
    """Return a row's items with their boxes: lit parts spaced like any others, brackets as tall as their content."""
    nodes = flattened(row.items, 0, [0])
    return grown([Item(box_of(node, style), *spacing.kinds(node, style), group, node) for node, group in nodes], style)


def grown(items: list[Item], style: Style) -> list[Item]:
    """Make plain brackets as tall as their content, and move the scripts of the closing one."""
    opened: list[int] = []
    for number, item in enumerate(items):
        node = item.node
        if bracket(node, Kind.OPEN):
            opened.append(number)
        closing = bracket(node.base if isinstance(node, Scripts) else node, Kind.CLOSE)
        if not closing or not opened:
            continue
        first = opened.pop()
        within = items[first + 1 : number]
        if any(spacing.is_tall(part.node) for part in within):
            inside = beside([part.box for part in within])
            opening = bracket(items[first].node, Kind.OPEN)
            items[first] = replace(items[first], box=fences.fence(opening, inside))
            grown = fences.fence(closing, inside)
            items[number] = replace(item, box=_attach(grown, node, style) if isinstance(node, Scripts) else grown)
    return items


# -- scripts --------------------------------------------------------------------------------------------------------


def _scripts(node: Scripts, style: Style) -> Box:
    under = node.base
    base = box_of(under.radicand if isinstance(under, Root) else under, style)
    if isinstance(under, Root):
        base = root_box(under, base, style, roof=True)
    if node.stacked and not (style.script and isinstance(under, Symbol)):
        return _stacked(base, node, style)
    return _attach(base, node, style)


def _stacked(base: Box, node: Scripts, style: Style) -> Box:
    within = replace(style, script=True)
    parts = [base]
    if node.primes:
        parts[0] = beside([base, line(prime_text(node.primes, style))])
    if node.sup is not None:
        parts.insert(0, box_of(node.sup, within))
    if node.sub is not None:
        parts.append(box_of(node.sub, within))
    return above(parts, 1 if node.sup is not None else 0)


def _attach(base: Box, node: Scripts, style: Style) -> Box:
    """Put scripts to the right of a base: as small letters if Unicode has them, else on extra rows.

    Beside a tall base, scripts go to its first and last rows; beside a base of one row, small letters go on that row.
    """
    within = replace(style, script=True)
    sub = _small_or_box(node.sub, SUBSCRIPTS, "_", within)
    sup = _small_or_box(node.sup, SUPERSCRIPTS, "^", within)
    high = prime_text(node.primes, style) + (sup if isinstance(sup, str) else "")
    low = sub if isinstance(sub, str) else ""
    pieces = {0: line(low + high)} if base.height == 1 else {-base.ascent: line(high), base.descent: line(low)}
    if base.height > 1 and not base.ascent * base.descent:
        pieces[0] = line(low if not base.descent else high)
    rows = [(row, piece) for row, piece in sorted(pieces.items()) if piece.width]
    if isinstance(sup, Box):
        bottom = -base.ascent if base.ascent and not high else -base.ascent - 1
        rows.insert(0, (bottom - sup.height + 1, sup))
    if isinstance(sub, Box):
        rows.append((base.descent if base.descent and not low else base.descent + 1, sub))
    return beside([base, placed(rows)]) if rows else base


def _small_or_box(node: Node | None, alphabet: dict[str, str], mark: str, style: Style) -> str | Box | None:
    if node is None:
        return None
    is_large = _has_lit(node) or (mark == "_" and has_words(node))
    found = small(inline(node, style), alphabet) if not is_large else None
    return found if found is not None else box_of(node, style)


def _has_lit(node: Node) -> bool:
    if isinstance(node, Row):
        return any(_has_lit(item) for item in node.items)
    return isinstance(node, Lit)


# -- fractions, roots, accents --------------------------------------------------------------------------------------


def fraction_box(node: Fraction, top: Box, bottom: Box, style: Style) -> Box:
    """Return a fraction with ``top`` over its bar and ``bottom`` under it."""
    width = max(top.width, bottom.width, 1)
    nested = any(_has_bar(part) for part in (node.numerator, node.denominator))
    width += 2 if nested else 0
    if node.bar:
        return above([top, fences.bar(width), bottom], 1)
    return above([top, blank(width), bottom], 1)


def _has_bar(node: Node) -> bool:
    """Return whether a part of a fraction contains a line, so that the fraction's bar must be longer."""
    if isinstance(node, Row):
        return any(map(_has_bar, node.items))
    return isinstance(node, Fraction) or (isinstance(node, Root) and not is_single(node.radicand))


def root_box(node: Root, body: Box, style: Style, *, roof: bool = False) -> Box:
    """Return a root of ``body``; ``roof`` draws the line over a single symbol too, for a root with a script."""
    text = ""
    if node.index is not None:
        plain = inline(node.index, replace(style, script=True))
        text = small(plain, SUPERSCRIPTS) or plain
    if body.height > 1 or roof or not is_single(node.radicand):
        return fences.root(body, text)
    return beside([line(f"{text}√"), body])


def _accent(node: Accent, style: Style) -> Box:
    body = box_of(node.body, style)
    if body.height == 1 and body.width == 1:
        return line(inline(node, style))
    sign = ACCENTS[node.name][1]
    if sign == "─":
        return fences.over(body)
    return above([line(sign), body], 1)


def _line(body: Node, over: bool, style: Style) -> Box:
    inside = box_of(body, style)
    if over and inside.height == 1 and inside.width == 1:
        return line(inside.rows[0] + "\u0305")
    return fences.over(inside) if over else fences.under(inside)


def _arrow(node: Arrow, style: Style) -> Box:
    within = replace(style, script=True)
    labels = [box_of(label, within) for label in (node.over, node.under) if label is not None]
    width = max([part.width for part in labels] + [1]) + 2
    shaft = "─" * (width - 1)
    drawn = line(shaft + node.head if node.head == "→" else node.head + shaft)
    return above([labels[0], drawn, *labels[1:]], 1)


def _fenced(marks: tuple[str, ...], bodies: tuple[Node, ...], style: Style) -> Box:
    boxes = [box_of(body, style) for body in bodies]
    whole = beside(boxes)
    measure = whole if any(map(spacing.is_tall, bodies)) else line(" ")
    drawn = [fences.fence(mark, measure) for mark in marks]
    between = [
        padded(fence, 0 if _spaced_at(before, -1) else 1, 0 if _spaced_at(after, 0) else 1)
        for fence, before, after in zip(drawn[1:-1], bodies[:-1], bodies[1:], strict=True)
    ]
    parts = [drawn[0]]
    for body, following in zip(boxes, [*between, drawn[-1]], strict=True):
        parts += [body, following]
    return beside(parts)


def _spaced_at(body: Node, end: int) -> bool:
    return isinstance(body, Row) and bool(body.items) and isinstance(body.items[end], Space)


# -- grids ----------------------------------------------------------------------------------------------------------


def cell_box(node: Grid, cell: Node, column: int, style: Style) -> Box:
    """Return a cell's box; in an alignment, a relation or sign at the edge is spaced as if there were no ``&``."""
    if not isinstance(cell, Row) or node.environment not in grids.ALIGNMENTS:
        return box_of(cell, style)
    before = Kind.ORDINARY if column % 2 else None
    after = None if column % 2 else Kind.ORDINARY
    return concatenate(items_of(cell, style), style, before, after)
