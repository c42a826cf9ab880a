"""Mark many learners' answers, each with numbers of their own, while reading the lesson only once.

marker = BulkMarker(lesson)
marks = marker.mark("a.miller", read_answers([{"quantity": "Z1", "answer": "-0.7"}]))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.lessons.blocks import Lesson
from tutor.network import steps_needed
from tutor.practice import Variants
from tutor.session.batch import Batch, Given


class BulkMarker:
    """Marks the answers of many learners to one lesson, each with the numbers of a variant."""

    def __init__(self, lesson: Lesson, *, of: str = "", decimals: int | None = None) -> None:
        """``of`` is the network of answers that name none. ``decimals`` applies where neither the answer nor the
        lesson says."""
        self._lesson = lesson
        self._of = of
        self._decimals = decimals
        self._variants = Variants(lesson)

    def mark(self, variant: str, answers: Sequence[Given], *, values: bool = True) -> list[dict[str, Any]]:
        """Return the marks of a learner's answers as JSON data, in their order.

        Raises:
            TutorError: An answer cannot be used, or the variant cannot be made.
        """
        return self._batch(variant, answers).mark(answers, values=values)

    def _batch(self, variant: str, answers: Sequence[Given]) -> Batch:
        steps = min((part.graph.steps for part in self._lesson.parts.values()), default=1)
        if any(given.block or steps_needed(given.quantity) > steps for given in answers):
            return Batch(self._variants.lesson(variant), of=self._of, decimals=self._decimals)
        graphs = self._variants.graphs(variant)
        return Batch(self._lesson, of=self._of, decimals=self._decimals, graphs=graphs)
