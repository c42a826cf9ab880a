"""Derivations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Names
from tutor.lessons.models import BlockFile


class DeriveFile(BlockFile):
    """The derivation of a quantity, unfolded line by line."""

    kind = "derive"
    called_elsewhere = ("derivation",)
    nested = ("quantity", "quantities")
    main: Annotated[Names, Field(alias="derive", description="The quantity.")]

    def build(self, work: Work) -> tuple[blocks.Derive | None, str]:
        found = work.resolver.references(self.main, work.of, work.place("derive"))
        if given := [reference for reference in found if reference.is_given]:
            work.note("derive", f"{given[0].name} is given; there is nothing to derive.")
        return (blocks.Derive(**work.common, of=found[0].of, references=tuple(found)) if found else None), ""
