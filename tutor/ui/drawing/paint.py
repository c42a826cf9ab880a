"""Draw a network whose parts are placed on a sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.cells import cell_len

from tutor.ui.drawing.canvas import Sheet
from tutor.ui.drawing.lanes import Wire
from tutor.ui.drawing.placement import Draft, Region
from tutor.ui.drawing.plan import Plan
from tutor.ui.drawing.scene import UNKNOWN, Edge, Line, Stage, Unit

_LEGEND = "╌ negative weight"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn network: ``rows`` of runs (text, style), the region of each unit by its key, and in ``asked`` the units
    that the question is about."""

    rows: tuple[tuple[tuple[str, str], ...], ...]
    units: dict[str, Region]
    width: int
    asked: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows)


def paint(plan: Plan, draft: Draft) -> Drawing:
    """Return the drawing, without the empty rows above and below."""
    assert plan.shape is not None
    sheet = Sheet(plan.shape.width, max(draft.loss_row + 1, *(column[-1].bottom for column in draft.columns)))
    scene = plan.scene
    for place in range(len(draft.wires)):
        _draw_wires(sheet, plan, draft, place)
    units = {}
    for place, (stage, regions) in enumerate(zip(scene.stages, draft.columns, strict=True)):
        if stage.folded:
            _draw_folded(sheet, regions[0], stage)
        for unit, region in zip(() if stage.folded else stage.units, regions, strict=False):
            _draw_unit(sheet, unit, region, stage, plan)
            units[unit.key] = region
        _draw_heads(sheet, plan, place, regions)
    if scene.loss is not None:
        _draw_loss(sheet, scene.loss, plan, draft)
    if sheet.has_dashes:
        _draw_legend(sheet)
    above = sheet.used_rows().start
    return Drawing(
        tuple(tuple(row) for row in sheet.runs()),
        {key: replace(region, y=region.y - above) for key, region in units.items()},
        sheet.width,
        tuple(unit.key for stage in scene.stages for unit in stage.units if unit.lit),
    )


def _draw_loss(sheet: Sheet, loss: Line, plan: Plan, draft: Draft) -> None:
    """Draw the loss below the last stage, and the wires that lead to it."""
    outputs, row = draft.columns[-1], draft.loss_row
    left, rail = outputs[0].x + 2, sheet.width - 1
    for region in outputs:
        corners = (region.right, region.middle), (rail, region.middle), (rail, row), (left, row)
        sheet.line(corners, "edge-dim" if plan.scene.lit and not loss.lit else "edge")
    sheet.text(left - 1, row, " " * (cell_len(loss.text) + 2))
    _write(sheet, left, row, loss, "loss")


def _draw_legend(sheet: Sheet) -> None:
    """Explain dashed lines at an end of the last row, if one is free; the help explains them too."""
    row, width = sheet.used_rows()[-1], len(_LEGEND)
    for left in (sheet.width - width, 0):
        if sheet.is_free(row, range(left - 2, left + width + 2)):
            sheet.text(left, row, _LEGEND, "note")
            return


def _draw_wires(sheet: Sheet, plan: Plan, draft: Draft, place: int) -> None:
    """Draw the edges after a stage, those that the question needs last, over the others. Negative weights are dashed,
    so that the sign is seen at a glance."""
    scene, wires = plan.scene, draft.wires[place]
    if not plan.is_wired(place):
        for wire in wires:
            sheet.line(wire.corners, "edge-dim")
        return
    asked = {edge for edge in scene.edges[place] if scene.is_asked(edge, place)}
    for edge, wire in sorted(zip(scene.edges[place], wires, strict=True), key=lambda each: _above(each[0], asked)):
        dim = "-dim" if scene.lit and edge not in asked else ""
        is_negative = bool(plan.label(edge, place)) and edge.line.value.startswith(("−", "-"))
        style = edge.wire or ("edge-lit" if edge.line.lit else f"edge{dim}")
        sheet.line(wire.corners, style, dashed=edge.is_negative or is_negative)
        if wire.label is not None:
            _write(sheet, *wire.label, edge.line, f"weight{dim}", pad=True)
        elif plan.is_stacked(place):
            _draw_stacked(sheet, wire, edge.line, f"weight{dim}")


def _above(edge: Edge, asked: set[Edge]) -> tuple[bool, str]:
    """Return the sort key for drawing one wire over another: the wires that the question needs, then those of larger
    weights, then pulsing ones."""
    return edge in asked, {"wire-pulse": "9"}.get(edge.wire, edge.wire[-1:])


def _draw_stacked(sheet: Sheet, wire: Wire, line: Line, style: str) -> None:
    """Draw the label of a horizontal wire, with its name above and its number below."""
    (left, row), (right, _) = wire.corners[0], wire.corners[-1]
    number_style = "unknown" if line.value == UNKNOWN else f"{style}-number"
    for text, y, kind in ((line.label, row - 1, style), (line.value, row + 1, number_style)):
        at = left + (right + 1 - left - cell_len(text)) // 2
        sheet.text(at, y, text, "lit" if line.lit else line.mark or kind)


def _draw_heads(sheet: Sheet, plan: Plan, place: int, regions: tuple[Region, ...]) -> None:
    """Draw arrowheads where values arrive; in the backward pass, where error signals arrive, which is at every stage
    but the inputs."""
    stages = plan.scene.stages
    backward = plan.scene.backward
    if stages[place].is_input or (backward and place == len(stages) - 1) or not place:
        return
    for part, region in enumerate(regions):
        lit = not stages[place].folded and stages[place].units[part].lit
        x, sign = (region.right, "◀") if backward else (region.x - 1, "▶")
        sheet.text(x, region.middle, sign, "head-lit" if lit else "head")


def _draw_unit(sheet: Sheet, unit: Unit, region: Region, stage: Stage, plan: Plan) -> None:
    if stage.is_input:
        _write(sheet, region.right - 2 - cell_len(unit.lines[0].text), region.y, unit.lines[0], "input", unit.selected)
        sheet.text(region.right - 1, region.y, "●", "dot")
    elif plan.options.tall:
        _draw_box(sheet, unit, region)
    else:
        x = region.x + 1
        for line in plan.row(unit):
            _write(sheet, x, region.y, line, "bias" if line is unit.above else "value", unit.selected)
            x += cell_len(line.text) + 2


def _draw_box(sheet: Sheet, unit: Unit, region: Region) -> None:
    style = "box-selected" if unit.selected else "box-lit" if unit.lit else "box"
    sheet.box(region.x, region.y, region.width, region.height, style, heavy=unit.selected)
    for row, line in enumerate(unit.lines, 1):
        _write(sheet, region.x + 2, region.y + row, line, "value")
    if unit.above is not None:
        _write(sheet, region.x + 1, region.y, unit.above, "bias", pad=True)
    if unit.below is not None:
        _write(sheet, region.x + 1, region.bottom - 1, unit.below, "target", pad=True)


def _draw_folded(sheet: Sheet, region: Region, stage: Stage) -> None:
    sheet.box(region.x, region.y, region.width, region.height, "box")
    if region.height == 3:
        fits = len(stage.size) + 4 <= region.width
        sheet.text(region.x + 2, region.y + 1, stage.size if fits else str(stage.count), "note")
        return
    sheet.text(region.x + 2, region.y + 1, stage.title, "title")
    sheet.text(region.x + 2, region.y + 2, stage.note, "note")


def _write(sheet: Sheet, x: int, y: int, line: Line, style: str, selected: bool = False, *, pad: bool = False) -> None:
    """Write a line. If it is highlighted or selected, its style sets it off, which shows as reversed without
    colours."""
    text, x = (f" {line.text} ", x) if pad else (line.text, x)
    whole = "lit" if line.lit else line.mark or ("selected" if selected else "")
    sheet.text(x, y, text, whole or style)
    if line.value and not whole:
        start = x + (1 if pad else 0) + cell_len(line.label) + 1
        sheet.text(start, y, line.value, "unknown" if line.value == UNKNOWN else f"{style}-number")
