"""A derivation as data: lines that a screen can unfold and a test can evaluate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: A number, a vector or a matrix.
Value = float | tuple[float, ...] | tuple[tuple[float, ...], ...]

#: The most names, numbers and operations whose value SymPy is asked for; it computes these in about a second.
MOST_WORKED_OUT = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation.

    ``what`` says in words what is done; ``latex`` and ``text`` (Unicode, one line) are the mathematics. ``value`` is
    computed from the line's SymPy expression, and ``quantity`` is the canonical name of the quantity it belongs to.
    ``changed`` holds the pieces of ``text`` that are not in the line above.
    """

    what: str
    latex: str
    text: str
    value: Value
    quantity: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a quantity is computed, from its definition to its value (by SymPy; () if its formula is too long)."""

    quantity: str
    steps: tuple[Step, ...]
    value: Value

    @property
    def numbers(self) -> tuple[float, ...]:
        """The value as numbers, row by row."""
        return tuple(_flat(self.value))


def _flat(value: Value) -> Iterator[float]:
    if isinstance(value, tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield value
