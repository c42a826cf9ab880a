"""Steps to put in order."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import WordList, Words
from tutor.lessons.models import MOST_MEMBERS, QuestionFile


class OrderFile(QuestionFile):
    """Steps to put in order."""

    kind = "order"
    called_elsewhere = ("sort",)
    nested = ("question",)
    main: Annotated[Words, Field(alias="order", description="The question.")]
    steps: Annotated[
        tuple[WordList, ...],
        Field(
            min_length=2,
            max_length=MOST_MEMBERS,
            description="In the right order; those of a list within go either way.",
        ),
    ]
    extra: Annotated[WordList, Field(description="Steps that belong nowhere.")] = ()


@builds(OrderFile)
class OrderBuilder(Work[OrderFile]):
    """Builds ``order`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Order, str]:
        """Steps to put in order."""
        file = self.file
        groups = []
        for place, group in enumerate(file.steps):
            here = (*self.place("steps"), place)
            node = self.checker.document.nodes.get(here)
            several = node is not None and node.kind == "list"
            groups.append(
                tuple(
                    self.resolver.text(step, self.of, (*here, n) if several else here) for n, step in enumerate(group)
                )
            )
        steps = [step.source for group in groups for step in group] + list(file.extra)
        if twice := [step for n, step in enumerate(steps) if step in steps[:n]]:
            self.checker.add(
                self.place("steps"), f"The step '{twice[0]}' is there twice; no one could tell them apart."
            )
        base = self.question(computed=False)
        return made.Order(
            **common, **base, groups=tuple(groups), extra=self.one_of_each(file.extra, "extra")
        ), file.main
