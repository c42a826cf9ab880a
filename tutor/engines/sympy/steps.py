"""A derivation as data: lines that a screen can unfold and a test can evaluate."""

from __future__ import annotations

from dataclasses import dataclass

#: A number, a vector or a matrix.
Value = float | tuple[float, ...] | tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation.

    ``what`` says in words what is done; ``latex`` and ``text`` (Unicode, one line) are the mathematics. ``value`` is
    what the line comes to, worked out from the line's own SymPy expression; ``quantity`` is the canonical name of what
    that is the value of. ``changed`` holds the pieces of ``text`` that are new against the line above.
    """

    what: str
    latex: str
    text: str
    value: Value
    quantity: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a quantity comes about, from its definition to its value."""

    quantity: str
    steps: tuple[Step, ...]
    value: Value
