"""Compute every number of a network or worksheet with NumPy, SymPy and PyTorch, and compare them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.network import HIDDEN_KINDS, Graph, Network, Worksheet

RELATIVE, ABSOLUTE = 1e-7, 1e-9

#: The largest number of terms for which SymPy is asked. It writes the loss out along every path; beyond this, that
#: takes minutes.
MOST_WORK = 150_000


@dataclass(frozen=True, slots=True)
class Row:
    """A quantity and each engine's value; an engine that does not compute it has no entry."""

    quantity: str
    values: Mapping[str, float]

    @property
    def agrees(self) -> bool:
        """Whether all values agree to seven figures. If one is not finite, none may be."""
        first, *others = self.values.values()
        return all(_same(first, other) for other in others)


@dataclass(frozen=True, slots=True)
class Verification:
    """All rows, the engines in order, and by engine the reason why one was left out."""

    rows: tuple[Row, ...]
    engines: tuple[str, ...]
    left_out: Mapping[str, str]

    @property
    def first_disagreement(self) -> Row | None:
        """The first quantity on which the engines differ, or None."""
        return next((row for row in self.rows if not row.agrees), None)


def verify(models: Sequence[tuple[Network | Worksheet, Graph]]) -> Iterator[Verification]:
    """Yield, for each model, every number that it computes from all three engines, in its graph's order.

    Raises:
        CrosscheckError: PyTorch is installed but fails.
    """
    by_torch = _torch(models)
    for place, (model, graph) in enumerate(models):
        answers: dict[str, Mapping[str, object]] = {"NumPy": _numpy(model, graph.steps)}
        left_out: dict[str, str] = {}
        for engine, answer in (
            ("SymPy", _sympy(model, graph)),
            ("PyTorch", by_torch if isinstance(by_torch, str) else by_torch[place]),
        ):
            if isinstance(answer, str):
                left_out[engine] = answer
            else:
                answers[engine] = answer
        yield Verification(tuple(_rows(graph, answers)), tuple(answers), left_out)


def _rows(graph: Graph, answers: Mapping[str, Mapping[str, object]]) -> Iterator[Row]:
    for name, node in graph.nodes.items():
        if node.formula is None or node.kind in HIDDEN_KINDS:
            continue
        values = {
            engine: float(value)
            for engine, answer in answers.items()
            if isinstance(value := answer.get(name), int | float)
        }
        if values:
            yield Row(name, values)


def _same(left: float, right: float) -> bool:
    if math.isfinite(left) and math.isfinite(right):
        return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return not math.isfinite(left) and not math.isfinite(right)


def _numpy(model: Network | Worksheet, steps: int) -> Mapping[str, object]:
    from tutor.engines.numpy import solve, solve_worksheet

    return solve(model, steps=steps).values if isinstance(model, Network) else solve_worksheet(model).values


def _sympy(model: Network | Worksheet, graph: Graph) -> Mapping[str, object] | str:
    from tutor.engines.sympy import sympy_values

    if isinstance(model, Network):
        paths = math.prod(layer.n_units for layer in model.layers[1:])
        if len(graph.nodes) * paths > MOST_WORK:
            return "this network is too large for it"
    return sympy_values(model, graph.steps)


def _torch(models: Sequence[tuple[Network | Worksheet, Graph]]) -> Sequence[Mapping[str, object]] | str:
    from tutor.engines.torch import available, torch_values_of

    if not available():
        return "it is not installed (tutor doctor names the command for it)"
    return torch_values_of([(model, graph.steps) for model, graph in models])
