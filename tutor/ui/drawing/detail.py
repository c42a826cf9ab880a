"""A unit of the drawing in words: the formula of each of its quantities, with the numbers that may be shown."""

from __future__ import annotations

from rich.cells import cell_len

from tutor.formulas import text
from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.drawing.scene import UNKNOWN, build_scene


def unit_lines(view: DiagramView, key: str, width: int) -> list[str]:
    """``Z₁ = w₁₁·x₁ + … = 0.2·1 + … = ?`` for each quantity of the unit, where this is too wide its equal signs one
    under another; an input says that it is given."""
    scene = build_scene(view)
    unit = next((unit for stage in scene.stages for unit in stage.units if unit.key == key), None)
    equal = [_equal(view, line.name) for line in unit.lines] if unit is not None else []
    return [row for parts in equal for row in _rows(parts, width)]


def _equal(view: DiagramView, name: str) -> list[str]:
    """Return a quantity, its formula, this with its numbers, and its value, which are all equal."""
    notation = view.graph.notation
    node = view.graph.nodes.get(name)
    value = view.values.get(name, UNKNOWN)
    if node is None or node.formula is None:
        return [notation.text(name), f"{value}   (given)"]
    formula = view.graph.definition(name)
    parts = [notation.text(name), text(formula, notation)]
    if view.numbers:
        known = {each: shown for each, shown in view.values.items() if shown != UNKNOWN}
        parts += [text(formula, notation, known.get), value]
    return list(dict.fromkeys(parts))


def _rows(parts: list[str], width: int) -> list[str]:
    line = " = ".join(parts)
    if cell_len(line) <= width:
        return [line]
    name, first, *others = parts
    return [f"{name} = {first}", *(f"{' ' * cell_len(name)} = {other}" for other in others)]
