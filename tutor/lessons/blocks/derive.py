"""Derivations to unfold."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Block, Reference


@dataclass(frozen=True, kw_only=True, eq=False)
class Derive(Block):
    """Derivations to unfold."""

    references: tuple[Reference, ...]
