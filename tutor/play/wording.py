"""Numbers and changes in words, for the play screen and the plain mode."""

from __future__ import annotations

import math

from tutor.formulas.notation import Notation
from tutor.formulas.numbers import figures, readable, readable_decimals, real_minus
from tutor.play.playground import Change, Felt

_LARGE = 1e6


def shown(value: float) -> str:
    """Return a number with a real minus sign: all digits of a short number, else four decimals, or three figures of a
    very small one."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if abs(value) >= _LARGE:
        return figures(value, 3)
    return real_minus(readable(round(value, min(readable_decimals(value), 8))))


def signed(value: float) -> str:
    """Return a change with its sign: ``+0.1``, ``−0.0046``."""
    return shown(value) if value < 0 else f"+{shown(value)}"


def change_text(change: Change, notation: Notation) -> str:
    """Return a quantity with its value and its change: ``E 0.2162 (−0.0046)``."""
    return f"{notation.text(change.name)} {shown(change.now)} ({signed(change.by)})"


def felt_text(felt: Felt, notation: Notation) -> str:
    """Return what the change of a number did to a quantity, and what the gradient says."""
    number_name, quantity = notation.text(felt.number), notation.text(felt.quantity)
    turned = f"{number_name} {_direction(felt.turned)}"
    changed = f"{quantity} {_direction(felt.changed)}" if felt.changed else f"{quantity} stays"
    return f"{turned} → {changed}; the gradient says {shown(felt.slope)}"


def _direction(by: float) -> str:
    return f"{'up' if by > 0 else 'down'} by {shown(abs(by))}"
