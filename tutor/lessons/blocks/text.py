"""Text in Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Block
from tutor.lessons.template import IsShown, Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Text(Block):
    """Markdown with mathematics."""

    text: Template

    def markdown(self, is_shown: IsShown | None = None) -> str:
        return self.text.fill(is_shown)
