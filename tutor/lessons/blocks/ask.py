"""Quantities to work out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tutor.lessons.blocks.base import AuthorMistake, Question, Reference, Seen
from tutor.lessons.blocks.field import Field, FieldKind, precision
from tutor.lessons.blocks.paper import Blank, Exercise, Paper, Part, formula_lines
from tutor.lessons.plain_text import text_height
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.network import Graph
from tutor.network.decimals import default_decimals, figures_to_decimals

MOST_WORKED = 12
"""The largest number of cells of a grid that a solution works out line by line."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AskItem(Reference):
    """One quantity of an ``ask``, with its settings. If ``decimals`` is None, the rule for its kind of node applies."""

    decimals: int | None = None
    figures: int | None = None
    prompt: Template = EMPTY
    hints: tuple[Template, ...] = ()
    builtin_hints: bool = True
    explain: Template = EMPTY
    mistakes: tuple[AuthorMistake, ...] = ()
    reveal: bool = True

    @property
    def least_decimals(self) -> int:
        """The decimals that are asked for, else those that the rule for the quantity's kind gives; ``figures`` is
        ignored."""
        return self.decimals if self.decimals is not None else default_decimals(self.graph, self.quantity)

    @property
    def asked_decimals(self) -> int:
        """The decimals that are asked for, or that the significant figures asked for need."""
        if self.decimals is None and self.figures is not None:
            return max(figures_to_decimals(self.graph.values[cell], self.figures) for cell in self.quantity.cells)
        return self.least_decimals

    def alone(self, block_id: str) -> Ask:
        """Return a block that asks for this quantity only."""
        return Ask(id=block_id, of=self.of, items=(self,))

    def field(self, field_id: str, block_id: str) -> Field:
        """Return the field for the answer."""
        quantity, notation = self.quantity, self.graph.notation
        return Field(
            id=field_id,
            block_id=block_id,
            kind=FieldKind.NUMBER if quantity.is_number else FieldKind.GRID,
            label=self.symbol,
            latex=notation.latex(quantity.name),
            quantity=quantity.name,
            of=self.of,
            shape=quantity.shape,
            cells=tuple(notation.text(cell) for cell in quantity.cells),
            precision=precision(self.least_decimals, self.figures),
        )

    def blank(self, paper: Paper) -> Blank:
        """Return the space for the answer on a sheet."""
        cells, decimals = self.quantity.cells, self.asked_decimals
        prompt = self.prompt.fill(paper.is_shown)
        if not self.quantity.shape:
            return replace(paper.blank(self.graph, cells[0], decimals), prompt=prompt)
        worked: tuple[str, ...] = ()
        if paper.worked:
            worked = tuple(line for cell in cells[:MOST_WORKED] for line in formula_lines(self.graph, cell, decimals))
        return Blank(self.symbol, precision(decimals), self.quantity.shape, 1, worked, prompt)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ask(Question):
    """Quantities to work out. Settings of the block (hints, explain …) are already copied into each item."""

    items: tuple[AskItem, ...]

    is_named_by_quantity = True

    @property
    def asked(self) -> tuple[AskItem, ...]:
        return self.items

    def asked_names(self) -> Iterator[tuple[str, str]]:
        for item in self.items:
            for name in (item.quantity.name, *item.quantity.cells):
                yield item.of, name

    def explanation(self, seen: Seen) -> str:
        """Return the explanations of the quantities that are done. A text for the whole block waits until all are."""
        texts: dict[str, None] = {}
        for place, item in enumerate(self.items):
            is_of_all = item.explain.source == self.explain.source
            if seen.is_done(self, None if is_of_all else place):
                texts[item.explain.fill(seen.is_shown)] = None
        return "\n\n".join(filter(None, texts))

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        number = paper.next_number()
        prompt = self.prompt.fill(paper.is_shown) or f"Work out {', '.join(item.symbol for item in self.items)}."
        return (Exercise(number, prompt, tuple(item.blank(paper) for item in self.items)),)

    def answer_height(self) -> int:
        """Return the approximate number of lines that its items take."""
        prompts = sum(text_height(item.prompt.fill()) for item in self.items)
        shapes = (item.quantity.shape for item in self.items)
        return prompts + sum(shape[0] + 1 if len(shape) == 2 else 1 for shape in shapes)

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        yield from super().read_first(is_shown)
        for item in self.items:
            yield item.prompt.fill(is_shown)

    def asking_only(self, item: AskItem) -> Ask:
        """Return the question with only one of its quantities."""
        return replace(self, items=(item,))

    def with_graphs(self, graphs: Mapping[str, Graph]) -> Ask:
        """Return the question with other graphs for the models of its quantities."""
        return replace(self, items=tuple(replace(item, graph=graphs[item.of]) for item in self.items))
