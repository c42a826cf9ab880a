"""Free text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Words
from tutor.lessons.models import QuestionFile


class WriteFile(QuestionFile):
    """Free text that is kept but not marked."""

    kind = "write"
    called_elsewhere = ("essay",)
    nested = ("question",)
    main: Annotated[Words, Field(alias="write", description="The question.")]
    model: Annotated[Words | None, Field(description="A model answer, shown afterwards.")] = None

    def build(self, work: Work) -> tuple[blocks.Write, str]:
        return blocks.Write(
            **work.common, **work.question(computed=False), model=work.words("model", self.model)
        ), self.main
