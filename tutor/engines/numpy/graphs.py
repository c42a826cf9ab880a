"""A graph's right values: the solver's numbers, node by node."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tutor.engines.numpy.solution import Solution
from tutor.engines.numpy.solve import solve
from tutor.engines.numpy.worksheet import solve_worksheet
from tutor.errors import FormulaError
from tutor.network import Graph, Network, Worksheet


def values_of(graph: Graph, given: Mapping[str, float]) -> dict[str, float]:
    """Every node's value, in the graph's order, with the values in ``given`` put in.

    A node that the solver has no name for (a factor that was asked for on request, which nothing else rests on) is
    worked out by its formula from the solver's numbers. What has no finite value is nan.
    """
    solved = _solve(graph, {name: value for name, value in given.items() if name not in graph.on_request})
    found: dict[str, float] = {}
    for name in graph.nodes:
        if name not in graph.on_request:
            value = solved[name]
            assert isinstance(value, float)
            # a negative zero is 0, and what is infinite has no value
            found[name] = value + 0.0 if math.isfinite(value) else math.nan
        elif name in given:
            found[name] = given[name]
        else:
            found[name] = _by_formula(graph, name, found)
    return found


def _solve(graph: Graph, given: Mapping[str, float]) -> Solution:
    if isinstance(graph.model, Worksheet):
        return solve_worksheet(graph.model, given)
    assert isinstance(graph.model, Network)
    return solve(graph.model, steps=graph.steps, given=given)


def _by_formula(graph: Graph, name: str, values: Mapping[str, float]) -> float:
    from tutor.formulas import evaluate

    formula = graph.nodes[name].formula
    assert formula is not None
    try:
        return evaluate(formula, values)
    except (FormulaError, ArithmeticError, ValueError):
        return math.nan
