"""Worked solutions with a mistake to find."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.blocks.find import NO_MISTAKE, mistakes_that_tell
from tutor.lessons.building.work import Work
from tutor.lessons.building.worked import one_worked
from tutor.lessons.field_types import Words
from tutor.lessons.models import QuestionFile
from tutor.lessons.validate import did_you_mean
from tutor.mistakes import MISTAKES


class FindFile(QuestionFile):
    """A worked solution with a typical mistake in it."""

    kind = "find"
    nested = ("quantity",)
    main: Annotated[Words, Field(alias="find", description="The quantity whose solution is shown.")]
    mistake: Annotated[Words, Field(description="The id of a typical mistake, or none; default: a likely one.")] = ""

    def build(self, work: Work) -> tuple[blocks.Find | None, str]:
        reference = one_worked(work, self.main, "find")
        if reference is None:
            return None, ""
        self._check_mistake(work, reference)
        question = {**work.question(main=False), "of": reference.of}
        block = blocks.Find(
            **work.common, **question, reference=reference, mistake=self.mistake, decimals=work.settings.decimals
        )
        return block, f"find-{reference.name}"

    def _check_mistake(self, work: Work, reference: blocks.Reference) -> None:
        name = self.mistake
        if name in ("", NO_MISTAKE):
            return
        if MISTAKES.get(name) is None:
            meant = did_you_mean(name, [mistake.id for mistake in MISTAKES])
            work.note("mistake", f"There is no mistake '{name}'{meant}")
            return
        able = mistakes_that_tell(reference)
        if name not in able:
            listed = ", ".join(able) or "none"
            message = f"'{name}' would not show in the solution of {reference.name}. These would: {listed}."
            work.note("mistake", message)
