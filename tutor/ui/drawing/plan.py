"""Compute what is drawn of a scene and the size of each part: stages as columns, with labels on the edges between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

from tutor.ui.drawing.lanes import room_for
from tutor.ui.drawing.placement import RAIL, Shape
from tutor.ui.drawing.scene import Edge, Line, Scene, Stage, Unit

MAX_GAP = 30
MIN_GAP = 3
_VALUE_WIDTH = 7  # cells reserved for a value that is not found yet


@dataclass(frozen=True, slots=True)
class Options:
    """How richly to draw: which weights have labels, and whether a unit is a tall box or a row.

    ``slim`` drops what a narrow screen has no room for: a folded stage shows only its number of units (with the word if
    that fits), a row only the quantity that matters most.
    """

    labels: Literal["all", "asked", "none"] = "all"
    tall: bool = True
    slim: bool = False


class Plan:
    """One way to draw a scene. ``shape`` is None if the columns do not fit side by side.

    A ``roomy`` plan reserves room for values that are not found yet, so that the drawing does not change when they are.
    A plan that would not fit otherwise is ``narrow``: the label of a single wire goes above and below it, and a slim
    box has no word.
    """

    def __init__(self, scene: Scene, options: Options, width: int, *, roomy: bool = True) -> None:
        self.scene = scene
        self.options = options
        self._kept = _VALUE_WIDTH if roomy else 0
        self.narrow = False
        self.shape = self._shape(width)
        if self.shape is None and self._can_be_narrow():
            self.narrow = True
            self.shape = self._shape(width)

    def _can_be_narrow(self) -> bool:
        stages, options = self.scene.stages, self.options
        is_stacked = options.tall and options.labels != "none" and any(len(edges) == 1 for edges in self.scene.edges)
        return is_stacked or (options.slim and any(stage.folded for stage in stages))

    def _shape(self, width: int) -> Shape | None:
        sizes = tuple(tuple(self._part_sizes(stage)) for stage in self.scene.stages)
        widths = [max(part for part, _ in column) for column in sizes]
        stacked = [self._stacked_width(place) for place in range(len(self.scene.edges))]
        edges = tuple(
            tuple(
                (edge.source, edge.target, 0 if stacked[place] else cell_len(self.label(edge, place))) for edge in edges
            )
            if self.is_wired(place)
            else tuple((one, other, 0) for one in range(len(sizes[place])) for other in range(len(sizes[place + 1])))
            for place, edges in enumerate(self.scene.edges)
        )
        needed = [max(MIN_GAP, label, room_for(between)) for label, between in zip(stacked, edges, strict=True)]
        spare = width - sum(widths) - sum(needed) - (RAIL if self.scene.loss is not None else 0)
        if spare < 0:
            return None
        gaps = _widened(needed, [len(between) for between in edges], spare)
        lefts = tuple(sum(widths[:place]) + sum(gaps[:place]) for place in range(len(widths)))
        return Shape(sizes, lefts, tuple(widths), edges, self.scene.loss is not None)

    # -- sizes ------------------------------------------------------------------------------------------------------

    def _part_sizes(self, stage: Stage) -> list[tuple[int, int]]:
        """Return the width and height of each part of a stage: its units, or the one box that it is folded to."""
        if stage.folded and self.options.slim:
            return [(len(str(stage.count) if self.narrow else stage.size) + 4, 3)]
        if stage.folded:
            return [(max(cell_len(stage.title), cell_len(stage.note)) + 4, 4)]
        sizes = [self._unit_size(unit, stage) for unit in stage.units]
        widest = max(width for width, _ in sizes)
        return [(widest, height) for _, height in sizes] if self.options.tall or stage.is_input else sizes

    def _unit_size(self, unit: Unit, stage: Stage) -> tuple[int, int]:
        if stage.is_input:
            return cell_len(unit.lines[0].text) + 2, 1
        if self.options.tall:
            inner = max(self._width(line) for line in unit.lines)
            edges = max((cell_len(line.text) + 1 for line in (unit.above, unit.below) if line), default=0)
            return max(inner, edges) + 4, len(unit.lines) + 2
        return cell_len("  ".join(line.text for line in self.row(unit))) + 2, 1

    def _width(self, line: Line) -> int:
        return cell_len(line.label) + 1 + max(self._kept, cell_len(line.value)) if line.value else cell_len(line.label)

    def row(self, unit: Unit) -> list[Line]:
        """Return the lines of a unit that is drawn as a row. If slim, only the lines that the question asks about, or
        else what the unit passes on."""
        if not self.options.slim:
            return [line for line in (unit.above, *unit.lines, unit.below) if line is not None]
        lit = [line for line in unit.lines if line.lit]
        passed = [line for line in unit.lines if line.name == unit.key]
        main = list(unit.lines[-1:]) if self.scene.backward else passed or list(unit.lines)
        return (lit or main)[:1]

    def label(self, edge: Edge, place: int) -> str:
        """Return the label of an edge after a stage."""
        labels = self.options.labels
        if labels == "none" or (labels == "asked" and not self.scene.is_asked(edge, place)):
            return ""
        return edge.line.text

    def _stacked_width(self, place: int) -> int:
        """Return the columns of a two-row label after a stage; 0 if there is none."""
        if not self.is_stacked(place):
            return 0
        line = self.scene.edges[place][0].line
        return max(cell_len(line.label), cell_len(line.value)) + 2

    def is_stacked(self, place: int) -> bool:
        """Return whether the label after a stage takes two rows, its name above the wire and its number below."""
        edges = self.scene.edges[place]
        is_alone = self.narrow and self.options.tall and self.is_wired(place) and len(edges) == 1
        return is_alone and bool(self.label(edges[0], place))

    def is_wired(self, place: int) -> bool:
        """Return whether the edges after a stage are drawn one by one."""
        return not (self.scene.stages[place].folded or self.scene.stages[place + 1].folded)


def _widened(gaps: list[int], edges: list[int], spare: int) -> list[int]:
    """Return the gaps widened to fill the spare columns, each going to the gap with the fewest columns per edge."""
    wide = list(gaps)
    while spare and min(wide, default=MAX_GAP) < MAX_GAP:
        narrow = [place for place, gap in enumerate(wide) if gap < MAX_GAP]
        wide[min(narrow, key=lambda place: (wide[place] - gaps[place] + 1) / (edges[place] + 2))] += 1
        spare -= 1
    return wide
