"""Compare the variables of a program after a run with the quantities of the lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.labs.compare import expected, shape_fits, wrong_cells
from tutor.labs.programs.draft import Program
from tutor.network import Graph

DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Agreement:
    """The variables that equal their quantities to ``DECIMALS``, and those that do not (or are missing)."""

    equal: tuple[str, ...]
    different: tuple[str, ...]


def questions(program: Program) -> list[Mapping[str, str]]:
    """Return the questions to ask the child after the run, one for each variable."""
    return [{"ask": "value", "source": variable} for variable in program.variables]


def agreement(program: Program, graph: Graph, answers: Sequence[Mapping[str, Any]]) -> Agreement:
    """Return the variables that agree, from the answers to ``questions``. A missing answer counts as different."""
    equal: list[str] = []
    different: list[str] = []
    for place, (variable, name) in enumerate(program.variables.items()):
        value = answers[place].get("value", {}) if place < len(answers) else {}
        solution = expected(graph.array_values(graph.quantity(name)), decimals=DECIMALS)
        is_equal = "cells" in value and shape_fits(value, solution) and not wrong_cells(value, solution)
        (equal if is_equal else different).append(variable)
    return Agreement(tuple(equal), tuple(different))
