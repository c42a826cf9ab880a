"""The numbers that typical mistakes give, for answer keys, previews and lint."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.lessons.blocks import AskItem, AuthorMistake, Model
from tutor.mistakes import mistakes_at, rank, sentence, surroundings
from tutor.network import Graph


@dataclass(frozen=True, slots=True)
class TypicalMistake:
    """A mistake in one cell: the number it gives, and the sentence that names it."""

    id: str
    cell: str
    value: float
    message: str


@lru_cache(maxsize=4096)
def typical_mistakes(graph: Graph, cell: str) -> tuple[TypicalMistake, ...]:
    """Return the typical mistakes in working one number out that change its value, likeliest first. Of mistakes that
    give the same value, only the first is returned."""
    right = graph.values[cell]
    found: list[TypicalMistake] = []
    for mistaken in sorted(mistakes_at(surroundings(graph), graph.nodes[cell]), key=rank):
        try:
            value = evaluate(mistaken.tree, graph.values)
        except FormulaError:
            continue
        if math.isfinite(value) and not _equal(value, right) and not any(_equal(value, each.value) for each in found):
            found.append(TypicalMistake(mistaken.id, cell, value, sentence(graph, mistaken)))
    return tuple(found)


def author_mistakes(item: AskItem) -> Iterator[TypicalMistake]:
    """Yield the mistakes that the author declares for a question, for each cell whose value they change."""
    yield from _written(item.graph, item.quantity.cells, item.mistakes)


def model_mistakes(part: Model, cells: Sequence[str]) -> Iterator[TypicalMistake]:
    """Yield the mistakes that a worksheet declares for its steps, for these cells."""
    for step, mistakes in part.mistakes.items():
        for found in _written(part.graph, part.graph.as_quantity(step).cells, mistakes):
            if found.cell in cells:
                yield found


def _written(graph: Graph, cells: Sequence[str], mistakes: Sequence[AuthorMistake]) -> Iterator[TypicalMistake]:
    values = graph.values
    for mistake in mistakes:
        for cell, tree in zip(cells, mistake.cells, strict=False):
            try:
                value = evaluate(tree, values)
            except FormulaError:
                continue
            if not _equal(value, values[cell]):
                yield TypicalMistake("author", cell, value, str(mistake.say))


def _equal(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-9 * max(1.0, abs(left), abs(right))
