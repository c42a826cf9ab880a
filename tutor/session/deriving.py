"""A quantity's derivation, with the numbers held back that the learner has still to find."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.lessons.blocks import Derive, Lesson
from tutor.lessons.template import HIDDEN
from tutor.network.graph import Graph
from tutor.session.model import DerivationLine
from tutor.session.visibility import Visibility


def derivation_lines(graph: Graph, of: str, quantity: str, visibility: Visibility) -> tuple[DerivationLine, ...]:
    """The lines of a derivation; a number that the learner has still to find is a question mark in them."""
    from tutor.derivations import derive

    def shown(name: str) -> str | None:
        return None if visibility.is_shown(of, name) else HIDDEN

    lines: list[DerivationLine] = []
    before: tuple[str, ...] = ()
    for step in derive(graph, quantity, shown=shown).steps:
        parts = tokens(step.latex)
        lines.append(DerivationLine(step.what, step.latex, step.text, changed(before, parts), HIDDEN in step.text))
        before = parts
    return tuple(lines)


def unfolds(lesson: Lesson, of: str, name: str) -> bool:
    """Whether a ``derive`` block of the lesson shows this quantity's derivation."""
    references = (each for block in lesson.blocks if isinstance(block, Derive) for each in block.references)
    return any(each.of == of and each.name == name for each in references)


def tokens(latex: str) -> tuple[str, ...]:
    """A formula cut at the spaces that stand outside every bracket, so that each piece can be marked by itself."""
    pieces, depth, start = [], 0, 0
    for place, character in enumerate(latex):
        if character in "{([":
            depth += 1
        elif character in "})]":
            depth -= 1
        elif character == " " and depth == 0:
            pieces.append(latex[start:place])
            start = place + 1
    return tuple(piece for piece in (*pieces, latex[start:]) if piece)


def changed(before: Sequence[str], now: Sequence[str]) -> str:
    """The piece of a line that is new against the one above it; empty where nothing or everything is."""
    first = 0
    while first < min(len(before), len(now)) and before[first] == now[first]:
        first += 1
    last = 0
    while last < min(len(before), len(now)) - first and before[-1 - last] == now[-1 - last]:
        last += 1
    new = now[first : len(now) - last]
    sides = {"=", *now[:1]}
    if not new or all(part in new or part in sides for part in now):
        return ""
    return " ".join(new)
