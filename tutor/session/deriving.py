"""A quantity's derivation, with the numbers held back that the learner has still to find."""

from __future__ import annotations

from tutor.network.graph import Graph
from tutor.session.model import DerivationLine
from tutor.session.visibility import Visibility


def derivation_lines(graph: Graph, of: str, quantity: str, visibility: Visibility) -> tuple[DerivationLine, ...]:
    """The lines of a derivation; from the first line with a number on, they are hidden until the quantity is found."""
    from tutor.derivations import derive

    found = derive(graph, quantity)
    cells = graph.quantity(quantity).cells
    is_open = all(visibility.is_shown(of, cell) for cell in cells)
    lines = []
    for step in found.steps:
        hidden = not is_open and step.value is not None
        latex, text = ("?", "?") if hidden else (step.latex, step.text)
        lines.append(DerivationLine(step.what, latex, text, str(step.changed or ""), hidden))
    return tuple(lines)
