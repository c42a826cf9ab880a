"""Highlight a drawing whose numbers are turned: the selected number, what changed, and how large each weight is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tutor.ui.drawing.scene import Edge, Line, Scene, Unit

SIZES = 3
"""The number of shades of a wire, from a small weight to a large one."""


@dataclass(frozen=True, slots=True)
class Live:
    """The state of a model that is played with.

    ``weights`` has all weights by name. ``changed`` are the names that the last turn changed, ``pulsing`` those whose
    wires pulse now. ``sample`` (``[2]``) is the sample of a batch that is drawn; its suffix is not shown.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    chosen: str = ""
    sample: str = ""
    changed: frozenset[str] = frozenset()
    pulsing: frozenset[str] = frozenset()

    def light(self, scene: Scene) -> Scene:
        """Return the scene with its lines and wires marked."""
        stages = tuple(replace(stage, units=tuple(map(self._unit, stage.units))) for stage in scene.stages)
        largest = max((abs(value) for value in self.weights.values()), default=0.0)
        edges = tuple(tuple(self._edge(edge, largest) for edge in between) for between in scene.edges)
        # the suffix distinguishes a sample's loss from the batch's
        loss = replace(self._line(scene.loss), label=scene.loss.label) if scene.loss is not None else None
        return replace(scene, stages=stages, edges=edges, loss=loss)

    def _unit(self, unit: Unit) -> Unit:
        above = self._line(unit.above) if unit.above is not None else None
        below = self._line(unit.below) if unit.below is not None else None
        return replace(unit, lines=tuple(map(self._line, unit.lines)), above=above, below=below)

    def _line(self, line: Line) -> Line:
        mark = "chosen" if line.name == self.chosen else "changed" if line.name in self.changed else ""
        label = line.label.removesuffix(self.sample) if self.sample else line.label
        return replace(line, mark=mark, label=label)

    def _edge(self, edge: Edge, largest: float) -> Edge:
        name = edge.line.name
        weight = self.weights.get(name, 0.0)
        size = min(SIZES, int(SIZES * abs(weight) / largest) + 1) if largest else 1
        wire = "wire-pulse" if name in self.pulsing else f"wire-{'minus' if weight < 0 else 'plus'}-{size}"
        return replace(edge, line=self._line(edge.line), wire=wire, is_negative=weight < 0)
