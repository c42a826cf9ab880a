"""Derivations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Names
from tutor.lessons.models import BlockFile


class DeriveFile(BlockFile):
    """The derivation of a quantity, unfolded line by line."""

    kind = "derive"
    called_elsewhere = ("derivation",)
    nested = ("quantity", "quantities")
    main: Annotated[Names, Field(alias="derive", description="The quantity.")]


@builds(DeriveFile)
class DeriveBuilder(Work[DeriveFile]):
    """Builds ``derive`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Derive | None, str]:
        """Return the block, or None with its problems noted."""
        found = self.resolver.references(self.file.main, self.of, self.place("derive"))
        if given := [one for one in found if one.is_given]:
            self.checker.add(self.place("derive"), f"{given[0].name} is given; there is nothing to derive.")
        return (made.Derive(**common, of=found[0].of, references=tuple(found)) if found else None), ""
