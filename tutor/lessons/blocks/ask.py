"""Quantities to work out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.lessons.blocks.base import AuthorMistake, Question, Reference
from tutor.lessons.template import EMPTY, Template

if TYPE_CHECKING:
    from tutor.network import Graph, Quantity


@dataclass(frozen=True, kw_only=True, eq=False)
class AskItem:
    """One quantity of an ``ask``, with what holds for it alone. ``decimals`` None: the rule for its kind."""

    reference: Reference
    decimals: int | None = None
    figures: int | None = None
    prompt: Template = EMPTY
    hints: tuple[Template, ...] = ()
    builtin_hints: bool = True
    explain: Template = EMPTY
    mistakes: tuple[AuthorMistake, ...] = ()
    reveal: bool = True

    @property
    def quantity(self) -> Quantity:
        """What is asked."""
        return self.reference.quantity

    @property
    def graph(self) -> Graph:
        """The graph it belongs to."""
        return self.reference.graph

    @property
    def of(self) -> str:
        """The network or worksheet it belongs to."""
        return self.reference.of


@dataclass(frozen=True, kw_only=True, eq=False)
class Ask(Question):
    """Quantities to work out; what stands on the block (hints, explain …) is already in each item too."""

    items: tuple[AskItem, ...]
    decimals: int | None = None
    figures: int | None = None
