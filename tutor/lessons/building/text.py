"""Texts in Markdown."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Words
from tutor.lessons.models import BlockFile


class TextFile(BlockFile):
    """Markdown with mathematics."""

    kind = "text"
    called_elsewhere = ("heading", "header", "markdown", "paragraph", "math", "prose")
    nested = ("text",)
    main: Annotated[Words, Field(alias="text", description="Markdown with $…$, $$…$$ and {{Z1}} for values.")]

    def build(self, work: Work) -> tuple[blocks.Text, str]:
        return blocks.Text(**work.common, of=work.owner(), text=work.words("text", self.main)), ""
