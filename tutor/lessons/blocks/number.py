"""A one-off number."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import AuthorMistake, Question

if TYPE_CHECKING:
    from tutor.network import Graph


@dataclass(frozen=True, kw_only=True, eq=False)
class Number(Question):
    """A one-off number; ``prompt`` is its question."""

    answer: Tree
    value: float
    graph: Graph | None = None
    decimals: int | None = None
    figures: int | None = None
    within: float | None = None
    unit: str = ""

    def wrong_values(self) -> tuple[tuple[AuthorMistake, float], ...]:
        """Return the author's mistakes with the number that each gives; one that has none with these numbers is left
        out."""
        known = self.graph.values if self.graph is not None else {}
        found = []
        for mistake in self.mistakes:
            with suppress(FormulaError):
                found.append((mistake, evaluate(mistake.cells[0], known)))
        return tuple(found)
