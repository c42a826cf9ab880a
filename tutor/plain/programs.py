"""Cells and labs on plain lines: run, show what was printed, say what each check said."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from tutor.errors import TutorError
from tutor.labs import without_torch
from tutor.labs.cells import Cells
from tutor.labs.checks import NOT_REACHED, CheckResult
from tutor.labs.explain import Trouble
from tutor.labs.kernel import Kernel
from tutor.labs.lab import LabResult, lab_kernel, start_lab
from tutor.labs.without_torch import lacks_torch, wants_torch
from tutor.lessons.blocks import Lab
from tutor.plain.blocks import code_lines
from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.session.model import LabView, Result, RunView, Verdict

Value = TypeVar("Value")


class Programs:
    """Runs a lesson's programs; its cells share their names until it is closed."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self._session = session
        self._terminal = terminal
        self._loop = asyncio.new_event_loop()
        self._cells: Cells | None = None

    def close(self) -> None:
        """End every child."""
        if self._cells is not None:
            self._wait(self._cells.close())
            self._cells = None
        self._loop.close()

    def run(self, block: RunView | LabView) -> None:
        """Run the program as it stands; what can't be run here is said."""
        try:
            if isinstance(block, RunView):
                self._cell(block)
            else:
                self._lab(block)
        except TutorError as error:
            self._terminal.say_filled(str(error), "  ")

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(work)

    @contextmanager
    def _running(self, kernel: Kernel) -> Iterator[None]:
        """Ctrl+C stops the program, not the tutor, where the platform can hand it on."""
        self._terminal.say("Running. Ctrl+C stops it.")
        refusals = (NotImplementedError, RuntimeError, ValueError)
        with suppress(*refusals):
            self._loop.add_signal_handler(signal.SIGINT, kernel.interrupt)
        try:
            yield
        finally:
            with suppress(*refusals):
                self._loop.remove_signal_handler(signal.SIGINT)

    def _source(self, block: RunView | LabView) -> str:
        return str(self._session.state(block.field.id).draft or "") or block.field.code

    def _cell(self, block: RunView) -> None:
        if self._cells is None:
            self._cells = Cells.of_lesson(self._session.lesson)
        source = self._source(block)
        self._cells.edit(block.id, source)
        with self._running(self._cells.kernel):
            result = self._wait(self._cells.run(block.id))
        if self._wait(lacks_torch(self._session.lesson, self._cells.kernel, result.trouble)):
            self._printed(block.output)
            self._terminal.say_filled(without_torch.CELL, "  ")
            return
        self._printed(result.run.output)
        if result.run.sentence:
            self._terminal.say_filled(result.run.sentence, "  ")
        if result.trouble is not None:
            self._say_trouble(result.trouble)
        self._advise(result.advice)
        self._session.finish(block.field.id, source, Result(Verdict.KEPT))

    def _lab(self, block: LabView) -> None:
        lesson, source = self._session.lesson, self._source(block)
        lab = lesson.block(block.id)
        assert isinstance(lab, Lab)
        kernel = lab_kernel(lab, lesson)
        with self._running(kernel):
            result = self._wait(start_lab(lab, source, lesson=lesson, kernel=kernel))
        if wants_torch(result.trouble):
            self._terminal.say_filled(without_torch.LAB, "  ")
            return
        self._printed(result.run.output)
        for number, check in enumerate(result.checks, 1):
            self._say_check(number, check)
        if result.trouble is not None:
            self._say_trouble(result.trouble)
        self._advise(result.advice)
        if result.trouble is None or result.run.sentence:  # else its first line is the sentence
            self._terminal.say_filled(result.sentence, "  ")
        self._session.finish(block.field.id, source, lab_mark(result))

    def _say_check(self, number: int, check: CheckResult) -> None:
        is_reached = check.message != NOT_REACHED
        missing = "not there yet" if is_reached else "not reached"
        state = "passed" if check.passed else missing if check.is_open else "failed"
        said = f". {check.message}" if check.message and is_reached else ""
        self._terminal.say_filled(f"{number}. {state}: {self._terminal.in_line(check.title)}{said}", "  ", "     ")

    def _printed(self, output: str) -> None:
        if output:
            self._terminal.say("It prints:")
            self._terminal.say_all(code_lines(output))

    def _say_trouble(self, trouble: Trouble) -> None:
        self._terminal.say_all(f"  {line}" for line in trouble.text.split("\n"))

    def _advise(self, advice: tuple[str, ...]) -> None:
        for line in advice:
            self._terminal.say_filled(line, "  ")


def lab_mark(result: LabResult) -> Result:
    """What a lab's run comes to as an answer: right when every check passed."""
    verdict = Verdict.CORRECT if result.passed else Verdict.WRONG
    return Result(verdict, result.sentence)
