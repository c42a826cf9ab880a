"""Code cells."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
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


@builds(RunFile)
class RunBuilder(Work[RunFile]):
    """Builds ``run`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Run, str]:
        """Return the code cell."""
        file = self.file
        output, within = self.output(file.output)
        code = self.resolver.code(file.main, self.of, self.place("run"))
        first = next((line.strip() for line in file.main.splitlines() if line.strip()), "")
        return made.Run(
            **common,
            of=self.owner(),
            code=code,
            prompt=self.words("prompt", file.prompt),
            output=output,
            within=within,
            files=self.files(file.files),
            time_limit=float(file.time_limit or 10.0),
        ), f"run {first}"

    def output(self, value: object) -> tuple[str | None, float | None]:
        """Return what a cell should print, and by how much its numbers may differ."""
        if value is None:
            return None, None
        if not isinstance(value, dict):
            return written(value) if not isinstance(value, list) else str(value), None
        checked = self.checker.model(OutputFile, value, self.place("output"))
        return (checked.text, checked.within) if checked else (None, None)
