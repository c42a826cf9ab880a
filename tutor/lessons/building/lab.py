"""Programs to write."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.lab_checks import CheckFile, LabChecks, WrongFile
from tutor.lessons.building.work import Work, builds
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


@builds(LabFile)
class LabBuilder(Work[LabFile]):
    """Builds ``lab`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Lab, str]:
        """Return the lab with its checks and spoilt solutions."""
        file = self.file
        checks = LabChecks(self.checker, self.resolver, self.of, self.settings.decimals, self.place)
        built = tuple(checks.check(each, (*self.place("checks"), n)) for n, each in enumerate(file.checks))
        solution = self.resolver.code(file.solution, self.of, self.place("solution")) if file.solution else None
        wrong = tuple(
            one for n, each in enumerate(file.wrong) if (one := checks.wrong(each, n, file.solution, file.checks))
        )
        return made.Lab(
            **common,
            **self.question(computed=False),
            starter=self.resolver.code(file.starter, self.of, self.place("starter")),
            checks=tuple(one for one in built if one),
            solution=solution,
            wrong=wrong,
            files=self.files(file.files),
            time_limit=float(file.time_limit or 10.0),
            decimals=self.settings.decimals,
        ), file.main
