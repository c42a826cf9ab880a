"""Code cells."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Anything, FileModel, Real, Seconds, WordList, Words, written
from tutor.lessons.models import BlockFile


class OutputFile(FileModel):
    """What a cell prints, with a tolerance for its numbers."""

    text: Words
    within: Real | None = None


class RunFile(BlockFile):
    """A code cell: shown, runnable, editable."""

    kind = "run"
    called_elsewhere = ("code", "cell")
    nested = ("code",)
    main: Annotated[Words, Field(alias="run", description="The code.")]
    prompt: Words | None = None
    output: Annotated[Anything, Field(description="What it prints: a text, or {text: …, within: 0.001}.")] = None
    files: WordList = ()
    time_limit: Annotated[Seconds | None, Field(description="Seconds; default 10.")] = None

    def build(self, work: Work) -> tuple[blocks.Run, str]:
        output, within = self.printed(work)
        code = work.resolver.code(self.main, work.of, work.place("run"))
        first = next((line.strip() for line in self.main.splitlines() if line.strip()), "")
        return blocks.Run(
            **work.common,
            of=work.owner(),
            code=code,
            prompt=work.words("prompt", self.prompt),
            output=output,
            within=within,
            files=work.files(self.files),
            time_limit=float(self.time_limit or 10.0),
        ), f"run {first}"

    def printed(self, work: Work) -> tuple[str | None, float | None]:
        """Return what a cell should print, and by how much its numbers may differ."""
        value = self.output
        if value is None:
            return None, None
        if not isinstance(value, dict):
            return written(value) if not isinstance(value, list) else str(value), None
        checked = work.checker.model(OutputFile, value, work.place("output"))
        return (checked.text, checked.within) if checked else (None, None)
