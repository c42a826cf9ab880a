"""What is given in a network or worksheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.lessons.blocks.base import Block

if TYPE_CHECKING:
    from tutor.network import Graph


@dataclass(frozen=True, kw_only=True, eq=False)
class Given(Block):
    """What is given in a network or worksheet; ``only`` names what to show, none of them everything."""

    graph: Graph
    only: tuple[str, ...] = ()
