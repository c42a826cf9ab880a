"""A table."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Block
from tutor.lessons.template import EMPTY, Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Block):
    """A table of texts."""

    columns: tuple[Template, ...]
    rows: tuple[tuple[Template, ...], ...]
    caption: Template = EMPTY
