"""The style in which a formula is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """``ascii``: write one line in ASCII only. ``script``: within a super- or subscript, where signs have no space
    around them."""

    ascii: bool = False
    script: bool = False
