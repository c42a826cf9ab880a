"""Programs to write."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.lab_checks import CheckFile, WrongFile
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Seconds, WordList, Words
from tutor.lessons.models import MOST_MEMBERS, QuestionFile


class LabFile(QuestionFile):
    """A program to write."""

    kind = "lab"
    called_elsewhere = ("program",)
    nested = ("title", "question")
    main: Annotated[Words, Field(alias="lab", description="The title.")]
    starter: Annotated[Words, Field(description="The code that the learner begins with.")] = ""
    checks: Annotated[tuple[CheckFile, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    solution: Words | None = None
    wrong: Annotated[tuple[WrongFile, ...], Field(max_length=MOST_MEMBERS)] = ()
    files: WordList = ()
    time_limit: Annotated[Seconds | None, Field(description="Seconds; default 10.")] = None

    def build(self, work: Work) -> tuple[made.Lab, str]:
        """Return the lab with its checks and spoilt solutions."""
        checks = [each.build(work, (*work.place("checks"), n)) for n, each in enumerate(self.checks)]
        solution = work.resolver.code(self.solution, work.of, work.place("solution")) if self.solution else None
        path = work.place("wrong")
        wrong = [each.build(work, (*path, n), self.solution, self.checks) for n, each in enumerate(self.wrong)]
        return made.Lab(
            **work.common,
            **work.question(computed=False),
            starter=work.resolver.code(self.starter, work.of, work.place("starter")),
            checks=tuple(check for check in checks if check),
            solution=solution,
            wrong=tuple(each for each in wrong if each),
            files=work.files(self.files),
            time_limit=float(self.time_limit or 10.0),
            decimals=work.settings.decimals,
        ), self.main
