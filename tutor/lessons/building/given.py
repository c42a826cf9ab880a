"""What is given."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Words
from tutor.lessons.models import BlockFile


class GivenFile(BlockFile):
    """What is given, set as mathematics."""

    kind = "given"
    may_be_empty = True
    stands_alone = True
    main: Annotated[Words | None, Field(alias="given", description="The network or worksheet.")] = None


@builds(GivenFile)
class GivenBuilder(Work[GivenFile]):
    """Builds ``given`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Given | None, str]:
        """What is given."""
        model = self.resolver.model(self.file.main or self.of, self.place("given"))
        return (made.Given(**common, of=model.name, graph=model.graph) if model else None), ""
