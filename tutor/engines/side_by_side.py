"""What each engine gives for one quantity: the line that a derivation ends with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tutor.engines.sympy.steps import Value
from tutor.errors import TutorError
from tutor.formulas import format_number
from tutor.formulas.evaluate import SMALL
from tutor.network import Graph, Network, Worksheet

#: Cells that fit beside one another; of more, only whether the engines agree is told.
MOST_CELLS = 3
RELATIVE, ABSOLUTE = 1e-7, 1e-9

NO_TORCH = "is not installed"
PENDING = "…"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an engine gives for each cell of a quantity; without ``values``, ``reason`` says why not."""

    engine: str
    values: tuple[float, ...] = ()
    reason: str = ""


def opinions(graph: Graph, quantity: str, by_sympy: Value, by_torch: Mapping[str, float] | str) -> tuple[Opinion, ...]:
    """NumPy's, SymPy's and PyTorch's numbers for a quantity.

    ``by_sympy`` is what its derivation ends in; ``by_torch`` are PyTorch's numbers by name, or why there are none.
    """
    cells = graph.quantity(quantity).cells
    right = tuple(graph.values[cell] for cell in cells)
    found = [Opinion("NumPy", right)]
    sympys = _settled(tuple(_flat(by_sympy)), right)
    found.append(Opinion("SymPy", sympys) if len(sympys) == len(cells) else Opinion("SymPy", reason="has no number"))
    if isinstance(by_torch, str):
        found.append(Opinion("PyTorch", reason=by_torch))
    elif all(cell in by_torch for cell in cells):
        found.append(Opinion("PyTorch", _settled(tuple(by_torch[cell] for cell in cells), right)))
    else:
        found.append(Opinion("PyTorch", reason="does not work this out"))
    return tuple(found)


def line(found: tuple[Opinion, ...], shape: tuple[int, ...]) -> str:
    """``NumPy −0.092 · SymPy −0.092 · PyTorch −0.092``, an engine that says nothing with the reason."""
    return " · ".join(
        f"{each.engine} {_shown(each, found[0], shape) if each.values else each.reason}" for each in found
    )


def by_torch(graph: Graph) -> Mapping[str, float] | str:
    """PyTorch's numbers for a graph's model, from its child process; a reason where there are none. Takes seconds."""
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
    """Return an engine's numbers; where NumPy's is 0 because a sum cancels, the last bits that are left of it are
    none."""
    if len(values) != len(right):
        return values
    return tuple(
        0.0 if mine == 0.0 and abs(value) < SMALL else value for value, mine in zip(values, right, strict=True)
    )


def _is_same(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _flat(value: Value) -> Iterator[float]:
    if isinstance(value, tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield float(value)
