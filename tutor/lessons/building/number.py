"""One-off numbers."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
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

    def build(self, work: Work) -> tuple[blocks.Number | None, str]:
        if self.within is not None and (self.decimals is not None or self.figures is not None):
            work.note("within", "Give within, decimals or figures, one of them.", at_key=True)
        count = len(work.checker.problems)
        formula = work.resolver.scalar(self.answer, work.of, work.place("answer"))
        if formula is None and (unit := _WITH_UNIT.fullmatch(self.answer.strip())):
            work.checker.problems.drop_after(count)
            work.note("answer", f"A unit has a key of its own: answer: {unit[1]}, unit: {unit[2]}")
        base = work.question()
        value = work.resolver.value(formula, work.place("answer")) if formula else None
        if formula is None or value is None:
            return None, self.main
        decimals, figures = work.settings.decimals, work.settings.figures
        if decimals is None and figures is None and self.within is None:
            decimals = usual_decimals(value)
        return blocks.Number(
            **work.common,
            **base | {"of": formula.of},
            answer=formula.cells.trees[0],
            value=value,
            graph=formula.graph,
            decimals=None if self.within is not None else decimals,
            figures=None if self.within is not None else figures,
            within=self.within,
            unit=self.unit,
        ), self.main


def usual_decimals(value: float) -> int | None:
    """Return the default number of decimals: three, or as many as show three significant figures; None for a number
    with at most three decimals, which is asked for exactly."""
    if abs(value * 1000 - round(value * 1000)) < 1e-9 * max(1.0, abs(value)):
        return None
    return min(max(3, 2 - math.floor(math.log10(abs(value)))), 12)
