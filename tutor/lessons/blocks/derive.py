"""Derivations to unfold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutor.lessons.blocks.base import Block, Reference, Seen, View
from tutor.lessons.blocks.paper import Paper, Part


@dataclass(frozen=True, slots=True)
class DeriveView(View):
    """A derivation to unfold; ``session.derivation(view.of, view.quantity)`` returns its lines."""

    of: str
    quantity: str
    label: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Derive(Block):
    """Derivations to unfold."""

    references: tuple[Reference, ...]

    def views(self, seen: Seen) -> Sequence[View]:
        """Return a view of each quantity; none in an exam."""
        shown = () if seen.is_sealed else self.references
        return tuple(DeriveView(self.id, each.of, each.name, each.symbol) for each in shown)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        """Return nothing: a sheet is for working by hand."""
        return ()

    def height(self) -> int:
        """Return the height of a button with its margins."""
        return 3
