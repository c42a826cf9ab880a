"""The formula tree that the whole tutor shares.

A quantity's definition, a learner's answer, an author's ``when:`` and a worksheet's step are all made of these classes.
They are frozen, so they can be compared and used as keys. Sums and products hold all their terms, because a typical
mistake drops or changes one of them; a difference is a sum with a negated term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Union


@dataclass(frozen=True, slots=True)
class Num:
    """A number. ``text`` is how it was written, or empty if nobody wrote it; ``1/3`` is a ``Div``."""

    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity, by its canonical name: ``Z1``, ``theta1``, ``dE/dw11``, ``delta3[2]@2``."""

    name: str


@dataclass(frozen=True, slots=True)
class Neg:
    """The negative of a tree."""

    of: Tree


@dataclass(frozen=True, slots=True)
class Add:
    """A sum of two terms or more; ``a − b`` is ``Add((a, Neg(b)))``."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Mul:
    """A product of two factors or more, cell by cell for arrays."""

    factors: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Div:
    """``numerator / denominator``."""

    numerator: Tree
    denominator: Tree


@dataclass(frozen=True, slots=True)
class Pow:
    """``base ^ exponent``."""

    base: Tree
    exponent: Tree


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function from the table in ``functions``; a slope has a prime in its name, ``sigmoid'``."""

    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``left relation right``, a condition in ``where:`` or ``correct:``; ``relation`` is one of ``< <= > >= = !=``."""

    relation: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by ``and`` or ``or``, or one negated by ``not``."""

    operator: str
    operands: tuple[Tree, ...]


# -- arrays, only in worksheets and answers -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Array:
    """A vector (of numbers) or a matrix (of ``Array`` rows) written out: ``[[1, 2], [0, 1]]``."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class MatMul:
    """The matrix product ``left @ right``."""

    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Transpose:
    """``of.T``."""

    of: Tree


@dataclass(frozen=True, slots=True)
class Index:
    """A cell or a block, ``X[1,2]`` or ``X[1..2, 3]``: for each axis (first, last), from 1, both included."""

    of: Tree
    axes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Derivative:
    """``d of/d by``, through all quantities between the two."""

    of: str
    by: str

    @property
    def name(self) -> str:
        """The derivative as a name: ``dE/dw11``."""
        return f"d{self.of}/d{self.by}"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a function of arrays: ``window``, ``stride``, ``pad`` or ``shape``, rows before columns.

    ``is_named`` says whether it is written with its name, as in ``stride=2``.
    """

    name: str
    sizes: tuple[int, ...]
    is_named: bool = True


Tree = Union[  # noqa: UP007 - the classes refer to it before it is defined
    Num, Name, Neg, Add, Mul, Div, Pow, Call, Compare, Logic, Array, MatMul, Transpose, Index, Derivative,
    Setting,
]  # fmt: skip


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return the children of a tree, in reading order."""
    match tree:
        case Neg(of) | Transpose(of) | Index(of, _):
            return (of,)
        case Add(parts) | Mul(parts) | Call(_, parts) | Logic(_, parts) | Array(parts):
            return parts
        case Div(left, right) | Pow(left, right) | MatMul(left, right) | Compare(_, left, right):
            return (left, right)
        case _:
            return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield a tree and all its descendants, parents first."""
    pending = [tree]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(reversed(children(part)))


def is_longer(tree: Tree, most: int) -> bool:
    """Return whether a formula has more than ``most`` names, numbers and operations."""
    return any(True for _ in islice(walk(tree), most, None))


def names(tree: Tree) -> tuple[str, ...]:
    """Return the names in a tree, each once, in reading order."""
    found: dict[str, None] = {}
    for part in walk(tree):
        if isinstance(part, Name):
            found[part.name] = None
        elif isinstance(part, Derivative):
            found[part.of] = None
            found[part.by] = None
    return tuple(found)


# -- building -------------------------------------------------------------------------------------------------------

ZERO = Num(0.0)
ONE = Num(1.0)


def add(*terms: Tree) -> Tree:
    """Return a flat sum; without terms it is 0, and one term is returned itself."""
    flat: list[Tree] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Add) else (term,))
    return ZERO if not flat else flat[0] if len(flat) == 1 else Add(tuple(flat))


def mul(*factors: Tree) -> Tree:
    """Return a flat product; without factors it is 1, and one factor is returned itself."""
    flat: list[Tree] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Mul) else (factor,))
    return ONE if not flat else flat[0] if len(flat) == 1 else Mul(tuple(flat))


def sub(left: Tree, right: Tree) -> Tree:
    """Return the tree of ``left − right``."""
    return add(left, Neg(right))
