"""Texts in Markdown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Words
from tutor.lessons.models import BlockFile


class TextFile(BlockFile):
    """Markdown with mathematics."""

    kind = "text"
    called_elsewhere = ("heading", "header", "markdown", "paragraph", "math", "prose")
    nested = ("text",)
    main: Annotated[Words, Field(alias="text", description="Markdown with $…$, $$…$$ and {{Z1}} for values.")]


@builds(TextFile)
class TextBuilder(Work[TextFile]):
    """Builds ``text`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Text, str]:
        """Return the text."""
        return made.Text(**common, of=self.owner(), text=self.words("text", self.file.main)), ""
