"""The drawing of a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutor.lessons.blocks.base import Block, Seen, View
from tutor.lessons.blocks.given import given_latex
from tutor.lessons.blocks.paper import Drawing, GivenPart, Paper, Part
from tutor.network import Graph, Network


@dataclass(frozen=True, slots=True)
class DiagramView(View):
    """A network to draw. ``values`` has the text of every number to draw, ``?`` for numbers yet to find; a name that is
    not in it is not drawn. ``highlight`` are the names to highlight; ``numbers`` is false for ``show: names``."""

    of: str
    network: Network
    graph: Graph
    values: Mapping[str, str]
    highlight: tuple[str, ...] = ()
    numbers: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagram(Block):
    """A drawing of the network ``of``; ``numbers`` is false for ``show: names``; ``highlight`` are canonical names."""

    network: Network
    graph: Graph
    numbers: bool = True
    highlight: tuple[str, ...] = ()

    shows_given = True

    def drawn(self, values: Mapping[str, str]) -> DiagramView:
        """Return the drawing with these texts for its numbers."""
        return DiagramView(self.id, self.of, self.network, self.graph, values, self.highlight, self.numbers)

    def views(self, seen: Seen) -> Sequence[View]:
        """Return the drawing with the numbers that may be shown."""
        return (self.drawn(seen.values(self.of)),)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        """Yield the drawing, followed once per network by the given numbers that it has no room for (targets, rates,
        batches)."""
        yield Drawing(self.network, self.graph, self.numbers)
        if paper.with_texts and self.numbers and self.of not in paper.given:
            paper.given.add(self.of)
            yield GivenPart(self.of, given_latex(self.graph))

    def height(self) -> int:
        """Return three lines for each unit of the widest layer, and three more."""
        layers = self.network.layers
        return 3 + 3 * max(layers[0].n_inputs, *(layer.n_units for layer in layers))
