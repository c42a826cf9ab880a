"""What a block asks for: one thing to answer, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.formulas.wording import counted

Answer = str | tuple[str, ...]
"""An answer as typed: a text, or for GRID one text per cell (row by row), for CHOICE the keys of the options taken,
for ORDER the keys of the steps from first to last, for FILL one text per gap."""


class FieldKind(StrEnum):
    """How a field is answered."""

    NUMBER = "number"  # one number or formula, read back as one types
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
        """Whether it is right or wrong in the end."""
        return self not in (FieldKind.WRITE, FieldKind.RUN)

    @property
    def is_program(self) -> bool:
        """Whether a program is run."""
        return self in (FieldKind.RUN, FieldKind.LAB)

    @property
    def is_read(self) -> bool:
        """Whether numbers or a formula are typed, which are read back while they are."""
        return self in (FieldKind.NUMBER, FieldKind.GRID, FieldKind.EXPRESSION)

    @property
    def is_list(self) -> bool:
        """Whether an answer has several parts."""
        return self in (FieldKind.GRID, FieldKind.CHOICE, FieldKind.ORDER, FieldKind.FILL)


@dataclass(frozen=True, slots=True)
class FieldOption:
    """A choice's option or an order's step: what is stored (``key``, the author's position) and what is shown."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to answer.

    ``id`` is unique in the lesson and the same in every language and variant. ``label`` is Unicode ("Z₁"), ``latex``
    the same for mathematics. ``shape`` is () for a number, else the grid's; ``cells`` are its cells' labels row by row.
    ``prompt`` is what stands above this field alone. ``precision`` says what is wanted ("3 decimals"), empty where
    there is nothing to say. ``code`` is a fill's text with ``____`` for each gap, a cell's code or a lab's starter.
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
        """Rows of a grid as drawn: a vector is one row."""
        return self.shape[0] if len(self.shape) == 2 else 1

    @property
    def columns(self) -> int:
        """Columns of a grid as drawn."""
        return self.shape[-1] if self.shape else 1


def precision(decimals: int | None, figures: int | None = None) -> str:
    """Return the precision asked for, in words: "3 decimals", "4 figures", "a whole number"."""
    if figures is not None:
        return counted(figures, "figure")
    if decimals is None:
        return ""
    return counted(decimals, "decimal") if decimals else "a whole number"
