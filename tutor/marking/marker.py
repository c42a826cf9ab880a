"""The public face of marking: a ``Marker`` for one network or worksheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.marking.decimals import default_decimals, figures_to_decimals
from tutor.marking.mark import Answer, AuthorMistake, Mark, Typed, Verdict
from tutor.marking.rounding import near, written_decimals
from tutor.network import Graph, Quantity


class Marker:
    """Marks answers to the quantities of one graph.

    ``decimals`` is what the lesson asks for: one number for everything, or by the names of quantities; quantities that
    it does not name have their default. ``mistakes`` are the author's own, by quantity.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        decimals: int | Mapping[str, int] | None = None,
        mistakes: Mapping[str, Sequence[AuthorMistake]] | None = None,
    ) -> None:
        self.graph = graph
        self.decimals = decimals
        self.mistakes = dict(mistakes or {})

    def mark(
        self,
        quantity: str | Quantity,
        answer: Answer,
        *,
        own: Mapping[str, Typed | float] | None = None,
        decimals: int | None = None,
        figures: int | None = None,
        mistakes: Sequence[AuthorMistake] = (),
    ) -> Mark:
        """Mark an answer.

        ``own`` are the learner's other answers, by canonical name, as ``Mark.own`` gave them; later ones than the
        quantity itself are not looked at. ``decimals`` and ``figures`` hold for this answer alone.
        """
        asked = self.graph.quantity(quantity) if isinstance(quantity, str) else quantity
        wanted = decimals if decimals is not None else default_decimals(self.graph, asked)
        true = [self.graph.values[cell] for cell in asked.cells]
        if figures is not None:
            wanted = max(figures_to_decimals(value, figures) for value in true)
        typed = _plain_numbers(answer)
        marks = []
        for cell, value, number in zip(asked.cells, true, typed, strict=True):
            right = near(number, value, 0.0, wanted)
            verdict = Verdict.CORRECT if right else Verdict.WRONG
            read = {cell: Typed(number, written_decimals(number))}
            marks.append(Mark(cell, str(number), verdict, value, decimals=wanted, own=read))
        if asked.is_number:
            return marks[0]
        worst = Verdict.CORRECT if all(each.verdict is Verdict.CORRECT for each in marks) else Verdict.WRONG
        return Mark(asked.name, str(answer), worst, true, cells=tuple(marks), decimals=wanted)


def _plain_numbers(answer: Answer) -> list[float]:
    if isinstance(answer, str | int | float):
        return [float(answer)]
    found: list[float] = []
    for part in answer:
        found.extend(_plain_numbers(part))
    return found
