"""In what manner a formula is set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """``ascii``: only characters of ASCII; ``script``: within a super- or subscript, where signs stand close."""

    ascii: bool = False
    script: bool = False


DISPLAY = Style()
