"""A code cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.lessons.blocks.base import Block, ProgramView, Seen
from tutor.lessons.blocks.field import Field, FieldKind
from tutor.lessons.blocks.paper import Code, Paper, Part
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.verdicts import Result, Verdict


@dataclass(frozen=True, kw_only=True, eq=False)
class Run(Block):
    """A code cell. ``output`` is what it should print, if that is recorded; numbers may differ by ``within``."""

    code: Template
    prompt: Template = EMPTY
    output: str | None = None
    within: float | None = None
    files: tuple[Path, ...] = ()
    time_limit: float = 10.0

    asks = True

    def single_field(self) -> Field:
        return Field(self.id, self.id, FieldKind.RUN, "", of=self.of, language="python")

    def mark(self, parts: Sequence[str]) -> Result:
        """Keep the program: a cell is never marked."""
        return Result(Verdict.KEPT)

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        return replace(field, code=self.code.fill(is_shown))

    def views(self, seen: Seen) -> Sequence[ProgramView]:
        """Return the program with its number among the lesson's cells."""
        (field,) = seen.fields(self)
        cells = [block.id for block in seen.lesson.blocks if isinstance(block, Run)]
        prompt = self.prompt.fill(seen.is_shown)
        return (ProgramView(self.id, field, prompt, self.output or "", cells.index(self.id) + 1),)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        return (Code(self.code.fill()),)

    def height(self) -> int:
        """Return the number of lines of the program and its output, and three for the frame."""
        return len(self.code.source.splitlines()) + len((self.output or "").splitlines()) + 3
