"""Drawings of networks."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
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


@builds(DiagramFile)
class DiagramBuilder(Work[DiagramFile]):
    """Builds ``diagram`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Diagram | None, str]:
        """Return the drawing, or None with its problems noted."""
        model = self.resolver.model(self.file.main or self.of, self.place("diagram"))
        if self.file.show not in ("numbers", "names"):
            self.checker.add(self.place("show"), f"show: is numbers or names, not {self.file.show!r}.")
        if model is None:
            return None, ""
        if not isinstance(model.built, Network):
            self.checker.add(self.place("diagram"), f"'{model.name}' is a worksheet; only a network can be drawn.")
            return None, ""
        found = self.resolver.references(self.file.highlight, model.name, self.place("highlight"))
        lit = tuple(dict.fromkeys(cell for one in found for cell in one.quantity.cells))
        shows = self.file.show != "names"
        return made.Diagram(
            **common, of=model.name, network=model.built, graph=model.graph, numbers=shows, highlight=lit
        ), ""
