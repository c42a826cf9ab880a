"""Route the wires between two stages with right angles: each leaves its unit horizontally, goes up or down in a lane,
and arrives horizontally.

The wires of one unit share a lane and leave it one by one. Each arrives at the next unit in its own row, with its label
there, so that a unit's labels are below each other. Wires without labels form one bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from tutor.ui.drawing.canvas import Cell

_STEP = 3  # the most columns between lanes

Edge = tuple[int, int, int]
"""The source in a stage, the target in the next one, and the width of the label (0: no label)."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The corners of an edge's wire, and where its label begins."""

    corners: tuple[Cell, ...]
    label: Cell | None = None


@dataclass(frozen=True, slots=True)
class _Net:
    """The wires of one lane: the rows of their sources and targets."""

    sources: frozenset[int]
    targets: frozenset[int]

    def crossed(self, rows: frozenset[int]) -> int:
        """Return how many wires in these rows cross the lane."""
        ends = self.sources | self.targets
        return sum(min(ends) < row < max(ends) for row in rows - self.sources)

    def beside(self, right: _Net) -> tuple[int, int]:
        """Return the cost of putting the other lane to the right: wires that overlap, and crossings."""
        return len(self.targets & right.sources), right.crossed(self.targets) + self.crossed(right.sources)


def ports(edges: Sequence[Edge], target: int) -> list[tuple[Edge, ...]]:
    """Return what arrives at a part of the next stage, row by row: an edge with a label, or the bundle of all
    others."""
    arriving = [edge for edge in edges if edge[1] == target]
    bundle = tuple(edge for edge in arriving if not edge[2])
    return sorted([*((edge,) for edge in arriving if edge[2]), *([bundle] if bundle else [])])


def rows_for(count: int) -> range | list[int]:
    """Return the rows of ``count`` ports, relative to the middle of the unit."""
    half = count // 2
    return [row for row in range(-half, half + 1) if row or count % 2]


def room_for(edges: Sequence[Edge]) -> int:
    """Return the fewest columns for the wires: lanes, labels with a piece of wire at both ends, and the arrowhead."""
    label = max((width for _, _, width in edges), default=0)
    return 1 + _lanes(edges) + (label + 4 if label else 0) + _joined(edges) + 1


def _lanes(edges: Sequence[Edge]) -> int:
    """Return the number of lanes: none for a wire straight from one unit to the only other."""
    return len(set(map(_lane, edges))) if len(edges) > 1 else 0


def _joined(edges: Sequence[Edge]) -> bool:
    """Return whether the wires to any unit arrive in several rows."""
    return any(len(ports(edges, target)) > 1 for target in {target for _, target, _ in edges})


def _lane(edge: Edge) -> int:
    """Return the key of an edge's lane; edges with the same key share it."""
    source, _, label = edge
    return source if label else -1


def route(edges: Sequence[Edge], starts: Sequence[Cell], ends: Sequence[int], columns: range) -> tuple[list[Wire], int]:
    """Return the wires from the parts of one stage to those of the next, with their lanes in ``columns``, and how hard
    they are to follow: 2 for each crossing, 1 for each wire with a label that is not straight.

    Raises:
        ValueError: if wires would overlap.
    """
    rows = _rows(edges, ends)
    order, crossings = _ordered(_nets(edges, starts, rows))
    label = max((width for _, _, width in edges), default=0)
    join = columns[-1] - _joined(edges)  # before the arrowhead
    first = columns[0] + (len(edges) > 1)
    step = max(1, min(_STEP, (join - first - (label + 4 if label else 0)) // len(order)))
    if not label:
        first = (columns[0] + join) // 2
    places = {lane: first + step * place for place, lane in enumerate(order)}
    last = places[order[-1]]
    left = last + 1 + (join - last - 1 - (label + 2)) // 2
    wires = []
    for edge in edges:
        start, end, row, lane = starts[edge[0]], ends[edge[1]], rows[edge], places[_lane(edge)]
        corners = start, (lane, start[1]), (lane, row), (join, row), (join, end), (columns[-1], end)
        wires.append(Wire(corners, (left, row) if edge[2] else None))
    bent = sum(1 for edge in edges if edge[2] and rows[edge] != starts[edge[0]][1])
    return wires, 2 * crossings + bent


def _rows(edges: Sequence[Edge], ends: Sequence[int]) -> dict[Edge, int]:
    """Return the row in which each edge arrives at its unit."""
    found = {}
    for target, end in enumerate(ends):
        arriving = ports(edges, target)
        for row, port in zip(rows_for(len(arriving)), arriving, strict=True):
            found.update(dict.fromkeys(port, end + row))
    return found


def _nets(edges: Sequence[Edge], starts: Sequence[Cell], rows: dict[Edge, int]) -> dict[int, _Net]:
    nets = {}
    for lane in sorted(set(map(_lane, edges))):
        shared = [edge for edge in edges if _lane(edge) == lane]
        nets[lane] = _Net(frozenset(starts[edge[0]][1] for edge in shared), frozenset(rows[edge] for edge in shared))
    return nets


def _ordered(nets: dict[int, _Net]) -> tuple[list[int], int]:
    """Return the lanes from left to right, in an order with few crossings, and the number of crossings."""
    beside = {(left, right): nets[left].beside(nets[right]) for left, right in permutations(nets, 2)}

    def cost(order: list[int]) -> tuple[int, int]:
        pairs = [beside[pair] for pair in combinations(order, 2)]
        return sum(clash for clash, _ in pairs), sum(crossings for _, crossings in pairs)

    order: list[int] = []
    for lane in nets:
        order = min(([*order[:at], lane, *order[at:]] for at in range(len(order) + 1)), key=cost)
    clashes, crossings = cost(order)
    if clashes:
        raise ValueError("wires overlap")
    return order, crossings
