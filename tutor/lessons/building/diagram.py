"""Drawings of networks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Names, Words
from tutor.lessons.models import BlockFile
from tutor.network import Network


class DiagramFile(BlockFile):
    """A drawing of the network."""

    kind = "diagram"
    called_elsewhere = ("network",)
    may_be_empty = True
    stands_alone = True
    main: Annotated[Words | None, Field(alias="diagram", description="The network.")] = None
    show: Annotated[Words, Field(description="numbers (default) or names.")] = "numbers"
    highlight: Annotated[Names, Field(description="Quantities to highlight.")] = ()

    def build(self, work: Work) -> tuple[blocks.Diagram | None, str]:
        model = work.resolver.model(self.main or work.of, work.place("diagram"))
        if self.show not in ("numbers", "names"):
            work.note("show", f"show: is numbers or names, not {self.show!r}.")
        if model is None:
            return None, ""
        if not isinstance(model.built, Network):
            work.note("diagram", f"'{model.name}' is a worksheet; only a network can be drawn.")
            return None, ""
        found = work.resolver.references(self.highlight, model.name, work.place("highlight"))
        highlighted = tuple(dict.fromkeys(cell for reference in found for cell in reference.quantity.cells))
        shows = self.show != "names"
        return blocks.Diagram(
            **work.common, of=model.name, network=model.built, graph=model.graph, numbers=shows, highlight=highlighted
        ), ""
