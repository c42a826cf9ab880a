"""Describe a unit of the drawing: the formula of each of its quantities, with the numbers that may be shown."""

from __future__ import annotations

from rich.cells import cell_len

from tutor.formulas import text
from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.drawing.scene import UNKNOWN, build_scene


def unit_lines(view: DiagramView, key: str, width: int) -> list[str]:
    """Return lines such as ``Z₁ = w₁₁·x₁ + … = 0.2·1 + … = ?``, one for each quantity of the unit.

    One that is wider than ``width`` is broken, with its equals signs below each other. An input says that it is given.
    """
    scene = build_scene(view)
    unit = next((unit for stage in scene.stages for unit in stage.units if unit.key == key), None)
    equal = [_equal_parts(view, line.name) for line in unit.lines] if unit is not None else []
    return [row for parts in equal for row in _rows(parts, width)]


def _equal_parts(view: DiagramView, name: str) -> list[str]:
    """Return what equals each other: a quantity, its formula, the formula with numbers, and its value."""
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
