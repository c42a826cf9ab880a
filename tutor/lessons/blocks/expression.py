"""A formula to type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Question, Reference

if TYPE_CHECKING:
    from tutor.network import Graph


@dataclass(frozen=True, kw_only=True, eq=False)
class Expression(Question):
    """A formula to type. ``reference`` is the quantity it gives, if any; ``answer`` is over canonical names, or over
    ``variables`` with their ranges; ``using`` are the only names allowed (None: anything before the quantity)."""

    answer: Tree
    reference: Reference | None = None
    graph: Graph | None = None
    using: tuple[str, ...] | None = None
    variables: Mapping[str, tuple[float, float]] = field(default_factory=dict)
