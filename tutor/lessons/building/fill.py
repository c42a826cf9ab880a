"""Gaps to fill in."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
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


@builds(FillFile)
class FillBuilder(Work[FillFile]):
    """Builds ``fill`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Fill, str]:
        """Return the text or program with gaps."""
        file = self.file
        if file.language:
            text = self.resolver.code(file.main, self.of, self.place("fill"))
        else:
            text = self.words("fill", file.main)
        count = file.main.count("____")
        if count != len(file.gaps):
            gaps = f"{count} gap{'s' * (count != 1)} (____)" if count else "no gap (____, four underscores)"
            answers = "is 1 answer" if len(file.gaps) == 1 else f"are {len(file.gaps)} answers"
            self.checker.add(self.place("gaps"), f"The text has {gaps}, and there {answers}.", at_key=True)
        base = self.question(computed=False, main=False)
        first = next((line.strip() for line in file.main.splitlines() if "____" in line), file.main.strip())
        return made.Fill(**common, **base, text=text, gaps=file.gaps, language=file.language), first
