"""The drawing of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.lessons.blocks.base import Block

if TYPE_CHECKING:
    from tutor.network import Graph, Network


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagram(Block):
    """The network ``of``, drawn; ``numbers`` is off for ``show: names``; ``highlight`` are canonical names."""

    network: Network
    graph: Graph
    numbers: bool = True
    highlight: tuple[str, ...] = ()
