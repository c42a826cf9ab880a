"""Gaps to fill in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import WordList, Words
from tutor.lessons.models import MOST_MEMBERS, QuestionFile


class FillFile(QuestionFile):
    """Code or text with ``____`` for each gap."""

    kind = "fill"
    called_elsewhere = ("gap", "cloze")
    nested = ("text", "code")
    main: Annotated[Words, Field(alias="fill", description="The text, with ____ for each gap.")]
    gaps: Annotated[
        tuple[WordList, ...],
        Field(max_length=MOST_MEMBERS, description="For each gap its answer, or a list of answers."),
    ]
    language: Annotated[Words, Field(description="python, for code.")] = ""

    def build(self, work: Work) -> tuple[blocks.Fill, str]:
        if self.language:
            text = work.resolver.code(self.main, work.of, work.place("fill"))
        else:
            text = work.words("fill", self.main)
        count = self.main.count("____")
        if count != len(self.gaps):
            gaps = f"{count} gap{'s' * (count != 1)} (____)" if count else "no gap (____, four underscores)"
            answers = "is 1 answer" if len(self.gaps) == 1 else f"are {len(self.gaps)} answers"
            work.note("gaps", f"The text has {gaps}, and there {answers}.", at_key=True)
        base = work.question(computed=False, main=False)
        first = next((line.strip() for line in self.main.splitlines() if "____" in line), self.main.strip())
        return blocks.Fill(**work.common, **base, text=text, gaps=self.gaps, language=self.language), first
