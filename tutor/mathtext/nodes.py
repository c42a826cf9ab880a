"""The tree of a formula: frozen nodes that know nothing of sizes or layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Union


class Kind(Enum):
    """How an item is spaced from its neighbours (TeX's atom classes and a few more)."""

    ORDINARY = "ordinary"
    OPERATOR = "operator"
    FUNCTION = "function"
    BINARY = "binary"
    SIGN = "sign"
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    PUNCTUATION = "punctuation"
    INNER = "inner"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol, number or function name, with its ASCII form."""

    text: str
    ascii: str
    kind: Kind = Kind.ORDINARY


@dataclass(frozen=True, slots=True)
class Text:
    """Words, with their spaces."""

    text: str


@dataclass(frozen=True, slots=True)
class Space:
    """An explicit space, in cells."""

    cells: int


@dataclass(frozen=True, slots=True)
class Row:
    """Items side by side; a row inside another row is one ordinary item, like a braced group in LaTeX."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with primes, subscript and superscript; ``stacked`` puts the scripts below and above it."""

    base: Node
    sub: Node | None = None
    sup: Node | None = None
    primes: int = 0
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another; a binomial has no bar."""

    numerator: Node
    denominator: Node
    bar: bool = True


@dataclass(frozen=True, slots=True)
class Root:
    """A root; without an index, a square root."""

    radicand: Node
    index: Node | None = None


@dataclass(frozen=True, slots=True)
class Accent:
    """A hat, bar, tilde … over a body; ``name`` is the name of the command."""

    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Line:
    """A line over or under a body."""

    body: Node
    over: bool


@dataclass(frozen=True, slots=True)
class Brace:
    """A horizontal brace over or under a body; its label is a stacked script."""

    body: Node
    over: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A long arrow with text over and under it."""

    head: str
    over: Node
    under: Node | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """Bodies between delimiters that grow with them: one more delimiter than bodies; ``.`` is an empty one."""

    fences: tuple[str, ...]
    bodies: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: the LaTeX ``environment``, its column letters and ``|``, the rows under a line (``rules``)."""

    environment: str
    rows: tuple[tuple[Node, ...], ...]
    columns: str = ""
    rules: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lit:
    """The highlighted part of a formula."""

    body: Node


@dataclass(frozen=True, slots=True)
class Boxed:
    """A body with a frame around it."""

    body: Node


@dataclass(frozen=True, slots=True)
class Phantom:
    """Empty space as large as a body."""

    body: Node


Node = Union[  # noqa: UP007 - the classes above refer to Node before it is defined
    Symbol, Text, Space, Row, Scripts, Fraction, Root, Accent, Line, Brace, Arrow, Fenced, Grid, Lit, Boxed, Phantom
]  # fmt: skip


def items_in(node: Node) -> tuple[Node, ...]:
    """Return the items of a row, or a node that is not a row by itself."""
    return node.items if isinstance(node, Row) else (node,)


def only_item(node: Node) -> Node:
    """Return the only item of a row or of a highlighted part; other nodes stay."""
    while isinstance(node, Lit | Row):
        if isinstance(node, Row) and len(node.items) != 1:
            break
        node = node.body if isinstance(node, Lit) else node.items[0]
    return node
