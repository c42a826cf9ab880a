"""Fields: what a block asks for, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.formulas.wording import counted

Answer = str | tuple[str, ...]
"""An answer as typed: a text, or a tuple. A GRID has one text per cell, row by row; a CHOICE the keys of the options
taken; an ORDER the keys of the steps from first to last; a FILL one text per gap."""


class FieldKind(StrEnum):
    """How a field is answered."""

    NUMBER = "number"  # one number or formula, read back while it is typed
    GRID = "grid"  # a vector or matrix, cell by cell; a whole one may be pasted
    EXPRESSION = "expression"  # a formula, marked for equivalence
    CHOICE = "choice"
    ORDER = "order"
    FILL = "fill"
    WRITE = "write"  # free text, kept and not marked
    RUN = "run"  # a code cell, never marked
    LAB = "lab"  # a program with checks

    @property
    def is_marked(self) -> bool:
        """Whether the text of an answer alone decides its verdict."""
        return self not in (FieldKind.WRITE, FieldKind.RUN, FieldKind.LAB)

    @property
    def earns_points(self) -> bool:
        """Whether an answer ends up right or wrong."""
        return self not in (FieldKind.WRITE, FieldKind.RUN)

    @property
    def is_program(self) -> bool:
        """Whether the answer is a program to run."""
        return self in (FieldKind.RUN, FieldKind.LAB)

    @property
    def is_read(self) -> bool:
        """Whether the answer is numbers or a formula, which are read back while they are typed."""
        return self in (FieldKind.NUMBER, FieldKind.GRID, FieldKind.EXPRESSION)

    @property
    def is_list(self) -> bool:
        """Whether an answer has several parts."""
        return self in (FieldKind.GRID, FieldKind.CHOICE, FieldKind.ORDER, FieldKind.FILL)


@dataclass(frozen=True, slots=True)
class FieldOption:
    """An option of a choice or a step of an order. ``key`` is its position in the author's list, and is stored."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to answer.

    ``id`` is unique in the lesson and the same in every language and variant. ``label`` is Unicode ("Z₁"), ``latex``
    the same as LaTeX. ``shape`` is () for a number, else that of the grid; ``cells`` are the labels of its cells, row
    by row. ``prompt`` is a text above this field only. ``precision`` says what is wanted ("3 decimals"), or is empty.
    ``code`` is a fill's text with ``____`` for each gap, a cell's code or a lab's starter.
    """

    id: str
    block_id: str
    kind: FieldKind
    label: str
    latex: str = ""
    quantity: str = ""
    of: str = ""
    shape: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()
    prompt: str = ""
    precision: str = ""
    unit: str = ""
    options: tuple[FieldOption, ...] = ()
    several: bool = False
    code: str = ""
    language: str = ""
    gaps: int = 0

    @property
    def rows(self) -> int:
        """The rows of the grid as drawn: a vector is one row."""
        return self.shape[0] if len(self.shape) == 2 else 1

    @property
    def columns(self) -> int:
        """The columns of the grid as drawn."""
        return self.shape[-1] if self.shape else 1


def precision(decimals: int | None, figures: int | None = None) -> str:
    """Return the precision asked for, in words: "3 decimals", "4 figures", "a whole number"."""
    if figures is not None:
        return counted(figures, "figure")
    if decimals is None:
        return ""
    return counted(decimals, "decimal") if decimals else "a whole number"
