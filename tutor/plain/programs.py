"""Cells and labs on plain lines: run, show what was printed, say what each check said."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

from tutor.errors import TutorError
from tutor.labs import without_torch
from tutor.labs.cells import Cells
from tutor.labs.explain import Trouble
from tutor.labs.lab import LabResult, start_lab
from tutor.labs.without_torch import lacks_torch, wants_torch
from tutor.lessons.blocks import Lab
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

    def __enter__(self) -> Programs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

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
            self._terminal.say(f"  {error}")

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(work)

    def _source(self, block: RunView | LabView) -> str:
        return str(self._session.state(block.field.id).draft or "") or block.field.code

    def _cell(self, block: RunView) -> None:
        if self._cells is None:
            self._cells = Cells.of_lesson(self._session.lesson)
        source = self._source(block)
        self._cells.edit(block.id, source)
        result = self._wait(self._cells.run(block.id))
        if self._wait(lacks_torch(self._session.lesson, self._cells.kernel, result.trouble)):
            self._printed(block.output)
            self._terminal.say(f"  {without_torch.CELL}")
            return
        self._printed(result.run.output)
        if result.run.sentence:
            self._terminal.say(f"  {result.run.sentence}")
        if result.trouble is not None:
            self._say_trouble(result.trouble)
        self._terminal.say_all(f"  {line}" for line in result.advice)
        self._session.finish(block.field.id, source, Result(Verdict.KEPT))

    def _lab(self, block: LabView) -> None:
        lesson, source = self._session.lesson, self._source(block)
        lab = lesson.block(block.id)
        assert isinstance(lab, Lab)
        result = self._wait(start_lab(lab, source, lesson=lesson))
        if wants_torch(result.trouble):
            self._terminal.say(f"  {without_torch.LAB}")
            return
        self._printed(result.run.output)
        for check in result.checks:
            said = f": {check.message}" if check.message and not check.passed else ""
            self._terminal.say(f"  {'✓' if check.passed else '✗'} {check.title}{said}")
        if result.trouble is not None:
            self._say_trouble(result.trouble)
        self._terminal.say_all(f"  {line}" for line in result.advice)
        self._terminal.say(f"  {result.sentence}")
        self._session.finish(block.field.id, source, lab_mark(result))

    def _printed(self, output: str) -> None:
        if output:
            self._terminal.say("prints:")
            self._terminal.say_all(f"    {line}" for line in output.rstrip("\n").split("\n"))

    def _say_trouble(self, trouble: Trouble) -> None:
        self._terminal.say_all(f"  {line}" for line in trouble.text.split("\n"))


def lab_mark(result: LabResult) -> Result:
    """What a lab's run comes to as an answer: right when every check passed."""
    verdict = Verdict.CORRECT if result.passed else Verdict.WRONG
    return Result(verdict, result.sentence)
