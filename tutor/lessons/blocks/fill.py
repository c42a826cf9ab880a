"""Code or text with gaps."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Question
from tutor.lessons.template import Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Fill(Question):
    """Code or text with gaps, ``____`` each; ``gaps`` are the accepted answers of each, the first one to be shown."""

    text: Template
    gaps: tuple[tuple[str, ...], ...]
    language: str = ""
