"""Try wrong numbers, 3 to 100 % off, at every quantity that is asked, one at a time, with no earlier answers.

Numbers must be rejected unless they have the right value's digits or an honest rounding habit gives them.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.marking.learners import RARE_WAYS, WAYS, Decimals
from tests.engines.random_networks import random_spec
from tests.engines.random_worksheets import random_worksheet
from tutor.authoring.opening import open_file
from tutor.errors import FormulaError
from tutor.marking import Budget, Marker, Verdict
from tutor.marking.rounding import near
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network, Worksheet, build_graph
from tutor.network.decimals import node_decimals

#: The relative errors of the wrong numbers.
OFF = (-1.0, -0.5, -0.25, -0.1, -0.03, 0.06, 0.15, 0.5)


LEAST_OFF = 0.03


@dataclass
class Swept:
    """The results of a sweep."""

    quantities: int = 0
    tried: int = 0
    accepted: int = 0
    imprecise: int = 0
    by_rounding: int = 0
    places: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def lessons() -> Iterator[tuple[str, Marker, list[str]]]:
    """Yield every quantity that the shipped lessons and the examples ask, at the decimals that they ask for."""
    paths = [*sorted(Path("lessons").glob("*.yaml"))]
    paths += [Path("tests/lessons/examples") / f"{name}.yaml" for name in ("lesson", "textbook", "worksheets")]
    for path in paths:
        lesson = open_file(str(path))
        for of in lesson.models:
            graph = lesson.graph(of)
            asked: dict[str, int] = {}
            for item in lesson.asked():
                if item.of == of and item.decimals is not None:
                    for cell in item.quantity.cells:
                        asked[cell] = max(item.decimals, asked.get(cell, 0))
            if asked:
                yield f"{path.stem}:{of}", Marker(graph, decimals=asked), sorted(asked)


def networks(seed: int, count: int) -> Iterator[tuple[str, Marker, list[str]]]:
    """Yield every quantity of random networks, at the default decimals."""
    for number in range(seed, seed + count):
        yield f"network {number}", *_all_of(build_graph(Network.from_spec(random_spec(number)), 1 + number % 2))


def worksheets(seed: int, count: int) -> Iterator[tuple[str, Marker, list[str]]]:
    """Yield every cell of random worksheets: every optimizer and function, gradients, difference quotients."""
    for number in range(seed, seed + count):
        yield f"worksheet {number}", *_all_of(build_graph(Worksheet.from_spec(random_worksheet(number))))


def _all_of(graph: Graph) -> tuple[Marker, list[str]]:
    names = [name for name, node in graph.nodes.items() if node.formula is not None and node.kind not in HIDDEN_KINDS]
    return Marker(graph), names


PARTS: dict[str, Callable[[int, int], Iterator[tuple[str, Marker, list[str]]]]] = {
    "lessons and examples": lambda seed, count: lessons(),
    "networks": networks,
    "worksheets": worksheets,
}


def swept(part: str, seed: int, count: int, budget: Budget | None = None) -> Swept:
    """Sweep one part; ``budget`` limits the search for mistakes, which decides nothing about what is accepted."""
    found = Swept()
    for label, marker, names in PARTS[part](seed, count):
        by_rounding = _by_rounding(marker.graph, names, marker)
        for name in names:
            _sweep(found, label, marker, name, by_rounding[name], budget)
    return found


def _by_rounding(graph: Graph, names: list[str], marker: Marker) -> dict[str, set[float]]:
    """Return the numbers that each of the benchmark's rounding habits gives, by name.

    Each habit is tried with every quantity at its own decimals, and with at most the answer's decimals (a learner who
    is asked for three decimals may keep three everywhere); an optimizer's memory keeps its own, because it would be
    rounded to nothing. The last number may be rounded in two steps.
    """
    asked = {name: marker.decimals(graph.as_quantity(name)) for name in names}

    def decimals(name: str) -> int:
        return asked[name] if name in asked else node_decimals(graph, name)

    def at_most(most: int) -> Decimals:
        def capped(name: str) -> int:
            return decimals(name) if graph.nodes[name].kind is Kind.MEMORY else min(decimals(name), most)

        return capped

    found: dict[str, set[float]] = {name: set() for name in names}
    sheets: list[tuple[Decimals, list[str]]] = [(decimals, names)]
    sheets += [(at_most(most), [name for name in names if asked[name] == most]) for most in set(asked.values())]
    for keeps, answered in sheets:
        for way in (*WAYS, *RARE_WAYS):
            if way.jumble:
                continue
            with suppress(FormulaError):
                kept = way.work(graph, keeps, random.Random(0))
                for name in answered:
                    found[name] |= way.answers(graph, name, kept, asked[name])
    return found


def _sweep(found: Swept, label: str, marker: Marker, name: str, by_rounding: set[float], budget: Budget | None) -> None:
    graph = marker.graph
    value = graph.values[name]
    quantity = graph.as_quantity(name)
    decimals = marker.decimals(quantity)
    if not math.isfinite(value):
        return
    found.quantities += 1
    for off in OFF:
        wrong = round(value * (1 + off), decimals)
        if near(wrong, value, 0.0, decimals) or abs(wrong - value) < LEAST_OFF * abs(value):
            continue
        if wrong in by_rounding:
            found.by_rounding += 1
            continue
        found.tried += 1
        mark = marker.mark(quantity, f"{wrong:.{decimals}f}", decimals=decimals, budget=budget)
        if mark.verdict is Verdict.IMPRECISE:
            found.imprecise += 1
        if mark.verdict is not Verdict.CORRECT:
            continue
        found.accepted += 1
        found.places[f"{label} {name}"] += 1
        found.examples.append(f"{label}: {name} = {value:.8g} at {decimals} decimals takes {wrong:.{decimals}f}")
