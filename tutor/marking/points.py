"""Points at which formulas are compared: seeded, in the exercise's own range, on both sides of every kink."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tutor.formulas import compile_tree, names, walk
from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.tree import Call, Tree
from tutor.marking.graph_program import GraphProgram
from tutor.network import Graph, Kind

#: How many points are compared, and how many are drawn to see both sides of each kink.
POINTS, DRAWN = 24, 240
#: Closer to a kink than this, a point says nothing.
_CLEAR = 1e-4


@dataclass(frozen=True)
class Point:
    """Values by name, and on which side of each kink they lie."""

    values: Mapping[str, float]
    sides: tuple[int, ...]


class NetworkPoints:
    """Draws points of a graph: random given numbers, and the values that follow from them."""

    def __init__(self, graph: Graph, seed: int = 0) -> None:
        self.graph = graph
        self._program = GraphProgram(graph)
        self._random = random.Random(seed)
        self._kinks = [(slot, argument) for slot in range(len(graph.nodes)) for argument in self._program.kinks(slot)]

    @cached_property
    def own(self) -> Point:
        """The exercise's own numbers."""
        values = list(self._program.values)
        return Point(dict(zip(self.graph.nodes, values, strict=True)), self._sides(values))

    @cached_property
    def all(self) -> tuple[Point, ...]:
        """The points, those that show a new side of a kink first."""
        drawn = [point for _ in range(DRAWN // 4) if (point := self._draw()) is not None]
        chosen: list[Point] = []
        seen: set[tuple[int, int]] = set()
        for point in drawn:
            new = {(place, side) for place, side in enumerate(point.sides)} - seen
            if new:
                chosen.append(point)
                seen |= new
        chosen += [point for point in drawn if point not in chosen][: max(0, POINTS - len(chosen))]
        return tuple(chosen)

    def like_own(self, nodes: frozenset[str]) -> tuple[Point, ...]:
        """Return points on the exercise's own side of the kinks of ``nodes``, and on both sides of all others."""
        names = self._program.names
        places = [place for place, (slot, _) in enumerate(self._kinks) if names[slot] in nodes]
        found: list[Point] = []
        for _ in range(DRAWN):
            point = self._draw()
            if point is not None and all(point.sides[place] == self.own.sides[place] for place in places):
                found.append(point)
            if len(found) >= POINTS:
                break
        return tuple(found)

    def _draw(self) -> Point | None:
        values = [0.0] * len(self.graph.nodes)
        for slot, node in enumerate(self._program.nodes):
            if node.formula is None:
                values[slot] = self._given(node.name, node.value or 0.0)
        self._share_targets(values)
        self._program.run(values, range(len(values)))
        sides = self._sides(values)
        return None if 0 in sides else Point(dict(zip(self.graph.nodes, values, strict=True)), sides)

    def _given(self, name: str, value: float) -> float:
        draw = self._random.uniform
        if name in self._targets:
            return draw(0.1, 0.9) if 0 <= value <= 1 else value * draw(0.5, 1.5)
        if name in self._positive or self._is_worksheet:
            size = (abs(value) or 1.0) * draw(0.4, 1.6)
            return size if value >= 0 or name in self._positive else -size
        size = abs(value) or 1.0
        return draw(-1.5, 1.5) * min(size, 3.0) if size < 10 else value * draw(0.2, 1.8)

    def _share_targets(self, values: list[float]) -> None:
        """Scale the targets of each softmax layer so that they add up to 1."""
        for group in self._shared:
            total = sum(values[slot] for slot in group)
            for slot in group:
                values[slot] /= total or 1.0

    @cached_property
    def _is_worksheet(self) -> bool:
        return any(node.kind is Kind.CELL for node in self.graph.nodes.values())

    @cached_property
    def _targets(self) -> frozenset[str]:
        return frozenset(node.role["target"] for node in self.graph.nodes.values() if "target" in node.role)

    @cached_property
    def _positive(self) -> frozenset[str]:
        data = {"alpha", "beta1", "beta2", "eps", "rho", "momentum", "dampening", "weight_decay", "lr_decay"}
        return frozenset(data & set(self.graph.nodes))

    @cached_property
    def _shared(self) -> list[list[int]]:
        if not any(node.kind is Kind.EXP_SUM for node in self.graph.nodes.values()):
            return []
        groups: dict[tuple[int | None, int], list[int]] = {}
        for node in self.graph.nodes.values():
            if node.kind is Kind.ERROR:
                groups.setdefault((node.sample, node.step), []).append(self.graph.slots[node.role["target"]])
        own = self._program.values
        return [group for group in groups.values() if abs(sum(own[slot] for slot in group) - 1) < 1e-9]

    def _sides(self, values: list[float]) -> tuple[int, ...]:
        return tuple(_side(self._program.value_of(argument, values)) for _, argument in self._kinks)


def variable_points(
    variables: Mapping[str, tuple[float, float]], trees: Sequence[Tree], seed: int = 0
) -> tuple[Point, ...]:
    """Return points for a formula without a network, within the ranges of its variables."""
    draw = random.Random(seed)
    slots = {name: place for place, name in enumerate(variables)}
    kinks = [
        compile_tree(part.arguments[0], slots)
        for tree in trees
        for part in walk(tree)
        if isinstance(part, Call) and FUNCTIONS[part.function].kinks and set(names(part.arguments[0])) <= set(slots)
    ]
    found = []
    for _ in range(POINTS * 2):
        values = [draw.uniform(low, high) for low, high in variables.values()]
        try:
            sides = tuple(_side(kink(values)) for kink in kinks)
        except (ArithmeticError, ValueError):
            continue
        if 0 not in sides:
            found.append(Point(dict(zip(variables, values, strict=True)), sides))
    return tuple(found)


def _side(value: float) -> int:
    if not math.isfinite(value):
        return 1
    return 0 if abs(value) < _CLEAR else 1 if value > 0 else -1
