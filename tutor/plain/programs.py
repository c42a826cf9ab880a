"""Cells and labs on plain lines: run, say what is printed as it is printed, then what each check said."""

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
from tutor.labs.cells import Cells
from tutor.labs.checks import CheckResult, CheckState
from tutor.labs.explain import Trouble
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
"""Of more lines than ``MOST_LINES``, so many at the end are said too."""


class Printing:
    """Says what a program prints, each line as soon as it is whole."""

    def __init__(self, terminal: Terminal, stop: Callable[[], None]) -> None:
        """``stop`` ends the program, where nobody reads any more."""
        self._terminal = terminal
        self._stop = stop
        self._output = Output(sys.maxsize)  # none need be dropped: they are taken out as they come
        self._said = 0
        self._held = 0
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    def __call__(self, event: Event) -> None:
        """An event of the run."""
        if isinstance(event, Printed):
            self._output.feed(event.text)
            try:
                self._hear(self._output.take())
            except OSError:  # raised here it would end nothing but the reading; the next word says it again
                self._stop()

    @property
    def has_said(self) -> bool:
        """Whether there was anything to say."""
        return self._said > 0

    def finish(self, value: str | None = None) -> None:
        """Finish the run: print a line without an end, the last of very many, and the ``value`` of a cell's last
        line."""
        self._hear(self._output.lines)
        if left := self._held - len(self._last):
            self._terminal.say(f"    … ({left:,} more lines left out)")
        self._say(self._last)
        if value is not None:
            self._say(value.split("\n"))

    def _hear(self, lines: Sequence[str]) -> None:
        room = MOST_LINES - self._said
        self._say(lines[:room])
        self._held += len(lines[room:])
        self._last.extend(lines[room:])

    def _say(self, lines: Collection[str]) -> None:
        if lines and not self._said:
            self._terminal.say("It prints:")
        self._terminal.say_all(f"    {line}" for line in lines)
        self._said += len(lines)


class Programs:
    """Runs a lesson's programs; its cells share their names until it is closed."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self._session = session
        self._terminal = terminal
        self._loop = asyncio.new_event_loop()
        self._cells: Cells | None = None
        self._lacking: Extra | None = None

    def close(self) -> None:
        """End every child."""
        if self._cells is not None:
            self._wait(self._cells.close())
            self._cells = None
        self._loop.close()

    def run(self, block: ProgramView) -> None:
        """Run the program as it stands; what cannot be run here is said."""
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
        """Ctrl+C stops the program, not the tutor, where the platform can hand it on."""
        self._terminal.say("Running. Ctrl+C stops it.")
        refusals = (NotImplementedError, RuntimeError, ValueError)
        with suppress(*refusals):
            self._loop.add_signal_handler(signal.SIGINT, self._interrupt, kernel)
        try:
            yield Printing(self._terminal, kernel.interrupt)
        finally:
            with suppress(*refusals):
                self._loop.remove_signal_handler(signal.SIGINT)

    def _interrupt(self, kernel: Kernel) -> None:
        if self._terminal.is_interactive:
            self._terminal.say()  # it has written ^C on this line
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
                block.id, self._session.code_kept, lambda label: say(f"({label} first, for what it makes.)")
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
            # so that it runs before what needs it, once the package is there
            self._session.finish(block.field.id, source, Result(Verdict.KEPT))
            return
        if result.run.sentence:
            self._terminal.say_filled(result.run.sentence, "  ")
        if result.trouble is not None:
            self._say_trouble(result.trouble)
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
        if result.run.sentence:
            self._terminal.say_filled(result.run.sentence, "  ")
        if result.trouble is not None:
            self._say_trouble(result.trouble)
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
        self._terminal.say(f"    {command(extra)}")  # not filled: it is to be copied

    def install(self) -> bool:
        """Install the package that the last program lacked, after asking; return whether it is there."""
        extra = self._lacking
        if extra is None:
            self._terminal.say("No program here has stopped for want of a package.")
            return False
        try:
            where = installing.place(extra)
            installing.check(extra, where)
            if not where.is_there and not self._wants(extra, where):
                return False
            done = where.is_there or self._wait(self._installed(extra, where))
        except TutorError as error:
            self._terminal.say_filled(str(error), "  ")
            return False
        if done and self._cells is not None:
            self._wait(self._cells.begin_again())
        return done

    def _wants(self, extra: Extra, where: installing.Place) -> bool:
        question, _, line = installing.question(extra, where, command(extra, where.python)).partition("\n\n")
        self._terminal.say_filled(question)
        self._terminal.say(f"    {line}")
        return (self._terminal.ask("Type yes to install it: ") or "").strip().lower() in ("y", "yes")

    async def _installed(self, extra: Extra, where: installing.Place) -> bool:
        """Install it, each step on a line of its own; Ctrl+C stops it."""
        said: set[str] = set()

        def tell(progress: installing.Progress) -> None:
            if progress.step not in said:
                said.add(progress.step)
                self._terminal.say(f"  {progress.step} …")

        self._terminal.say("Installing. Ctrl+C stops it.")
        at_work = asyncio.ensure_future(installing.install(extra, where, tell))
        refusals = (NotImplementedError, RuntimeError, ValueError)
        with suppress(*refusals):
            self._loop.add_signal_handler(signal.SIGINT, at_work.cancel)
        try:
            await at_work
        except asyncio.CancelledError:
            self._terminal.say(f"Stopped. Nothing of {extra.title} was installed.")
            return False
        finally:
            with suppress(*refusals):
                self._loop.remove_signal_handler(signal.SIGINT)
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

    def _say_trouble(self, trouble: Trouble) -> None:
        self._terminal.say_all(f"  {line}" for line in trouble.text.split("\n"))

    def _advise(self, advice: tuple[str, ...]) -> None:
        for line in advice:
            self._terminal.say_filled(line, "  ")
