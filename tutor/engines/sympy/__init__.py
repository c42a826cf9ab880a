"""Derivations in SymPy: how every quantity is computed, line by line, and SymPy's value for it.

SymPy takes a third of a second to load, so it is loaded for the first derivation and not with this package.
"""

from __future__ import annotations

from collections.abc import Callable

from tutor.engines.sympy.steps import MOST_WORKED_OUT, Derivation, Step
from tutor.network import Graph, Model, Worksheet

__all__ = ["MOST_WORKED_OUT", "Derivation", "Step", "derive", "sympy_values"]


def derive(source: Graph | Model, quantity: str, *, shown: Callable[[str], str | None] | None = None) -> Derivation:
    """Return the derivation of a quantity in any of its spellings, line by line.

    ``source`` is a network, a worksheet or the graph of one. ``shown`` returns the text to show in place of a
    quantity's number (``?`` while a learner has not found it), or None to show the number.

    Raises:
        QuantityError: there is no such quantity.
    """
    from tutor.engines.sympy.unfold import derive as work

    return work(source, quantity, shown=shown)


def sympy_values(model: Model, steps: int = 1) -> dict[str, float]:
    """Return every computed number of a network's training steps (or a worksheet's rounds), by its canonical name.

    The loss is written as one expression and differentiated by SymPy; no error signal is passed back.
    """
    if isinstance(model, Worksheet):
        from tutor.engines.sympy.sheet_engine import worksheet_values

        return worksheet_values(model)
    from tutor.engines.sympy.engine import network_values

    return network_values(model, steps)
