"""A quantity's derivation, with the numbers held back that the learner has still to find."""

from __future__ import annotations

from tutor.lessons.blocks import Derive, Lesson
from tutor.lessons.template import HIDDEN
from tutor.network.graph import Graph
from tutor.session.model import DerivationLine
from tutor.session.visibility import Visibility


def derivation_lines(graph: Graph, of: str, quantity: str, visibility: Visibility) -> tuple[DerivationLine, ...]:
    """The lines of a derivation; a number that the learner has still to find is a question mark in them."""
    from tutor.engines.sympy import derive

    def shown(name: str) -> str | None:
        return None if visibility.is_shown(of, name) else HIDDEN

    steps = derive(graph, quantity, shown=shown).steps
    return tuple(DerivationLine(step.what, step.latex, step.text) for step in steps)


def unfolds(lesson: Lesson, of: str, name: str) -> bool:
    """Whether a ``derive`` block of the lesson shows this quantity's derivation."""
    references = (each for block in lesson.blocks if isinstance(block, Derive) for each in block.references)
    return any(each.of == of and each.name == name for each in references)
