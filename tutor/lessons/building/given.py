"""The given numbers of a model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import WordList, Words
from tutor.lessons.models import BlockFile


class GivenFile(BlockFile):
    """The given numbers, as formulas."""

    kind = "given"
    may_be_empty = True
    stands_alone = True
    main: Annotated[
        Words | WordList | None, Field(alias="given", description="The network or worksheet, or a list of names.")
    ] = None

    def build(self, work: Work) -> tuple[blocks.Given | None, str]:
        chosen = () if isinstance(self.main, str | None) else self.main
        name = work.of if chosen else self.main or work.of
        model = work.resolver.model(str(name) if name else None, work.place("given"))
        if model is None:
            return None, ""
        only = []
        for reference in work.resolver.references(chosen, model.name, work.place("given")):
            if reference.is_given:
                only.append(reference.name)
            else:
                work.note("given", f"{reference.name} is not given: it is worked out.")
        return blocks.Given(**work.common, of=model.name, graph=model.graph, only=tuple(only)), ""
