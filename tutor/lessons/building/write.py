"""Free text."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Words
from tutor.lessons.models import QuestionFile


class WriteFile(QuestionFile):
    """Free text that is kept but not marked."""

    kind = "write"
    called_elsewhere = ("essay",)
    nested = ("question",)
    main: Annotated[Words, Field(alias="write", description="The question.")]
    model: Annotated[Words | None, Field(description="A model answer, shown afterwards.")] = None


@builds(WriteFile)
class WriteBuilder(Work[WriteFile]):
    """Builds ``write`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Write, str]:
        """Return the question."""
        file = self.file
        return made.Write(**common, **self.question(computed=False), model=self.words("model", file.model)), file.main
