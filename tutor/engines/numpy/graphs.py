"""The right value of every node of a graph, from the NumPy solver."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from tutor.engines.numpy.solution import Solution
from tutor.engines.numpy.solve import solve
from tutor.engines.numpy.worksheet import solve_worksheet
from tutor.errors import FormulaError
from tutor.formulas import names
from tutor.formulas.evaluate import settled
from tutor.functions.equality import NOISE
from tutor.network import UNNAMED_CELLS, Graph, Network, Worksheet


def values_of(graph: Graph, given: Mapping[str, float]) -> dict[str, float]:
    """Return every node's value, in the graph's order; ``given`` replaces values by name.

    A node that the solver has no name for (a factor added on request, which nothing else uses; one of
    ``UNNAMED_CELLS``) is computed by its formula from the solver's numbers. A value that is not finite becomes nan,
    except −∞ in a worksheet that has −∞ among its given numbers.
    """
    unknown = graph.on_request | {name for name, node in graph.nodes.items() if node.kind in UNNAMED_CELLS}
    solved = _solve(graph, {name: value for name, value in given.items() if name not in unknown})
    formulas = dict(graph.program) if unknown else {}
    keeps_infinity = isinstance(graph.model, Worksheet) and graph.model.gives_minus_infinity
    found: list[float] = []
    for slot, name in enumerate(graph.nodes):
        if name not in unknown:
            value = solved[name]
            assert isinstance(value, float)
            # + 0.0 turns −0 into 0
            is_kept = math.isfinite(value) or (keeps_infinity and value == -math.inf)
            found.append(_settled(graph, name, value, solved) + 0.0 if is_kept else math.nan)
        elif name in given:
            found.append(given[name])
        else:
            found.append(_worked_out(formulas[slot], found))
    return dict(zip(graph.nodes, found, strict=True))


def _solve(graph: Graph, given: Mapping[str, float]) -> Solution:
    if isinstance(graph.model, Worksheet):
        return solve_worksheet(graph.model, given)
    assert isinstance(graph.model, Network)
    return solve(graph.model, steps=graph.steps, given=given)


def _settled(graph: Graph, name: str, value: float, solved: Solution) -> float:
    """Return the value, or 0 if its formula is a sum that cancels."""
    if value == 0.0 or abs(value) > NOISE or graph.nodes[name].formula is None:
        return value
    definition = graph.definition(name)
    values = {each: solved.values.get(each) for each in names(definition)}
    return settled(value, definition, {each: number for each, number in values.items() if isinstance(number, float)})


def _worked_out(formula: Callable[[list[float]], float], before: list[float]) -> float:
    """Return a formula's value from the values of the earlier nodes; nan if it has none."""
    try:
        return formula(before)
    except (FormulaError, ArithmeticError, ValueError):
        return math.nan
