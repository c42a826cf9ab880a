"""The last line of a derivation: one quantity as NumPy, SymPy and PyTorch compute it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.errors import TutorError
from tutor.formulas import format_number
from tutor.functions.equality import NOISE
from tutor.network import Graph, Network, Worksheet

#: The most cells written out on the line; for more, it says only whether the engines agree.
MOST_CELLS = 3
RELATIVE, ABSOLUTE = 1e-7, 1e-9

NO_TORCH = "is not installed"
PENDING = "…"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One engine's number for each cell of a quantity, or the ``reason`` why it has none."""

    engine: str
    values: tuple[float, ...] = ()
    reason: str = ""


def opinions(
    graph: Graph, quantity: str, by_sympy: tuple[float, ...], by_torch: Mapping[str, float] | str
) -> tuple[Opinion, ...]:
    """Return NumPy's, SymPy's and PyTorch's numbers for a quantity.

    ``by_sympy`` is the value its derivation ends with; ``by_torch`` holds PyTorch's numbers by name, or the reason
    why there are none.
    """
    cells = graph.quantity(quantity).cells
    right = tuple(graph.values[cell] for cell in cells)
    found = [Opinion("NumPy", right)]
    sympys = _settled(by_sympy, right)
    found.append(
        Opinion("SymPy", sympys)
        if len(sympys) == len(cells)
        else Opinion("SymPy", reason="is not asked about so long a formula")
    )
    if isinstance(by_torch, str):
        found.append(Opinion("PyTorch", reason=by_torch))
    elif all(cell in by_torch for cell in cells):
        found.append(Opinion("PyTorch", _settled(tuple(by_torch[cell] for cell in cells), right)))
    else:
        found.append(Opinion("PyTorch", reason="does not work this out"))
    return tuple(found)


def line(found: tuple[Opinion, ...], shape: tuple[int, ...]) -> str:
    """Return ``NumPy −0.092 · SymPy −0.092 · PyTorch −0.092``, with the reason for an engine that has no number."""
    return " · ".join(
        f"{each.engine} {_shown(each, found[0], shape) if each.values else each.reason}" for each in found
    )


def by_torch(graph: Graph) -> Mapping[str, float] | str:
    """Return PyTorch's numbers for a graph's model, or the reason why there are none. Takes seconds (a process)."""
    from tutor.engines.torch import available, torch_values

    if not available():
        return NO_TORCH
    model = graph.model
    assert isinstance(model, Network | Worksheet)
    try:
        return torch_values(model, graph.steps)
    except TutorError:
        return "could not be asked"


def _shown(opinion: Opinion, first: Opinion, shape: tuple[int, ...]) -> str:
    values = opinion.values
    if len(values) > MOST_CELLS:
        same = all(map(_is_same, values, first.values))
        return f"{len(values)} numbers" if opinion is first else "the same" if same else "other numbers"
    texts = [format_number(value) for value in values]
    if not shape:
        return texts[0]
    width = shape[-1]
    rows = [", ".join(texts[start : start + width]) for start in range(0, len(texts), width)]
    return f"[{'; '.join(rows)}]"


def _settled(values: tuple[float, ...], right: tuple[float, ...]) -> tuple[float, ...]:
    """Return an engine's numbers, with rounding noise replaced by 0 where NumPy's sum cancels to exactly 0."""
    if len(values) != len(right):
        return values
    return tuple(
        0.0 if mine == 0.0 and abs(value) < NOISE else value for value, mine in zip(values, right, strict=True)
    )


def _is_same(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
