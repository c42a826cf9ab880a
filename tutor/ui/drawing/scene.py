"""What is shown of a network: stages of units, the edges between them, and what the question is about.

Only quantities that the session reveals are here; ``?`` stands for one that is asked for and not found yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.formulas.notation import Notation
from tutor.formulas.wording import counted
from tutor.lessons.blocks.diagram import DiagramView
from tutor.network import Network
from tutor.network.naming import Names
from tutor.ui.text import one_line

UNKNOWN = "?"
MOST_UNITS = 12  # of a layer; a larger one is summarised
_SUFFIX = re.compile(r"(\[\d+\])?(@\d+)?$")
_BACKWARD = re.compile(r"delta|d\w+/d")


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity as written in the drawing: ``Z₁ −0.7``. ``mark`` is a style that replaces the usual one, if any."""

    name: str
    label: str
    value: str = ""
    lit: bool = False
    mark: str = ""

    @property
    def text(self) -> str:
        """The label and the value, if there is one."""
        return f"{self.label} {self.value}".rstrip()


@dataclass(frozen=True, slots=True)
class Unit:
    """An input or a unit: its lines, with its bias above and its target below if it has them. The learner looks at the
    one that is ``selected``."""

    key: str
    lines: tuple[Line, ...]
    above: Line | None = None
    below: Line | None = None
    selected: bool = False

    @property
    def lit(self) -> bool:
        """Whether the question is about any of its quantities."""
        return any(line is not None and line.lit for line in (*self.lines, self.above, self.below))


@dataclass(frozen=True, slots=True)
class Edge:
    """A weight between two units of neighbouring stages, by their indices. ``wire`` is a style that replaces the usual
    one, if any. Such a wire is dashed for a negative weight even if the number is not shown."""

    source: int
    target: int
    line: Line
    wire: str = ""
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """The inputs, or a layer of ``count`` units. A ``folded`` stage is drawn as one box that says what it is. A stage
    with too many units has no ``units``."""

    title: str
    note: str
    count: int
    units: tuple[Unit, ...]
    is_input: bool = False
    folded: bool = False

    @property
    def size(self) -> str:
        """The count with its word, as in "3 units"; for several stages in one, the sizes that the note lists."""
        return self.note if self.title.endswith("…") else counted(self.count, "input" if self.is_input else "unit")

    @property
    def lit(self) -> bool:
        """Whether the question is about one of its units, or one is selected."""
        return any(unit.lit or unit.selected for unit in self.units)


@dataclass(frozen=True, slots=True)
class Scene:
    """A network to draw. ``edges[i]`` lead from stage i to stage i + 1; ``loss`` goes below the last one."""

    stages: tuple[Stage, ...]
    edges: tuple[tuple[Edge, ...], ...]
    backward: bool = False
    loss: Line | None = None

    @property
    def lit(self) -> bool:
        """Whether the question is about anything here."""
        return any(stage.lit for stage in self.stages) or any(edge.line.lit for edges in self.edges for edge in edges)

    def fold(self, keep: Sequence[int]) -> Scene:
        """Return the scene with all stages folded except those to ``keep`` (unless they are folded already)."""
        stages = (replace(s, folded=s.folded or place not in keep) for place, s in enumerate(self.stages))
        return replace(self, stages=tuple(stages))

    def merge(self) -> Scene:
        """Return the scene with each run of folded stages merged into one."""
        stages: list[Stage] = []
        edges: list[tuple[Edge, ...]] = []
        for place, stage in enumerate(self.stages):
            if stages and stage.folded and stages[-1].folded:
                stages[-1] = _merged(stages[-1], stage)
            else:
                edges.extend([self.edges[place - 1]] if stages else [])
                stages.append(stage)
        return replace(self, stages=tuple(stages), edges=tuple(edges))

    def is_asked(self, edge: Edge, place: int) -> bool:
        """Return whether the question needs this edge, which follows stage ``place``: it is highlighted, or leads to a
        highlighted unit's value."""
        end, unit = (place, edge.source) if self.backward else (place + 1, edge.target)
        units = self.stages[end].units
        return edge.line.lit or (unit < len(units) and (units[unit].lit or units[unit].selected))

    def in_question(self) -> tuple[int, ...]:
        """Return the indices of the stages that the question needs: a highlighted unit's own stage and the one that
        feeds it (in the backward pass, the one that its error signal comes from), and both ends of a highlighted
        edge."""
        needed: set[int] = set()
        for place, stage in enumerate(self.stages):
            if stage.lit:
                needed |= {place, place + 1 if self.backward else place - 1}
        for place, edges in enumerate(self.edges):
            if any(edge.line.lit for edge in edges):
                needed |= {place, place + 1}
        return tuple(place for place in sorted(needed) if 0 <= place < len(self.stages))


def _merged(left: Stage, right: Stage) -> Stage:
    """Merge two folded stages; the note lists their sizes."""
    sizes = left.note if left.title.endswith("…") else str(left.count)
    return Stage(f"{left.title.removesuffix(' …')} …", f"{sizes}–{right.count}", left.count, (), folded=True)


@dataclass(frozen=True)
class _Reader:
    """Makes lines from names, with the suffix of the sample and step that the question is about."""

    values: Mapping[str, str]
    notation: Notation
    highlight: frozenset[str]
    suffixes: tuple[str, ...]
    numbers: bool

    def known(self, stem: str) -> str | None:
        """Return the stem with the first suffix for which there is a value, or None."""
        return next((stem + suffix for suffix in self.suffixes if stem + suffix in self.values), None)

    def line(self, stem: str, *, always: bool = False) -> Line | None:
        """Return the quantity's line, or None if there is no value to show. With ``always``, return a line without a
        value then."""
        name = self.known(stem)
        if name is None and not always:
            return None
        name = name or stem
        value = one_line(self.values.get(name, "")) if self.numbers else ""
        return Line(name, self.notation.text(name), value, bool({name, stem} & self.highlight))

    def asked(self, stem: str) -> Line | None:
        """Return the line of a quantity that is drawn only while the question is about it, or None."""
        line = self.line(stem, always=True)
        return replace(line, value=line.value or UNKNOWN) if line is not None and line.lit else None


def build_scene(view: DiagramView, selected: str | None = None, sample: str = "") -> Scene:
    """Return the scene of a diagram block. ``selected`` is the key of the selected unit. Of a batch, ``sample``
    (``[2]``) is shown, or else the one that the question is about."""
    network, names = view.network, Names(view.network)
    reader = _reader(view, sample)
    stages = [_inputs(reader, network), *(_layer(reader, names, layer) for layer in range(len(network.layers)))]
    edges = tuple(
        () if stages[layer].folded or stages[layer + 1].folded else _edges(reader, network, layer)
        for layer in range(len(network.layers))
    )
    backward = any(_BACKWARD.match(name) for name in view.highlight)
    if selected is not None:
        stages = [
            replace(stage, units=tuple(replace(unit, selected=unit.key == selected) for unit in stage.units))
            for stage in stages
        ]
    return Scene(tuple(stages), edges, backward, reader.line("E"))


def _reader(view: DiagramView, sample: str) -> _Reader:
    asked = {match.group() for name in (*view.highlight, sample) if (match := _SUFFIX.search(name))}
    first = "[1]" if view.network.is_batch else ""
    suffixes = tuple(dict.fromkeys((*sorted(asked, key=lambda suffix: (not suffix, suffix)), first, "")))
    return _Reader(view.values, view.graph.notation, frozenset(view.highlight), suffixes, view.numbers)


def _inputs(reader: _Reader, network: Network) -> Stage:
    count = len(network.input_names)
    drawn = network.input_names if count <= MOST_UNITS else ()
    lines = [reader.line(name, always=True) for name in drawn]
    units = tuple(Unit(line.name, (line,)) for line in lines if line is not None)
    return Stage("inputs", f"{count} values", count, units, is_input=True, folded=not units)


def _layer(reader: _Reader, names: Names, layer: int) -> Stage:
    described = names.network.layers[layer]
    count = described.n_units
    units = tuple(_unit(reader, names, layer, unit) for unit in range(count)) if count <= MOST_UNITS else ()
    note = f"{count} × {described.activation.name}"
    return Stage(described.name, note, count, units, folded=not units)


def _unit(reader: _Reader, names: Names, layer: int, unit: int) -> Unit:
    network = names.network
    biases = network.layers[layer].bias_names
    is_output = layer == names.last
    activation = names.activation(layer, unit)
    stems = [names.pre_activation(layer, unit), activation, *([names.output(unit, "error")] if is_output else [])]
    # in the order in which they are computed
    found = [*map(reader.line, stems), reader.asked(f"dE/d{activation}"), reader.line(names.delta(layer, unit))]
    lines = tuple(line for line in found if line is not None)
    main = reader.line(activation, always=True)
    assert main is not None
    above = _parameter(reader, biases[unit]) if biases else None
    below = reader.line(network.target_names[unit]) if is_output and network.target_names else None
    return Unit(main.name, lines or (main,), above, below)


def _parameter(reader: _Reader, name: str) -> Line:
    """Return a weight or bias, or its new value or its gradient if the question is about that."""
    for stem in (f"{name}_new", f"dE/d{name}"):
        found = reader.line(stem)
        if found is not None and found.lit:
            return found
    line = reader.line(name, always=True)
    assert line is not None
    return line


def _edges(reader: _Reader, network: Network, layer: int) -> tuple[Edge, ...]:
    described = network.layers[layer]
    return tuple(
        Edge(source, target, _parameter(reader, described.weight_names[source][target]))
        for source in range(described.n_inputs)
        for target in range(described.n_units)
    )
