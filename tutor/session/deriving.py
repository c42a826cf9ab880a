"""Derivations for the session: numbers that the learner has yet to find are left out."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.lessons.blocks import Derive, Lesson
from tutor.lessons.template import HIDDEN
from tutor.network import Graph
from tutor.session.model import DerivationLine
from tutor.session.visibility import Visibility


def derivation_lines(graph: Graph, of: str, quantity: str, visibility: Visibility) -> tuple[DerivationLine, ...]:
    """Return the lines of a derivation, with a question mark for each number that the learner has yet to find."""
    from tutor.engines.sympy import derive

    def shown(name: str) -> str | None:
        return None if visibility.is_shown(of, name) else HIDDEN

    steps = derive(graph, quantity, shown=shown).steps
    return tuple(DerivationLine(step.what, step.latex, step.text) for step in steps)


def engines_line(
    graph: Graph, of: str, quantity: str, visibility: Visibility, by_torch: Mapping[str, float] | str
) -> str:
    """Return each engine's value of a quantity as one line; empty while the learner has yet to find it. ``by_torch``
    holds PyTorch's values by name, or says why there are none."""
    from tutor.engines.side_by_side import line, opinions
    from tutor.engines.sympy import derive

    wanted = graph.quantity(quantity)
    if not all(visibility.is_shown(of, cell) for cell in wanted.cells):
        return ""
    return line(opinions(graph, quantity, derive(graph, quantity).numbers, by_torch), wanted.shape)


def unfolds(lesson: Lesson, of: str, name: str) -> bool:
    """Return whether a ``derive`` block of the lesson shows this quantity's derivation."""
    references = (each for block in lesson.blocks if isinstance(block, Derive) for each in block.references)
    return any(each.of == of and each.name == name for each in references)
