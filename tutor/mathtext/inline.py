"""Write a formula's tree on one line, unambiguously: within a sentence, for screen readers, in scripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from tutor.mathtext import spacing
from tutor.mathtext.box import cells
from tutor.mathtext.grids import ALIGNMENTS, GATHERED
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
    items_in,
    only_item,
)
from tutor.mathtext.style import Style
from tutor.mathtext.symbols import ACCENTS, SUBSCRIPTS, SUPERSCRIPTS, small

#: Delimiters of which ASCII has no sign of its own.
_ASCII_FENCES = {"‖": "||", "⟨": "<", "⟩": ">", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "↑": "^", "↓": "v"}
_PRIMES = ("", "′", "″", "‴")
_GRID_FENCES = {
    "pmatrix": "()", "vmatrix": "||", "Vmatrix": "‖‖", "Bmatrix": "{}", "cases": "{}", "dcases": "{}", "rcases": "{}",
}  # fmt: skip
_LOOSE = frozenset([Kind.BINARY, Kind.SIGN, Kind.RELATION, Kind.PUNCTUATION, Kind.OPERATOR, Kind.FUNCTION])
_SLASH = Symbol("/", "/")
_TIGHT_NEIGHBOURS = frozenset([Kind.ORDINARY, Kind.INNER, Kind.WORD, Kind.FUNCTION])


def inline(node: Node, style: Style) -> str:
    """Return a node as one line of text."""
    match node:
        case Row(items):
            return _row(_flat(items), style)
        case Symbol(text, plain, _):
            return plain if style.ascii else text
        case Text(text):
            return text
        case Space(count):
            return " " * count
        case Scripts():
            return _scripts(node, style)
        case Fraction():
            return _fraction(node, style)
        case Root():
            return _root(node, style)
        case Accent(name, body):
            return accented(name, inline(body, style), style)
        case Line(body, over):
            text = inline(body, style)
            short = over and cells(text) == 1 and not style.ascii
            return text + "\u0305" if short else f"{'overline' if over else 'underline'}({text})"
        case Fenced(fences, bodies):
            return _fenced(fences, bodies, style)
        case Grid():
            return _grid(node, style)
        case Arrow(head, over, under):
            arrow = {"→": "->", "←": "<-"}[head] if style.ascii else head
            return f"{arrow}[{inline(over, style)}{'; ' + inline(under, style) if under else ''}]"
        case Phantom(body):
            return " " * cells(inline(body, style))
        case Lit(body) | Boxed(body) | Brace(body, _):
            return inline(body, style)


def _fenced(fences: tuple[str, ...], bodies: tuple[Node, ...], style: Style) -> str:
    only = only_item(bodies[0]) if len(bodies) == 1 else None
    if isinstance(only, Fraction) and not only.bar:
        return f"binom({inline(only.numerator, style)}, {inline(only.denominator, style)})"
    marks = ["" if mark == "." else _ASCII_FENCES.get(mark, mark) if style.ascii else mark for mark in fences]
    texts = [inline(body, style).strip() for body in bodies]
    if isinstance(only, Grid) and only.environment in ("matrix", "array", "smallmatrix"):
        texts = [texts[0][1:-1]]
    inner = "".join(f"{text} {mark} " for text, mark in zip(texts, marks[1:-1], strict=False))
    return f"{marks[0]}{inner}{texts[-1]}{marks[-1]}"


def accented(name: str, text: str, style: Style) -> str:
    """Return a body with its accent: ŷ, ``yhat`` in ASCII, ``hat(x + y)`` for a long body."""
    plain = name.removeprefix("wide")
    if cells(text) != 1 and not (style.ascii and text.isalnum()):
        return f"{plain}({text})"
    return f"{text}{plain}" if style.ascii else unicodedata.normalize("NFC", text + ACCENTS[name][0])


def _flat(nodes: Sequence[Node]) -> list[Node]:
    """Return nodes with the items of highlighted parts among them."""
    return [item for node in nodes for item in (_flat(items_in(node.body)) if isinstance(node, Lit) else [node])]


def _row(nodes: list[Node], style: Style) -> str:
    kinds = [
        (Kind.ORDINARY, Kind.ORDINARY) if isinstance(node, Fraction) else spacing.kinds(node, style) for node in nodes
    ]
    texts = []
    spaced = []
    for number, node in enumerate(nodes):
        text = inline(node, style)
        if isinstance(node, Fraction) and _is_crowded(nodes, kinds, number):
            text = f"({text})"
        texts.append(text)
        spaced.append(spacing.spaced(node, *kinds[number], tall="/" in text))
    gaps = spacing.gaps(spaced, style)
    return "".join(
        " " * _widened(gap, texts, number, nodes) + text
        for number, (gap, text) in enumerate(zip(gaps, texts, strict=True))
    )


def _widened(gap: int, texts: list[str], number: int, nodes: list[Node]) -> int:
    """Return the gap, widened to 1 where a letter would run into a written-out script (``w_g``, ``e^(−x)``)."""
    if gap or not number:
        return gap
    earlier = nodes[number - 1]
    if isinstance(nodes[number], Fraction) and texts[number].startswith("("):
        return 0 if isinstance(earlier, Symbol) and earlier.kind in (Kind.OPEN, Kind.SIGN, Kind.BINARY) else 1
    if not texts[number][:1].isalnum():
        return gap
    written_out = isinstance(earlier, Scripts) and ("_" in texts[number - 1] or "^" in texts[number - 1])
    return 1 if written_out else gap


def _is_crowded(nodes: list[Node], kinds: list[tuple[Kind, Kind]], number: int) -> bool:
    """Return whether a fraction needs brackets to keep its neighbours apart: (1/2)x, 2(a/b), x/(a/b)."""
    before, after = _neighbour(nodes, number, -1), _neighbour(nodes, number, 1)
    if before is not None and (kinds[before][1] in {*_TIGHT_NEIGHBOURS, Kind.CLOSE} or nodes[before] == _SLASH):
        return True
    return after is not None and (
        kinds[after][0] in {*_TIGHT_NEIGHBOURS, Kind.OPEN, Kind.OPERATOR}
        or nodes[after] in (_SLASH, Symbol("÷", "/", Kind.BINARY))
    )


def _neighbour(nodes: list[Node], number: int, step: int) -> int | None:
    """Return the index of the next item that is not a space; None where a wide space or a word separates the two."""
    number += step
    while 0 <= number < len(nodes):
        node = nodes[number]
        if isinstance(node, Text) or (isinstance(node, Space) and node.cells > 1):
            return None
        if not isinstance(node, Space):
            return number
        number += step
    return None


def _scripts(node: Scripts, style: Style) -> str:
    base = inline(node.base, style)
    if isinstance(node.base, Brace):
        label = node.sup if node.base.over else node.sub
        name = "overbrace" if node.base.over else "underbrace"
        return f"{name}({base}, {inline(label, style)})" if label else base
    if isinstance(only_item(node.base), (Fraction, Root)):
        base = f"({base})"
    within = replace(style, script=True)
    primes = prime_text(node.primes, style)
    sub = as_typed(_script(node.sub, "_", SUBSCRIPTS, within), node.base, style)
    sup = _script(node.sup, "^", SUPERSCRIPTS, within)
    return f"{base}{sub}{primes}{sup}"


def as_typed(sub: str, base: Node, style: Style) -> str:
    """Return a subscript; in ASCII, a number below a letter is written as in answers: delta3, w11."""
    named = only_item(base)
    named = only_item(named.body) if isinstance(named, Accent) else named
    is_letter = isinstance(named, Symbol) and named.kind is Kind.ORDINARY and named.ascii.isalpha()
    return sub[1:] if style.ascii and is_letter and sub[1:].isdecimal() else sub


def _script(node: Node | None, mark: str, alphabet: dict[str, str], style: Style) -> str:
    if node is None:
        return ""
    text = inline(node, style)
    is_large = style.ascii or (mark == "_" and has_words(node))
    if not is_large and (found := small(text, alphabet)) is not None:
        return found
    return written_out(mark, text)


def has_words(node: Node) -> bool:
    """Return whether a script has a word in it. Words are never written in small subscript letters: Unicode lacks
    some letters of ``hidden``, and ``output`` should look the same as ``hidden``."""
    if isinstance(node, Row):
        return any(map(has_words, node.items))
    return isinstance(node, Text) and len(node.text) > 1


def written_out(mark: str, text: str) -> str:
    """Return a script with its mark: ``_net``, ``^2``, ``^(i+1)``."""
    is_bracketed = text[:1] == "(" and text[-1:] == ")" and not set(text[1:-1]) & set("()")
    return f"{mark}{text}" if is_bracketed or (_is_word(text) and "_" not in text) else f"{mark}({text})"


def prime_text(count: int, style: Style) -> str:
    """Return ``count`` primes."""
    return "'" * count if style.ascii else _PRIMES[count] if count < len(_PRIMES) else "′" * count


def _is_word(text: str) -> bool:
    """Return whether a script can be read as one unit without brackets."""
    return len(text) == 1 or all((mark.isalpha() and mark.isascii()) or mark in "0123456789._" for mark in text)


def _fraction(node: Fraction, style: Style) -> str:
    top, bottom = inline(node.numerator, style).strip(), inline(node.denominator, style).strip()
    if not node.bar:
        return f"{top}; {bottom}"
    top = f"({top})" if _is_compound(node.numerator, style, below=False) else top
    bottom = f"({bottom})" if _is_compound(node.denominator, style, below=True) else bottom
    return f"{top}/{bottom}"


def _is_compound(node: Node, style: Style, *, below: bool) -> bool:
    """Return whether a numerator or denominator needs brackets; a product in a denominator does, ∂w and dx do not."""
    node = only_item(node)
    if isinstance(node, Row):
        items = _flat(node.items)
        shown = _outside_brackets(items, style)
        if any(kind in _LOOSE for kind in shown[1:]) or shown[:1] in ([Kind.FUNCTION], [Kind.OPERATOR]):
            return True
        if any(isinstance(item, Fraction) or (isinstance(item, Symbol) and item.text == "/") for item in items):
            return True
        differential = isinstance(items[0], Scripts | Symbol) and _base_text(items[0]) in ("∂", "d") if items else False
        words = all(isinstance(item, Symbol) and item.text.isalpha() for item in items) and style.ascii
        return below and len(items) > 1 and not (differential and len(items) == 2) and not words
    return isinstance(node, Fraction) or (isinstance(node, Text) and " " in node.text.strip())


def _outside_brackets(items: list[Node], style: Style) -> list[Kind]:
    kinds = []
    depth = 0
    for item in items:
        left, right = spacing.kinds(item, style)
        depth -= left is right is Kind.CLOSE
        if depth <= 0:
            kinds.append(left)
        depth += left is right is Kind.OPEN
    return kinds


def _base_text(node: Node) -> str:
    node = node.base if isinstance(node, Scripts) else node
    return node.text if isinstance(node, Symbol) else ""


def _root(node: Root, style: Style) -> str:
    text = inline(node.radicand, style).strip()
    index = ""
    if node.index is not None:
        plain = inline(node.index, replace(style, script=True))
        index = plain if style.ascii else small(plain, SUPERSCRIPTS) or f"{plain} "
    sign = (f"root{index}" if index else "sqrt") if style.ascii else f"{index}√"
    bare = is_single(node.radicand) and not style.ascii
    return f"{sign}{text}" if bare else f"{sign}({text})"


def is_single(node: Node) -> bool:
    """Return whether a node is one symbol, perhaps accented or with a subscript: √2 and √dₖ need no brackets."""
    node = only_item(node)
    if isinstance(node, Scripts):
        return node.sup is None and not node.primes and not node.stacked and is_single(node.base)
    return isinstance(node, Accent) or (isinstance(node, Symbol) and node.kind is Kind.ORDINARY)


def _grid(node: Grid, style: Style) -> str:
    rows = [[inline(cell, style).strip() for cell in row] for row in node.rows]
    if node.environment in ALIGNMENTS | GATHERED:
        return "; ".join(_aligned_row(row) for row in rows)
    opening, closing = tuple(_GRID_FENCES.get(node.environment, "[]"))
    if style.ascii and opening == "‖":
        opening = closing = "||"
    return opening + "; ".join(", ".join(cell.removesuffix(",") for cell in row) for row in rows) + closing


def _aligned_row(cells_: list[str]) -> str:
    """Join left and right sides, and separate equations by commas."""
    pairs = [" ".join(cell for cell in cells_[start : start + 2] if cell) for start in range(0, len(cells_), 2)]
    return ", ".join(pair for pair in pairs if pair)
