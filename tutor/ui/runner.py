"""Run a lesson's cells and labs for a screen: one kernel is kept for its cells, each lab gets a fresh one.

Everything here runs on the screen's event loop; the programs run in child processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tutor.errors import SandboxError
from tutor.labs.cells import CellResult, Cells
from tutor.labs.kernel import Event, Kernel, Printed, Reported
from tutor.labs.lab import LabResult, lab_kernel, start_lab
from tutor.labs.missing import missing, missing_in
from tutor.labs.notebook import CellState
from tutor.labs.progress import Progress, total_in
from tutor.labs.sandbox.level import level
from tutor.lessons.blocks import Lab
from tutor.session.model import Result, Verdict
from tutor.ui.blocks.code import CodeBlock
from tutor.ui.screens.base import while_there

if TYPE_CHECKING:
    from tutor.session import Session
    from tutor.ui.widgets.training import Training

RECORDED = "This is the output as recorded."


class Watch:
    """Shows the events of one run in its block. A training gets a view when it first reports something."""

    def __init__(self, block: CodeBlock) -> None:
        self.block = block
        self.progress = Progress(total=total_in(block.code.editor.text))
        self._view: Training | None = None
        self._has_requested_view = False
        self._making = asyncio.Lock()
        self._has_shown = False

    def __call__(self, event: Event) -> None:
        """Show an event of the run."""
        if isinstance(event, Printed):
            self.block.output.write(event.text)
            self.progress.feed(event.text)
        elif isinstance(event, Reported):
            self.progress.report(event.points)
        elif self._view is not None:
            self.block.call_later(self.show_fit, event.fit)
        if self.progress.is_training and not self._has_requested_view:
            self._has_requested_view = True
            self.block.call_later(self.show_fit, None)
        if not self._has_shown:
            self._has_shown = True
            self.block.follow(self.block.output)

    async def show_fit(self, fit: Mapping[str, object] | None) -> None:
        """Draw the progress of a training and how the model fits. A program that reported nothing may have a fit all
        the same."""
        if not self._has_requested_view and fit is None:
            return
        with while_there(self.block):
            view = await self._training()
            view.draw_progress()
            if fit is not None:
                await view.show_fit(fit)

    async def _training(self) -> Training:
        async with self._making:  # the program may end while the view is being made
            if self._view is None:
                self._has_requested_view = True
                self._view = await self.block.training(self.progress)
                self.block.follow(self._view)
            return self._view


class Runner:
    """Runs the programs of one lesson."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._cells: Cells | None = None
        self._running: Kernel | None = None
        self._recorded: set[str] = set()

    @property
    def cells(self) -> Cells:
        """The lesson's cells, with the one kernel that they share."""
        if self._cells is None:
            self._cells = Cells.of_lesson(self.session.lesson)
        return self._cells

    @property
    def is_running(self) -> bool:
        """Whether a program is running."""
        return self._running is not None

    def interrupt(self) -> None:
        """Stop the running program."""
        if self._running is not None:
            self._running.interrupt()

    def pause(self) -> bool:
        """Pause the running program, or resume it. Return whether it is paused now."""
        kernel = self._running
        if kernel is None:
            return False
        if kernel.is_paused:
            kernel.go_on()
        else:
            kernel.pause()
        return kernel.is_paused

    async def close(self) -> None:
        """End the child processes."""
        if self._cells is not None:
            await self._cells.close()
        if self._running is not None:
            await self._running.close()

    async def begin_again(self) -> None:
        """Forget which cells failed because a package was missing, now that it is installed."""
        self._recorded.clear()
        if self._cells is not None:
            await self._cells.begin_again()

    # -- running ------------------------------------------------------------------------------------------------------

    async def run(self, block: CodeBlock, source: str) -> Result | None:
        """Run a block's program and show its output.

        Return the mark of a lab, or that a cell has run; None if nothing could be checked. If the page is turned
        meanwhile, nothing more is shown, but the mark is kept.
        """
        watch = Watch(block)
        try:
            with while_there(block):
                await block.clear()
                block.code.show_running(True)
            chosen = await asyncio.to_thread(level)
            with while_there(block):
                block.code.say(f"running {chosen.short} …")
                block.show_level("" if chosen.is_isolated else f"{chosen.sentence} {chosen.better}")
            return await (self._run_lab if block.code.is_lab else self._run_cell)(block, source, watch)
        except SandboxError as error:
            with while_there(block):
                self._show_recorded(block, str(error))
            return None
        finally:
            self._running = None
            with while_there(block):
                block.code.show_running(False)
                block.show_end()

    async def run_above(self, block: CodeBlock) -> None:
        """Run the cells above a block's, in order, until one fails. Say in the block how far it came."""
        notebook, said = self.cells.notebook, ("✓ all above have run", "$success")
        try:
            with while_there(block):
                block.code.show_running(True)
            self._running = self.cells.kernel
            for cell in notebook.above(block.view.id):
                _say_again(block, notebook.label(cell))
                state = self.session.state(cell)
                source = state.draft if isinstance(state.draft, str) and state.draft else self.session.field(cell).code
                self.cells.edit(cell, source)
                result = await self.cells.run(cell)
                self.session.finish(cell, source, Result(Verdict.KEPT))
                if not result.run.is_ok:
                    said = (f"✗ {notebook.label(cell)} failed", "$error")
                    with while_there(block):
                        block.output.finish(result.run.value, result.run.sentence, result.trouble, result.advice)
                    break
        except SandboxError as error:
            said = ("! not run", "$warning")
            with while_there(block):
                self._show_recorded(block, str(error))
        finally:
            self._running = None
            with while_there(block):
                block.code.show_running(False)
        with while_there(block):
            block.code.say(*said)

    async def _run_cell(self, block: CodeBlock, source: str, watch: Watch) -> Result:
        cells = self.cells
        self._running = cells.kernel
        await cells.restore(block.view.id, self.session.code_kept, partial(_say_again, block))
        cells.edit(block.view.id, source)
        result: CellResult = await cells.run(block.view.id, watch)
        run = result.run
        with while_there(block):
            block.output.finish(run.value, run.sentence, result.trouble, result.advice)
        self._recorded.discard(block.view.id)
        if extra := await missing(self.session.lesson, cells.kernel, result.trouble):
            self._recorded.add(block.view.id)
            with while_there(block):
                await block.show_missing(extra)
        await watch.show_fit(run.fit)
        return Result(Verdict.KEPT)

    async def _run_lab(self, block: CodeBlock, source: str, watch: Watch) -> Result | None:
        lesson = self.session.lesson
        lab = lesson.block(block.view.id)
        assert isinstance(lab, Lab)
        self._running = lab_kernel(lab, lesson)
        result = await start_lab(lab, source, lesson=lesson, kernel=self._running, on_event=watch)
        if extra := missing_in(result.trouble):
            with while_there(block):
                await block.show_missing(extra)
                block.code.say("not checked", "$warning")
            return None
        with while_there(block):
            block.output.finish(result.run.value, result.run.sentence, result.trouble, result.advice)
            self._say_checked(block, result)
        await watch.show_fit(result.run.fit)
        return result.mark

    def _say_checked(self, block: CodeBlock, result: LabResult) -> None:
        """Show what a lab's checks said; in an exam, only that the program was kept."""
        if self.session.is_sealed:
            block.code.say("kept")
            return
        block.show_checks(result.checks)
        said = "stopped by an error" if result.trouble is not None else result.sentence
        block.code.say(said, "$success" if result.passed else "$warning")

    def _show_recorded(self, block: CodeBlock, why: str) -> None:
        recorded = getattr(block.view, "output", "")
        block.output.show_recorded(recorded, f"{why} {RECORDED}" if recorded else why)
        block.code.say("")

    def show_states(self, blocks: Iterable[CodeBlock]) -> None:
        """Say of each cell whether it has run, and whether it is stale."""
        words = {CellState.FRESH: ("✓ ran", "$success"), CellState.FAILED: ("✗ failed", "$error")}
        for block in blocks:
            if block.code.is_lab or self._cells is None:
                continue
            state = self._cells.state(block.view.id)
            if block.view.id in self._recorded:
                block.code.say("not run")
            elif state is CellState.STALE:
                block.code.say(f"! {self._cells.notebook.why_stale(block.view.id)}", "$warning")
            else:
                block.code.say(*words.get(state, ("", "")))


def _say_again(block: CodeBlock, label: str) -> None:
    with while_there(block):
        block.code.say(f"running {label} again, for what it makes …")
