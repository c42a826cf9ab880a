"""A unit of the drawing in words: the formula of each of its quantities, with the numbers that may be shown."""

from __future__ import annotations

from tutor.formulas import text
from tutor.session.model import DiagramView
from tutor.ui.drawing.scene import UNKNOWN, Unit, build_scene


def unit_lines(view: DiagramView, key: str) -> list[str]:
    """``Z₁ = w₁₁·x₁ + … = 0.2·1 + … = ?`` for each quantity of the unit; an input says that it is given."""
    scene = build_scene(view)
    unit = next((unit for stage in scene.stages for unit in stage.units if unit.key == key), None)
    return [line for name in _names(unit) for line in _line(view, name)] if unit is not None else []


def _names(unit: Unit) -> list[str]:
    return [line.name for line in unit.lines]


def _line(view: DiagramView, name: str) -> list[str]:
    notation = view.graph.notation
    node = view.graph.nodes.get(name)
    value = view.values.get(name, UNKNOWN)
    if node is None or node.formula is None:
        return [f"{notation.text(name)} = {value}   (given)"]
    formula = view.graph.definition(name)
    parts = [notation.text(name), text(formula, notation)]
    if view.numbers:
        known = {each: shown for each, shown in view.values.items() if shown != UNKNOWN}
        parts += [text(formula, notation, known.get), value]
    return [" = ".join(dict.fromkeys(parts))]
