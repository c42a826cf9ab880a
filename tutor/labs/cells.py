"""Run the code cells of one lesson, in one child process with one notebook.

cells = Cells({"cell-1": "x = 2", "cell-2": "x + 1"}, files=…)
shown = await cells.run("cell-2", on_event=…)
shown.run.output, shown.run.value, shown.trouble, cells.state("cell-1")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.labs.advice import advise
from tutor.labs.ending import Ending
from tutor.labs.explain import Trouble, explain
from tutor.labs.kernel import Event, Kernel, RunResult, with_fit
from tutor.labs.notebook import CellState, Notebook
from tutor.labs.sandbox.level import Level
from tutor.labs.sandbox.limits import Limits
from tutor.labs.trust import must_be_contained
from tutor.labs.work import files_of
from tutor.lessons.blocks import Lesson, Run

_IMPORTS = re.compile(r"\s*(?:import|from)\s")
_TRAINS = re.compile(r"\.step\(|\.backward\(|\.to\(|\bmodel\b")


def _is_half_loaded(run: RunResult) -> bool:
    """Return whether a run was stopped during an import: after that, PyTorch for one cannot be imported in the same
    process."""
    lines = run.failure.get("lines") if run.failure else None
    if run.ending not in (Ending.TIME, Ending.STOPPED) or not lines or lines[-1].get("file") != run.name:
        return False
    code = run.source.splitlines()
    number = int(lines[-1].get("line", 0))
    return 0 < number <= len(code) and _IMPORTS.match(code[number - 1]) is not None


@dataclass(frozen=True, slots=True)
class CellResult:
    """A cell's run, with an explanation of its exception, and advice if there was none."""

    run: RunResult
    trouble: Trouble | None = None
    advice: tuple[str, ...] = ()


class Cells:
    """The cells of a lesson by id, in order."""

    def __init__(
        self,
        sources: Mapping[str, str],
        *,
        files: Mapping[str, Path] | None = None,
        seconds: Mapping[str, float] | None = None,
        limits: Limits | None = None,
        level: Level | None = None,
    ) -> None:
        """``seconds`` are time limits by cell."""
        self.notebook = Notebook(dict(sources))
        self.kernel = Kernel(files=files, limits=limits, at_level=level)
        self._ids = tuple(sources)
        self._seconds = dict(seconds or {})
        self._steps = 0  # steps that the optimizers had taken when the child was last asked
        self._failed: set[str] = set()

    @classmethod
    def of_lesson(cls, lesson: Lesson, *, level: Level | None = None) -> Cells:
        """Return the cells of a lesson: its ``run`` blocks."""
        must_be_contained(lesson, level)
        blocks = [block for block in lesson.blocks if isinstance(block, Run)]
        paths = dict.fromkeys(path for block in blocks for path in (*lesson.files, *block.files))
        return cls(
            {block.id: block.code.fill() for block in blocks},
            files=files_of(tuple(paths), lesson.path.parent),
            seconds={block.id: block.time_limit for block in blocks},
            level=level,
        )

    def state(self, cell: str) -> CellState:
        """Return the cell's state now; ``notebook.why_stale`` says why it is stale."""
        return self.notebook.state(cell)

    def edit(self, cell: str, source: str) -> None:
        """Replace a cell's code with what the learner typed."""
        self.notebook.edit(cell, source)

    async def run(self, cell: str, on_event: Callable[[Event], None] = lambda _: None) -> CellResult:
        """Run a cell; its output is passed to ``on_event`` while it runs.

        Raises:
            SandboxError: This machine cannot run programs safely.
        """
        label, source = self.notebook.label(cell), self.notebook.source(cell)
        self.notebook.begin(cell)
        run: RunResult | None = None
        try:
            run = await self.kernel.run(source, name=label, seconds=self._seconds.get(cell), on_event=on_event)
            if _is_half_loaded(run):
                await self.kernel.close()
                run = replace(run, sentence=f"{run.sentence} A package was only half loaded: the cells begin afresh.")
        finally:
            if run is None or not self.kernel.is_alive:
                self.notebook.restart()
                self._steps = 0
            else:
                self.notebook.end(cell, is_ok=run.is_ok)
            (self._failed.discard if run is not None and run.is_ok else self._failed.add)(cell)
        if run.ending is Ending.STOPPED and self.kernel.is_alive:
            run = replace(run, sentence=f"{run.sentence} What the program had made until then is still there.")
        facts: Mapping[str, Any] | None = None
        if run.ending in (Ending.FINISHED, Ending.FAILED) and _TRAINS.search(source):
            answers = await self.kernel.look([{"ask": "facts"}, {"ask": "fit"}])
            facts = answers[0] if answers else None
            if run.is_ok:
                before, self._steps = self._steps, int((facts or {}).get("seen", {}).get("steps", 0))
                if self._steps > before:  # a cell that trained nothing has no fit to show
                    run = with_fit(run, answers)
            elif facts:  # what an exception cut short is no training to advise on
                facts = {"models": facts.get("models", ())}
        return CellResult(run, self._trouble(cell, run), advise(source, facts, run.output, run.failed_lines))

    async def restore(self, cell: str, kept: Callable[[str], str | None], say: Callable[[str], None]) -> None:
        """Run again the cells above one that had run before the tutor was left or the child ended; stop at a failure.

        ``kept`` gives the code that a cell last ran with, or None; ``say`` is called with the label of each cell.
        """
        for earlier in self.notebook.not_yet_run(cell):
            source = None if earlier in self._failed else kept(earlier)
            if source is None:
                continue
            say(self.notebook.label(earlier))
            self.edit(earlier, source)
            if not (await self.run(earlier)).run.is_ok:
                return

    async def begin_again(self) -> None:
        """Start with a new child, for instance after a package was installed that cells had missed."""
        await self.kernel.close()
        self.notebook.restart()
        self._steps = 0
        self._failed.clear()

    def _trouble(self, cell: str, run: RunResult) -> Trouble | None:
        if not run.failure or run.sentence:
            return None
        sources = {self.notebook.label(other): self.notebook.source(other) for other in self._ids}
        return explain(run.failure, sources, lambda name: self.notebook.maker(name, besides=cell))

    async def close(self) -> None:
        """End the child process."""
        await self.kernel.close()
