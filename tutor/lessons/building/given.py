"""The given numbers of a model."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import WordList, Words
from tutor.lessons.models import BlockFile


class GivenFile(BlockFile):
    """The given numbers, as formulas."""

    kind = "given"
    may_be_empty = True
    stands_alone = True
    main: Annotated[
        Words | WordList | None,
        Field(alias="given", description="The network or worksheet, or a list of names."),
    ] = None


@builds(GivenFile)
class GivenBuilder(Work[GivenFile]):
    """Builds ``given`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Given | None, str]:
        """Return the block, or None with its problems noted."""
        chosen = () if isinstance(self.file.main, str | None) else self.file.main
        name = self.of if chosen else self.file.main or self.of
        model = self.resolver.model(str(name) if name else None, self.place("given"))
        if model is None:
            return None, ""
        only = []
        for reference in self.resolver.references(chosen, model.name, self.place("given")):
            if reference.is_given:
                only.append(reference.name)
            else:
                self.checker.add(self.place("given"), f"{reference.name} is not given: it is worked out.")
        return made.Given(**common, of=model.name, graph=model.graph, only=tuple(only)), ""
