"""Derivations for the session: numbers that the learner has yet to find are left out."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import TutorError
from tutor.lessons.blocks import Derive, Lesson
from tutor.lessons.template import HIDDEN
from tutor.network import Graph
from tutor.session.entries import Questions
from tutor.session.model import DerivationLine
from tutor.session.visibility import Visibility


def derivation_lines(
    lesson: Lesson, questions: Questions, of: str, quantity: str, visibility: Visibility
) -> tuple[DerivationLine, ...]:
    """Return the lines of a derivation, with a question mark for each number that the learner has yet to find.

    Raises:
        TutorError: The author withholds the answer (``reveal: false``), the learner has not found it, and the lesson
            does not show the derivation itself.
    """
    asked = lesson.graph(of).quantity(quantity)
    asking = {field for cell in asked.cells for field in questions.asked_in.get((of, cell), ())}
    is_kept = any(visibility.withholds(field) and not visibility.is_solved(field) for field in asking)
    if is_kept and not unfolds(lesson, of, asked.name):
        raise TutorError("Find the number first: the author keeps this derivation until then.")
    from tutor.engines.sympy import derive

    def shown(name: str) -> str | None:
        return None if visibility.is_shown(of, name) else HIDDEN

    steps = derive(lesson.graph(of), quantity, shown=shown).steps
    return tuple(DerivationLine(step.what, step.latex, step.text) for step in steps)


def engines_line(
    graph: Graph, of: str, quantity: str, visibility: Visibility, by_torch: Mapping[str, float] | str
) -> str:
    """Return each engine's value of a quantity as one line; empty while the learner has yet to find it. ``by_torch``
    holds PyTorch's values by name, or says why there are none."""
    from tutor.engines.side_by_side import line, opinions
    from tutor.engines.sympy import derive

    asked = graph.quantity(quantity)
    if not all(visibility.is_shown(of, cell) for cell in asked.cells):
        return ""
    return line(opinions(graph, quantity, derive(graph, quantity).numbers, by_torch), asked.shape)


def unfolds(lesson: Lesson, of: str, name: str) -> bool:
    """Return whether a ``derive`` block of the lesson shows this quantity's derivation."""
    references = (each for block in lesson.blocks if isinstance(block, Derive) for each in block.references)
    return any(each.of == of and each.name == name for each in references)
