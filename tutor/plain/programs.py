"""Run cells and labs on plain lines: show the output while it is printed, then the result of each check."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from tutor.errors import TutorError
from tutor.labs import installing
from tutor.labs.cells import CellResult, Cells
from tutor.labs.checks import CheckResult, CheckState
from tutor.labs.extras import Extra, command
from tutor.labs.kernel import Event, Kernel, Printed
from tutor.labs.lab import LabResult, lab_kernel, start_lab
from tutor.labs.missing import missing, missing_in, sentence
from tutor.labs.output import MOST_LINES, Output
from tutor.lessons.blocks import Lab
from tutor.plain.blocks import code_lines
from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.session.model import ProgramView, Result, Verdict

Value = TypeVar("Value")

LAST_LINES = 20
"""How many of the last lines to show if there are more than ``MOST_LINES``."""


class Printing:
    """Shows what a program prints, each line as soon as it is complete."""

    def __init__(self, terminal: Terminal, stop: Callable[[], None]) -> None:
        """``stop`` ends the program if nothing can be written any more."""
        self._terminal = terminal
        self._stop = stop
        self._output = Output(sys.maxsize)  # without a limit, because the lines are taken out as they come
        self._said = 0
        self._held = 0
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    def __call__(self, event: Event) -> None:
        """Show an event of the run."""
        if isinstance(event, Printed):
            self._output.feed(event.text)
            try:
                self._add_lines(self._output.take())
            except OSError:  # raised here, it would only stop the reading; the next line raises it again
                self._stop()

    @property
    def has_said(self) -> bool:
        """Whether any line was shown."""
        return self._said > 0

    def finish(self, value: str | None = None) -> None:
        """Show the rest of the output: an unfinished line, the last of very many lines, and a cell's ``value``."""
        self._add_lines(self._output.lines)
        if left := self._held - len(self._last):
            self._terminal.say(f"    … ({left:,} more lines left out)")
        self._say(self._last)
        if value is not None:
            self._say(value.split("\n"))

    def _add_lines(self, lines: Sequence[str]) -> None:
        left = MOST_LINES - self._said
        self._say(lines[:left])
        self._held += len(lines[left:])
        self._last.extend(lines[left:])

    def _say(self, lines: Collection[str]) -> None:
        if lines and not self._said:
            self._terminal.say("It prints:")
        self._terminal.say_all(f"    {line}" for line in lines)
        self._said += len(lines)


class Programs:
    """Runs a lesson's programs; cells share their names until ``close``."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self._session = session
        self._terminal = terminal
        self._loop = asyncio.new_event_loop()
        self._cells: Cells | None = None
        self._lacking: Extra | None = None

    def close(self) -> None:
        """End the child processes."""
        if self._cells is not None:
            self._wait(self._cells.close())
            self._cells = None
        self._loop.close()

    def run(self, block: ProgramView) -> None:
        """Run the current program; if that is not possible here, say why."""
        try:
            if block.is_checked:
                self._lab(block)
            else:
                self._cell(block)
        except TutorError as error:
            self._terminal.say_filled(str(error), "  ")

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(work)

    @contextmanager
    def _running(self, kernel: Kernel) -> Iterator[Printing]:
        """Let Ctrl+C stop the program and not the tutor, if the platform supports it, and provide its ``Printing``."""
        self._terminal.say("Running. Ctrl+C stops it.")
        with self._on_interrupt(lambda: self._interrupt(kernel)):
            yield Printing(self._terminal, kernel.interrupt)

    @contextmanager
    def _on_interrupt(self, stop: Callable[[], object]) -> Iterator[None]:
        """Call ``stop`` on Ctrl+C, in place of ending the tutor, if the platform supports it."""
        refusals = (NotImplementedError, RuntimeError, ValueError)
        with suppress(*refusals):
            self._loop.add_signal_handler(signal.SIGINT, stop)
        try:
            yield
        finally:
            with suppress(*refusals):
                self._loop.remove_signal_handler(signal.SIGINT)

    def _interrupt(self, kernel: Kernel) -> None:
        if self._terminal.is_interactive:
            self._terminal.say()  # the terminal has written ^C on this line
        kernel.interrupt()

    def _source(self, block: ProgramView) -> str:
        return str(self._session.state(block.field.id).draft or "") or block.field.code

    def _cell(self, block: ProgramView) -> None:
        if self._cells is None:
            self._cells = Cells.of_lesson(self._session.lesson)
        source = self._source(block)
        self._cells.edit(block.id, source)
        with self._running(self._cells.kernel) as printing:
            say = self._terminal.say
            first = self._cells.restore(
                block.id,
                self._session.code_kept,
                lambda label: say(f"(Running {label} first, because this cell may need its names.)"),
            )
            self._wait(first)
            result = self._wait(self._cells.run(block.id, printing))
        printing.finish(result.run.value)
        if result.run.is_ok and not printing.has_said:
            self._terminal.say("  It ran, and printed nothing.")
        if extra := self._wait(missing(self._session.lesson, self._cells.kernel, result.trouble)):
            if block.output:
                self._terminal.say("It prints:")
                self._terminal.say_all(code_lines(block.output))
            self._say_missing(extra, is_lab=False, is_recorded=bool(block.output))
            # so that it is run before later cells once the package is installed
            self._session.finish(block.field.id, source, Result(Verdict.KEPT))
            return
        self._say_ending(result)
        self._advise(result.advice)
        self._session.finish(block.field.id, source, Result(Verdict.KEPT))

    def _lab(self, block: ProgramView) -> None:
        lesson, source = self._session.lesson, self._source(block)
        lab = lesson.block(block.id)
        assert isinstance(lab, Lab)
        kernel = lab_kernel(lab, lesson)
        with self._running(kernel) as printing:
            result = self._wait(start_lab(lab, source, lesson=lesson, kernel=kernel, on_event=printing))
        printing.finish()
        if extra := missing_in(result.trouble):
            self._say_missing(extra, is_lab=True, is_recorded=False)
            return
        self._say_ending(result)
        if self._session.is_sealed:
            self._terminal.say("  Kept.")
        else:
            self._say_checks(result)
        self._session.finish(block.field.id, source, result.mark)

    # -- a package that is missing ------------------------------------------------------------------------------------

    def _say_missing(self, extra: Extra, *, is_lab: bool, is_recorded: bool) -> None:
        self._lacking = extra
        how = ":install installs it, after asking."
        said = sentence(extra, is_lab=is_lab, is_recorded=is_recorded, how=how, command="")
        self._terminal.say_filled(said, "  ")
        self._terminal.say(f"    {command(extra)}")  # not wrapped, so that it can be copied

    def install(self) -> bool:
        """Ask, then install the package that the last program lacked; return whether it is installed now."""
        extra = self._lacking
        if extra is None:
            self._terminal.say("No program here has stopped because of a missing package.")
            return False
        try:
            where = installing.place(extra)
            installing.check(extra, where)
            if not where.is_there and not self._agrees_to_install(extra, where):
                return False
            done = where.is_there or self._wait(self._installed(extra, where))
        except TutorError as error:
            self._terminal.say_filled(str(error), "  ")
            return False
        if done and self._cells is not None:
            self._wait(self._cells.begin_again())
        return done

    def _agrees_to_install(self, extra: Extra, where: installing.Place) -> bool:
        question, _, line = installing.question(extra, where, command(extra, where.python)).partition("\n\n")
        self._terminal.say_filled(question)
        self._terminal.say(f"    {line}")
        return (self._terminal.ask("Type yes to install it: ") or "").strip().lower() in ("y", "yes")

    async def _installed(self, extra: Extra, where: installing.Place) -> bool:
        """Install the package and show each step on a line; return False if Ctrl+C stopped it."""
        said: set[str] = set()

        def tell(progress: installing.Progress) -> None:
            if progress.step not in said:
                said.add(progress.step)
                self._terminal.say(f"  {progress.step} …")

        self._terminal.say("Installing. Ctrl+C stops it.")
        at_work = asyncio.ensure_future(installing.install(extra, where, tell))
        try:
            with self._on_interrupt(at_work.cancel):
                await at_work
        except asyncio.CancelledError:
            self._terminal.say(f"Stopped. Nothing of {extra.title} was installed.")
            return False
        self._terminal.say(f"{extra.title} is installed.")
        return True

    def _say_checks(self, result: LabResult) -> None:
        if all(check.state is CheckState.NOT_REACHED for check in result.checks):
            self._terminal.say_filled("Nothing was checked: the program has to reach its end.", "  ")
        else:
            for number, check in enumerate(result.checks, 1):
                self._say_check(number, check)
        self._advise(result.advice)
        if result.run.is_ok:
            self._terminal.say_filled(result.sentence, "  ")

    def _say_check(self, number: int, check: CheckResult) -> None:
        said = f". {check.message}" if check.message and check.state is not CheckState.NOT_REACHED else ""
        title = self._terminal.in_line(check.title)
        self._terminal.say_filled(f"{number}. {check.state.value}: {title}{said}", "  ", "     ")

    def _say_ending(self, result: LabResult | CellResult) -> None:
        """Say how a run ended, and explain its error."""
        if result.run.sentence:
            self._terminal.say_filled(result.run.sentence, "  ")
        if result.trouble is not None:
            self._terminal.say_all(f"  {line}" for line in result.trouble.text.split("\n"))

    def _advise(self, advice: tuple[str, ...]) -> None:
        for line in advice:
            self._terminal.say_filled(line, "  ")
