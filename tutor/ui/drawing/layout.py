"""Where the parts of a drawn network go, and the drawing itself.

Layouts are tried from the richest to the plainest until one fits: every weight with its name and number; numbers alone;
only the weights that the question is about; the other stages folded to a box; no labels. A label lies on its own edge
and never on another label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from rich.cells import cell_len

from tutor.session.model import DiagramView
from tutor.ui.drawing.labels import Wanted, place_labels
from tutor.ui.drawing.scene import Edge, Line, Scene, Stage, Unit, build_scene
from tutor.ui.drawing.sheet import Sheet

MAX_GAP = 30
MIN_GAP = 4
DEAR_ROWS = 12
_STRETCH = 8  # rows more than the boxes need, where that keeps labels off other edges
_MOST_CLUTTER = 3.0
_MOST_LABELS = 16  # between two stages; more could be placed but not read


@dataclass(frozen=True, slots=True)
class Options:
    """How richly to draw: which weights have labels, whether these have names (else numbers alone), and whether a unit
    is a tall box or a row. ``slim`` leaves out all that a narrow screen has no room for: a folded stage is its number
    of units, a row is the one quantity that matters most, an edge is no longer than its label."""

    labels: Literal["all", "asked", "none"] = "all"
    named: bool = True
    tall: bool = True
    slim: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> float:
        """The height at which edges meet it, in cells."""
        return self.y + self.height // 2 + 0.5

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn network: ``rows`` of runs (text, style), where each unit (by its key) lies, and how many
    cells of edges are hidden by labels (``clutter``)."""

    rows: tuple[tuple[tuple[str, str], ...], ...]
    units: dict[str, Region]
    width: int
    backward: bool = False
    clutter: float = 0.0

    @property
    def height(self) -> int:
        """Rows of the drawing."""
        return len(self.rows)


def draw(view: DiagramView, width: int, height: int, selected: str | None = None) -> Drawing:
    """The network drawn in at most ``width`` × ``height`` cells (from 40 × 6 up, any network fits)."""
    scene = _fold_crowded(build_scene(view, selected), height)
    for candidate, options in _attempts(scene):
        plan = _Plan(candidate, options, width)
        drafts = [
            draft
            for rows in _heights(plan.natural_height, height)
            if (draft := plan.draw(rows)) is not None and draft.clutter <= _MOST_CLUTTER
        ]
        if drafts and not options.tall:
            return drafts[-1].drawing()  # rows want some air, so that their edges can be followed
        if drafts:
            dear = min(1.0, (DEAR_ROWS / height) ** 2)  # where there are many rows, rows cost less than clutter
            return min(drafts, key=lambda draft: 4 * draft.clutter + dear * draft.height).drawing()
    smallest = _Plan(scene.fold(()).merge(), Options("none", tall=False), width)
    draft = smallest.draw(smallest.natural_height)
    return draft.drawing() if draft is not None else Drawing((), {}, width)


def _heights(natural: int, most: int) -> range:
    """A few heights to try, from the least on."""
    stretch = min(most - natural, max(_STRETCH, most // 3))
    return range(natural, natural + stretch + 1, max(2, stretch // 3))


def _attempts(scene: Scene) -> Iterator[tuple[Scene, Options]]:
    """The ways to draw a scene, the richest first."""
    asked = [Options("asked"), Options("asked", named=False)]
    if all(len(edges) <= _MOST_LABELS for edges in scene.edges):
        yield from ((scene, options) for options in (Options(), Options(named=False)))
    yield from ((scene, options) for options in asked)
    folded = scene.fold(scene.in_question() or (0, 1))
    if scene.in_question():
        for candidate in (folded, folded.merge()):
            yield from ((candidate, replace(options, tall=tall)) for tall in (True, False) for options in asked)
        yield folded, Options("asked", named=False, slim=True)
    shorter = [candidate for candidate in (scene, folded, folded.merge()) if len(candidate.stages) > 1]
    for candidate in shorter:
        yield from ((candidate, Options("none", tall=tall)) for tall in (True, False))
    for tall in (True, False):
        yield from ((candidate, Options("none", tall=tall, slim=True)) for candidate in shorter)
    yield scene.fold(()), Options("none", slim=True)


def _fold_crowded(scene: Scene, height: int) -> Scene:
    """Fold the stages that could not even have one row a unit."""
    stages = (replace(stage, folded=stage.folded or stage.count > max(1, height - 2)) for stage in scene.stages)
    return replace(scene, stages=tuple(stages))


@dataclass
class _Column:
    """A stage set out: each part's size, in the order of its units (one part for a folded stage)."""

    stage: Stage
    sizes: list[tuple[int, int]]
    x: int = 0
    regions: list[Region] = field(default_factory=list)

    @property
    def width(self) -> int:
        return max(width for width, _ in self.sizes)

    @property
    def height(self) -> int:
        return sum(height for _, height in self.sizes) + (len(self.sizes) - 1 if self.sizes[0][1] > 1 else 0)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A drawing on its sheet, to be compared with others."""

    sheet: Sheet
    units: dict[str, Region]
    backward: bool
    clutter: float

    @property
    def height(self) -> int:
        return len(self.sheet.used_rows())

    def drawing(self) -> Drawing:
        """The drawing, without the empty rows above and below."""
        above = self.sheet.used_rows().start
        units = {key: replace(region, y=region.y - above) for key, region in self.units.items()}
        rows = tuple(tuple(row) for row in self.sheet.runs())
        return Drawing(rows, units, self.sheet.width, self.backward, self.clutter)


class _Plan:
    """One way to draw a scene: the columns are set out for a width, then drawn at a height."""

    def __init__(self, scene: Scene, options: Options, width: int) -> None:
        self.scene = scene
        self.options = options
        self.width = width
        self.columns = [_Column(stage, self._sizes(stage)) for stage in scene.stages]
        extra = 1 if scene.loss is not None else 0
        self.natural_height = max(
            column.height + (extra if column is self.columns[-1] else 0) for column in self.columns
        )

    # -- sizes ------------------------------------------------------------------------------------------------------

    def _sizes(self, stage: Stage) -> list[tuple[int, int]]:
        if stage.folded and self.options.slim:
            return [(len(str(stage.count)) + 4, 3)]
        if stage.folded:
            return [(max(cell_len(stage.title), cell_len(stage.note)) + 4, 4)]
        return [self._unit_size(unit, stage) for unit in stage.units]

    def _unit_size(self, unit: Unit, stage: Stage) -> tuple[int, int]:
        if stage.is_input:
            return cell_len(unit.lines[0].text) + 2, 1
        if self.options.tall:
            inner = max(cell_len(line.text) for line in unit.lines)
            edges = max((cell_len(line.text) + 2 for line in (unit.above, unit.below) if line), default=0)
            return max(inner, edges) + 4, len(unit.lines) + 2
        return cell_len("  ".join(line.text for line in self._row(unit))) + 2, 1

    def _row(self, unit: Unit) -> list[Line]:
        """What a unit that is a row says; slim, only what is asked of it, or else what it passes on."""
        if not self.options.slim:
            return [line for line in (unit.above, *unit.lines, unit.below) if line is not None]
        lit = [line for line in unit.lines if line.lit]
        passed = [line for line in unit.lines if line.name == unit.key]
        main = list(unit.lines[-1:]) if self.scene.backward else passed or list(unit.lines)
        return (lit or main)[:1]

    def _label(self, edge: Edge, place: int) -> str:
        labels = self.options.labels
        if labels == "none" or (labels == "asked" and not self.scene.is_asked(edge, place)):
            return ""
        return edge.line.text if self.options.named else edge.line.value or edge.line.label

    def _gaps(self) -> list[int] | None:
        """The width of each gap between columns; None where they can't be wide enough."""
        widest = [
            max((cell_len(self._label(edge, place)) for edge in edges), default=0)
            for place, edges in enumerate(self.scene.edges)
        ]
        beside = 4 if self.options.slim else MIN_GAP + 4  # of a label: what it stands on goes on at both of its ends
        needed = [
            wide + beside if wide and self._labelled(place) else MIN_GAP + self._crowd(place)
            for place, wide in enumerate(widest)
        ]
        spare = self.width - sum(column.width for column in self.columns) - sum(needed)
        if spare < 0:
            return None
        share, left = divmod(spare, len(needed)) if needed else (0, 0)
        return [min(MAX_GAP, gap + share + (1 if place < left else 0)) for place, gap in enumerate(needed)]

    def _crowd(self, place: int) -> int:
        """Columns more where many edges run, so that each can be followed; a slim drawing has none to spare."""
        return 0 if self.options.slim or not self._labelled(place) else min(8, len(self.scene.edges[place]) // 3)

    def _labelled(self, place: int) -> bool:
        return not (self.scene.stages[place].folded or self.scene.stages[place + 1].folded)

    # -- drawing ----------------------------------------------------------------------------------------------------

    def draw(self, height: int) -> _Draft | None:
        """The drawing at this height, or None where the columns or a label find no place."""
        gaps = self._gaps()
        if gaps is None:
            return None
        self._place(gaps, height)
        sheet = Sheet(self.columns[-1].x + self.columns[-1].width, height)
        wanted = self._draw_edges(sheet)
        units = self._draw_units(sheet)
        clutter = place_labels(sheet, wanted)
        if clutter is None:
            return None
        return _Draft(sheet, units, self.scene.backward, clutter)

    def _place(self, gaps: list[int], height: int) -> None:
        x = 0
        for column, gap in zip(self.columns, [*gaps, 0], strict=True):
            column.x = x
            below = 2 if column.height + 2 <= height else 1
            room = height - (below if column is self.columns[-1] and self.scene.loss is not None else 0)
            column.regions = []
            share = room / len(column.sizes)
            for place, (_, tall) in enumerate(column.sizes):
                y = round((place + 0.5) * share - tall / 2)
                column.regions.append(Region(x, y, column.width, tall))
            x += column.width + gap

    def _draw_edges(self, sheet: Sheet) -> list[Wanted]:
        wanted = []
        for place, edges in enumerate(self.scene.edges):
            left, right = self.columns[place], self.columns[place + 1]
            if not self._labelled(place):
                self._draw_bundle(sheet, left, right)
                continue
            for edge in edges:
                source, target = left.regions[edge.source], right.regions[edge.target]
                start, end = (source.right + 0.5, source.middle), (target.x - 1.0, target.middle)
                label = self._label(edge, place)
                # a label says its sign itself; without one, dashes tell a negative weight where colours can't
                sheet.line(start, end, _edge_style(edge), dashed=edge.negative and not label)
                wanted.append(Wanted(label, _label_style(edge), start, end))
        return wanted

    def _draw_bundle(self, sheet: Sheet, left: _Column, right: _Column) -> None:
        """Between stages of which one is folded: a line to each unit that is drawn, without labels."""
        for source in left.regions:
            for target in right.regions:
                sheet.line((source.right + 0.5, source.middle), (target.x - 1.0, target.middle), "edge-bundle")

    def _draw_units(self, sheet: Sheet) -> dict[str, Region]:
        units = {}
        for place, column in enumerate(self.columns):
            if column.stage.folded:
                _draw_folded(sheet, column.regions[0], column.stage)
            else:
                for unit, region in zip(column.stage.units, column.regions, strict=True):
                    self._draw_unit(sheet, unit, region, column.stage)
                    units[unit.key] = region
            self._draw_heads(sheet, place)
        if self.scene.loss is not None:
            last = self.columns[-1]
            below = last.regions[-1]
            _write(sheet, last.x + 2, min(sheet.height - 1, below.y + below.height + 1), self.scene.loss, "loss")
        return units

    def _draw_heads(self, sheet: Sheet, place: int) -> None:
        column = self.columns[place]
        if self.scene.backward and place < len(self.columns) - 1:
            for region in column.regions:
                sheet.text(region.right, int(region.middle), "◀", "head-back")
        elif not self.scene.backward and place:
            for region in column.regions:
                sheet.text(region.x - 1, int(region.middle), "▶", "head")

    def _draw_unit(self, sheet: Sheet, unit: Unit, region: Region, stage: Stage) -> None:
        if stage.is_input:
            _write(sheet, region.right - 2 - cell_len(unit.lines[0].text), region.y, unit.lines[0], "input")
            sheet.text(region.right - 1, region.y, "●", "dot")
        elif self.options.tall:
            self._draw_box(sheet, unit, region)
        else:
            x = region.x + 1
            for line in self._row(unit):
                _write(sheet, x, region.y, line, "bias" if line is unit.above else "value")
                x += cell_len(line.text) + 2

    def _draw_box(self, sheet: Sheet, unit: Unit, region: Region) -> None:
        sheet.box(region.x, region.y, region.width, region.height, "box-lit" if unit.lit else "box")
        for row, line in enumerate(unit.lines, 1):
            _write(sheet, region.x + 2, region.y + row, line, "value")
        if unit.above is not None:
            _write(sheet, region.x + 2, region.y, unit.above, "bias", pad=True)
        if unit.below is not None:
            _write(sheet, region.x + 2, region.y + region.height - 1, unit.below, "target", pad=True)


def _draw_folded(sheet: Sheet, region: Region, stage: Stage) -> None:
    sheet.box(region.x, region.y, region.width, region.height, "box-folded")
    if region.height == 3:
        sheet.text(region.x + 2, region.y + 1, str(stage.count), "note")
        return
    sheet.text(region.x + 2, region.y + 1, stage.title, "title")
    sheet.text(region.x + 2, region.y + 2, stage.note, "note")


def _write(sheet: Sheet, x: int, y: int, line: Line, style: str, *, pad: bool = False) -> None:
    """A line; lit, it is set off by its style, and its ``?`` is what a reader without colours sees reversed."""
    text = f" {line.text} " if pad else line.text
    sheet.text(x - 1 if pad else x, y, text, "lit" if line.lit else style)
    if line.value and not line.lit:
        start = x + cell_len(line.label) + 1
        sheet.text(start, y, line.value, "unknown" if line.value == "?" else f"{style}-number")


def _edge_style(edge: Edge) -> str:
    return "edge-lit" if edge.line.lit else "edge-minus" if edge.negative else "edge-plus"


def _label_style(edge: Edge) -> str:
    return "lit" if edge.line.lit else "weight-minus" if edge.negative else "weight-plus"
