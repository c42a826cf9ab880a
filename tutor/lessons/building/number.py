"""One-off numbers."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Formula, Real, Words
from tutor.lessons.models import QuestionFile

_WITH_UNIT = re.compile(r"([-−]?[\d.,]+)\s*([^\W\d_]{1,3}|°C?)")


class NumberFile(QuestionFile):
    """A one-off number."""

    kind = "number"
    called_elsewhere = ("numeric",)
    nested = ("question",)
    main: Annotated[Words, Field(alias="number", description="The question.")]
    answer: Annotated[Formula, Field(description="A formula; quantities may be used.")]
    within: Annotated[Real | None, Field(description="How far off an answer may be.")] = None
    unit: Annotated[Words, Field(description="Shown after the field.")] = ""


@builds(NumberFile)
class NumberBuilder(Work[NumberFile]):
    """Builds ``number`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Number | None, str]:
        """Return the block, or None with its problems noted."""
        file = self.file
        if file.within is not None and (file.decimals is not None or file.figures is not None):
            self.checker.add(self.place("within"), "Give within, decimals or figures, one of them.", at_key=True)
        told = len(self.checker.problems)
        formula = self.resolver.scalar(file.answer, self.of, self.place("answer"))
        if formula is None and (unit := _WITH_UNIT.fullmatch(file.answer.strip())):
            self.checker.problems.drop_after(told)
            self.checker.add(self.place("answer"), f"A unit has a key of its own: answer: {unit[1]}, unit: {unit[2]}")
        base = self.question()
        value = self.resolver.value(formula, self.place("answer")) if formula else None
        if formula is None or value is None:
            return None, file.main
        decimals, figures = self.settings.decimals, self.settings.figures
        if decimals is None and figures is None and file.within is None:
            decimals = usual_decimals(value)
        return made.Number(
            **common,
            **base | {"of": formula.of},
            answer=formula.cells.trees[0],
            value=value,
            graph=formula.graph,
            decimals=None if file.within is not None else decimals,
            figures=None if file.within is not None else figures,
            within=file.within,
            unit=file.unit,
        ), file.main


def usual_decimals(value: float) -> int | None:
    """Return the default number of decimals: three, or as many as show three significant figures; None for a number
    with at most three decimals, which is asked for exactly."""
    if abs(value * 1000 - round(value * 1000)) < 1e-9 * max(1.0, abs(value)):
        return None
    return min(max(3, 2 - math.floor(math.log10(abs(value)))), 12)
