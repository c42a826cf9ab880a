"""A code cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutor.lessons.blocks.base import Block
from tutor.lessons.template import EMPTY, Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Run(Block):
    """A code cell; ``output`` is what it prints (None: not said), numbers in it equal ``within`` that much."""

    code: Template
    prompt: Template = EMPTY
    output: str | None = None
    within: float | None = None
    files: tuple[Path, ...] = ()
    time_limit: float = 10.0
