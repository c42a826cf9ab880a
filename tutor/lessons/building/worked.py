"""Worked solutions with open lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Words
from tutor.lessons.models import QuestionFile


class WorkedFile(QuestionFile):
    """A worked solution whose last lines the learner works out."""

    kind = "worked"
    called_elsewhere = ("faded", "example")
    nested = ("quantity",)
    main: Annotated[Words, Field(alias="worked", description="The quantity whose solution is shown.")]
    open: Annotated[int, Field(ge=1, le=6, description="How many of the last lines the learner works out.")] = 1

    def build(self, work: Work) -> tuple[blocks.Worked | None, str]:
        reference = one_worked(work, self.main, "worked")
        if reference is None:
            return None, ""
        question = {**work.question(main=False), "of": reference.of}
        block = blocks.Worked(
            **work.common, **question, reference=reference, open=self.open, decimals=work.settings.decimals
        )
        return block, f"worked-{reference.name}"


def one_worked(work: Work, name: str, key: str) -> blocks.Reference | None:
    """Return the one quantity that a block works out, or None with the problem noted."""
    found = work.resolver.references((name,), work.of, work.place(key))
    if len(found) > 1:
        work.note(key, f"Name one quantity here; {name} is {len(found)}.")
        return None
    if found and found[0].is_given:
        work.note(key, f"{found[0].name} is given; there is nothing to work out.")
        return None
    return found[0] if found else None
