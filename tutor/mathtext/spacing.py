"""The space between the items of a row: TeX's rules, in whole cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
)
from tutor.mathtext.style import Style


@dataclass(frozen=True, slots=True)
class Spaced:
    """An item as spacing sees it: its kinds, and whether it is tall, an explicit space or a multiplication dot."""

    left: Kind
    right: Kind
    tall: bool
    explicit: bool
    dot: bool


def spaced(node: Node, left: Kind, right: Kind, *, tall: bool) -> Spaced:
    """Return a node as spacing sees it."""
    return Spaced(left, right, tall, isinstance(node, Space), isinstance(node, Symbol) and node.text == "·")


_ORDER = [
    Kind.ORDINARY, Kind.OPERATOR, Kind.FUNCTION, Kind.BINARY, Kind.SIGN, Kind.RELATION, Kind.OPEN, Kind.CLOSE,
    Kind.PUNCTUATION, Kind.INNER, Kind.WORD,
]  # fmt: skip
# The cells between two items: one row per kind on the left, one digit per kind on the right, in the order above.
_TABLE = {
    kind: [int(digit) for digit in digits]
    for kind, digits in zip(
        _ORDER,
        [
            "01110100011",  # ordinary
            "11101110011",  # big operator
            "11101100011",  # function
            "11111111111",  # binary
            "00000100010",  # sign
            "11111011011",  # relation
            "00000000000",  # open
            "01110100011",  # close
            "11111110111",  # punctuation
            "11111110011",  # inner
            "11111100011",  # word
        ],
        strict=True,
    )
}
_CLOSE_IN_SCRIPTS = frozenset([Kind.BINARY, Kind.SIGN, Kind.RELATION, Kind.PUNCTUATION])
_BEFORE_A_SIGN = frozenset(
    [Kind.BINARY, Kind.SIGN, Kind.RELATION, Kind.OPEN, Kind.PUNCTUATION, Kind.OPERATOR, Kind.FUNCTION]
)
_AFTER_A_SIGN = frozenset([Kind.RELATION, Kind.CLOSE, Kind.PUNCTUATION])


def kinds(node: Node, style: Style) -> tuple[Kind, Kind]:
    """Return the kinds that a node shows to its left and to its right."""
    match node:
        case Symbol("∂", _, _) if style.ascii:
            return (Kind.ORDINARY, Kind.SIGN)
        case Symbol(_, plain, kind):
            word = style.ascii and kind is Kind.ORDINARY and len(plain) > 1 and not plain[0].isdigit()
            return (Kind.WORD, Kind.WORD) if word else (kind, kind)
        case Scripts(base, _, _, _, stacked):
            left, right = kinds(base, style)
            apart = right is Kind.ORDINARY and not (stacked or style.script or _is_bare(base))
            return (left, Kind.WORD) if apart or (style.ascii and right is Kind.ORDINARY) else (left, right)
        case Fenced(fences, _):
            return (Kind.OPEN if fences[0] != "." else Kind.INNER, Kind.CLOSE if fences[-1] != "." else Kind.INNER)
        case Fraction() | Grid() | Boxed():
            return (Kind.INNER, Kind.INNER)
        case Root():
            return (Kind.ORDINARY, Kind.WORD)
        case Accent(_, body) if style.ascii:
            return (Kind.WORD, Kind.WORD)
        case Arrow():
            return (Kind.RELATION, Kind.RELATION)
        case Brace(body, _):
            return kinds(body, style)
        case Row([Symbol("[" | "@"), *_]):  # the cell or the step of the name before it, as in Z₁[2]@3
            return (Kind.OPEN, Kind.WORD)
        case Lit(body):
            return kinds(body, style)
        case _:
            return (Kind.ORDINARY, Kind.ORDINARY)


def _is_bare(node: Node) -> bool:
    """Return whether a base's scripts belong to what follows: ∂²E, ²x."""
    return node == Row(()) or (isinstance(node, Symbol) and node.text in ("∂", "d", "∇"))


def is_tall(node: Node) -> bool:
    """Return whether brackets should grow with a node: with fractions and matrices, not with a subscript's row."""
    match node:
        case Fraction() | Grid() | Boxed() | Brace() | Line():
            return True
        case Row(items):
            return any(map(is_tall, items))
        case Scripts(base, sub, sup, _, stacked):
            return stacked or is_tall(base) or any(script is not None and is_tall(script) for script in (sub, sup))
        case Fenced(_, bodies):
            return any(map(is_tall, bodies))
        case Lit(body) | Phantom(body) | Root(body) | Accent(_, body):
            return is_tall(body)
        case _:
            return False


def gaps(items: Sequence[Spaced], style: Style, before: Kind | None = None, after: Kind | None = None) -> list[int]:
    """Return the number of cells before each item. An explicit space replaces the usual gap."""
    solid = [number for number, item in enumerate(items) if not item.explicit]
    lefts, rights = _resolved([items[number] for number in solid], before, after)
    result = [0] * len(items)
    previous = before
    for place, number in enumerate(solid):
        gap = 0 if previous is None else _gap(previous, lefts[place], style)
        if place and _tight(items, solid, place):
            gap = 0
        explicit = any(items[between].explicit for between in range(solid[place - 1] + 1 if place else 0, number))
        result[number] = 0 if explicit else gap
        previous = rights[place]
    return result


def _resolved(items: list[Spaced], before: Kind | None, after: Kind | None) -> tuple[list[Kind], list[Kind]]:
    """Return the items' kinds to the left and right; a plus or minus without two operands becomes a sign."""
    lefts = [item.left for item in items]
    rights = [item.right for item in items]
    previous = before
    for number, item in enumerate(items):
        if item.left is Kind.BINARY:
            following = items[number + 1].left if number + 1 < len(items) else after
            if previous is None or previous in _BEFORE_A_SIGN or following is None or following in _AFTER_A_SIGN:
                lefts[number] = rights[number] = Kind.SIGN
        previous = rights[number]
    return lefts, rights


def _gap(left: Kind, right: Kind, style: Style) -> int:
    if style.script and Kind.INNER not in (left, right) and (left in _CLOSE_IN_SCRIPTS or right in _CLOSE_IN_SCRIPTS):
        return 0
    return _TABLE[left][_ORDER.index(right)]


def _tight(items: Sequence[Spaced], solid: list[int], place: int) -> bool:
    """Return whether there is no gap: around a multiplication dot (w₁₁·x₁), except between fractions."""
    here, earlier = items[solid[place]], items[solid[place - 1]]
    if here.dot:
        following = items[solid[place + 1]] if place + 1 < len(solid) else None
        return not earlier.tall and not (following is not None and following.tall)
    if earlier.dot:
        return not here.tall and not (place > 1 and items[solid[place - 2]].tall)
    return False
