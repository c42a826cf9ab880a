"""Run cells one after the other in a long-lived child process, in which they share their names.

    kernel = Kernel(files={"data/penguins.csv": path})
    result = await kernel.run("x = 2\\nx + 1", name="cell 1", on_event=show)
    result.value                                     # "3"
    await kernel.close()

The child starts with the first run, or earlier with ``await kernel.start()``, and is started again after it has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tutor.labs import messages
from tutor.labs.ending import Ending, ending_of, sentence
from tutor.labs.messages import BadMessage, Message
from tutor.labs.output import Cleaner, Output
from tutor.labs.sandbox.level import Level
from tutor.labs.sandbox.limits import Limits
from tutor.labs.sandbox.process import SandboxProcess

_GRACE = 1.0
"""How many seconds a program has to end after an interrupt."""

_LOOK_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Printed:
    """Text that the program printed, safe to show; a carriage return in it overwrites the line."""

    text: str


@dataclass(frozen=True, slots=True)
class Reported:
    """Epochs that the program reported: ``epoch``, ``total`` and ``figures`` by name."""

    points: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """How the model fits, as points to draw (see ``tutor.labs.sandbox.inside.fit.Fit``)."""

    fit: Mapping[str, Any]


Event = Printed | Reported | Fitted


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run. ``sentence`` says how it ended if the program did not end by itself; ``failure`` is the
    exception as plain data, for ``tutor.labs.explain``."""

    name: str
    source: str
    ending: Ending
    sentence: str = ""
    output: str = ""
    value: str | None = None
    failure: Mapping[str, Any] | None = None
    seconds: float = 0.0
    names: tuple[str, ...] = ()
    fit: Mapping[str, Any] | None = None

    @property
    def is_ok(self) -> bool:
        """Whether it ran to its end without an exception."""
        return self.ending is Ending.FINISHED

    @property
    def failed_lines(self) -> set[int]:
        """The numbers of its lines that the exception came through."""
        return {line["line"] for line in (self.failure or {}).get("lines", ()) if line["file"] == self.name}


@dataclass
class _Run:
    """The running cell and what is known about it so far."""

    name: str
    source: str
    mark: str
    on_event: Callable[[Event], None]
    output: Output = field(default_factory=Output)
    cleaner: Cleaner = field(default_factory=Cleaner)
    tail: bytes = b""
    value: str | None = None
    failure: Message | None = None
    done: Message | None = None
    is_marked: bool = False
    interrupted: Ending | None = None
    change: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _Look:
    """Questions that were sent to the child and are not answered yet."""

    questions: Sequence[Mapping[str, Any]]
    mark: str
    answers: asyncio.Future[list[Message]]


class Kernel:
    """The child process of one lesson. Runs one cell at a time; a second one waits for the first."""

    def __init__(
        self, *, files: Mapping[str, Path] | None = None, limits: Limits | None = None, at_level: Level | None = None
    ) -> None:
        self.files = dict(files or {})
        self.limits = limits or Limits()
        self._level = at_level
        self._box: SandboxProcess | None = None
        self._run: _Run | None = None
        self._asked: _Look | None = None
        self._turn = asyncio.Lock()
        self._paused_at: float | None = None
        self._pause_length = 0.0

    # -- the child ----------------------------------------------------------------------------------------------------

    @property
    def is_alive(self) -> bool:
        """Whether there is a child that holds the names of the cells run so far."""
        return self._box is not None and self._box.end is None

    @property
    def is_running(self) -> bool:
        """Whether a cell is running."""
        return self._run is not None

    @property
    def is_paused(self) -> bool:
        """Whether the running cell is paused."""
        return self._paused_at is not None

    async def start(self) -> None:
        """Start a child if none is running.

        Raises:
            SandboxError: No child can be started here.
        """
        if self.is_alive:
            return
        await self.close()
        box = await SandboxProcess.start(self._level, self.limits, self.files)
        box.on_message = self._take
        box.on_output = self._print
        self._box = box

    async def close(self) -> None:
        """End the child and all processes that it started; its names are lost."""
        if self._box is not None:
            await self._box.close()
            self._box = None

    restart = close

    # -- running ------------------------------------------------------------------------------------------------------

    async def run(
        self,
        source: str,
        *,
        name: str = "cell",
        seconds: float | None = None,
        on_event: Callable[[Event], None] = lambda _: None,
    ) -> RunResult:
        """Run ``source`` after what ran before; ``name`` is its file name in tracebacks. ``seconds`` limits
        the time that this run may take (default: ``limits.seconds``).

        Raises:
            SandboxError: No child can be started here.
        """
        async with self._turn:
            run = self._run = _Run(name, source, secrets.token_hex(8), on_event)
            allowed = self.limits.seconds if seconds is None else seconds
            try:
                await self.start()
                if run.interrupted is not None:  # while the child was starting
                    return RunResult(name, source, run.interrupted, sentence(run.interrupted, self.limits))
                box, begun = self._begin(run, allowed), time.monotonic()
                await self._until_done(box, run, allowed)
            except asyncio.CancelledError:
                if self._box is not None:
                    self._box.kill(Ending.STOPPED)
                raise
            finally:
                self._run = None
                self._paused_at = None
            if not box.gone.is_set() and box.end is not None:
                await box.gone.wait()
            result = self._result(box, run, replace(self.limits, seconds=allowed), time.monotonic() - begun)
            if not result.is_ok:
                await box.end_others()
            if box.end is not None:
                await self.close()
            return result

    def _begin(self, run: _Run, seconds: float) -> SandboxProcess:
        """Send a run to the child."""
        box = self._box
        assert box is not None
        box.printed = 0
        box.send("run", source=run.source, name=run.name, mark=run.mark, cpu=seconds * (self.limits.threads + 1))
        if self._paused_at is not None:
            box.send("pause")
        return box

    async def _until_done(self, box: SandboxProcess, run: _Run, seconds: float) -> None:
        """Wait for the end of the run. When its time is up, interrupt it, and kill it after ``_GRACE`` seconds."""
        deadline = time.monotonic() + seconds
        gone = asyncio.create_task(self._tell_when_gone(box, run))
        try:
            while not (run.done and (run.is_marked or not run.done["marked"])) and not box.gone.is_set():
                run.change.clear()
                if self._paused_at is not None:
                    await run.change.wait()
                    continue
                deadline, self._pause_length = deadline + self._pause_length, 0.0
                left = deadline - time.monotonic()
                if left <= 0:
                    run.interrupted = run.interrupted or Ending.TIME
                if run.interrupted and box.deadline is None:
                    box.send("interrupt", mark=run.mark)
                    box.deadline = time.monotonic() + _GRACE
                    await box.end_others()  # so that the program gets processor time to end
                    continue
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(run.change.wait(), left if left > 0 else _GRACE)
        finally:
            box.deadline = None
            gone.cancel()

    async def _tell_when_gone(self, box: SandboxProcess, run: _Run) -> None:
        await box.gone.wait()
        run.change.set()

    def _result(self, box: SandboxProcess, run: _Run, limits: Limits, seconds: float) -> RunResult:
        self._show(run, run.cleaner.feed(run.tail, is_last=True))
        ending = ending_of(run.failure, run.done, run.interrupted, box.end, box.status, box.crash)
        return RunResult(
            name=run.name,
            source=run.source,
            ending=ending,
            sentence=sentence(ending, limits, box.crash),
            output=run.output.text,
            value=run.value,
            failure=run.failure,
            seconds=float(run.done["seconds"]) if run.done else seconds,
            names=tuple(run.done["names"]) if run.done else (),
        )

    def interrupt(self) -> None:
        """Interrupt the running cell as Ctrl+C would, keeping its names. If it ignores this, the child is killed."""
        if self._run is not None and self._run.interrupted is None:
            self._run.interrupted = Ending.STOPPED
            self._unpause()

    def pause(self) -> None:
        """Pause the running cell and its time limit."""
        if self._run is not None and self._paused_at is None:
            self._paused_at = time.monotonic()
            if self._box is not None:
                self._box.send("pause")
            self._run.change.set()

    def go_on(self) -> None:
        """Continue a paused cell."""
        if self._paused_at is not None:
            if self._box is not None:
                self._box.send("continue")
            self._unpause()

    def _unpause(self) -> None:
        if self._paused_at is not None:
            self._pause_length += time.monotonic() - self._paused_at
            self._paused_at = None
        if self._run is not None:
            self._run.change.set()

    # -- looking ------------------------------------------------------------------------------------------------------

    async def look(self, questions: Sequence[Mapping[str, Any]], *, seconds: float = _LOOK_TIMEOUT) -> list[Message]:
        """Ask the child about what the program left, and return the answers.

        The list is empty if the child has ended or does not answer within ``seconds``, which ends it.
        """
        async with self._turn:
            box = self._box
            if box is None or box.end is not None:
                return []
            look = _Look(questions, secrets.token_hex(8), asyncio.get_running_loop().create_future())
            self._asked = look
            box.printed = 0
            box.send("look", questions=list(questions), mark=look.mark)
            gone = asyncio.create_task(box.gone.wait())
            try:
                await asyncio.wait((look.answers, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                self._asked = None
            if look.answers.done():
                return look.answers.result()
            look.answers.cancel()
            box.kill(Ending.TIME)
            await self.close()
            return []

    # -- what comes from the child ------------------------------------------------------------------------------------

    def _take(self, message: Message) -> None:
        """Handle a message about the present run or questions.

        Raises:
            BadMessage: The message belongs to neither.
        """
        kind, look, run = message["is"], self._asked, self._run
        if kind == "answers":
            if look is None or look.answers.done() or message["mark"] != look.mark:
                raise BadMessage("nothing was asked")
            look.answers.set_result(messages.answers(look.questions, message["answers"]))
            return
        if kind in ("value", "error", "done") and (run is None or message["mark"] != run.mark):
            raise BadMessage("nothing is running")
        if run is None:
            return
        if kind == "value":
            run.value = message["text"]
        elif kind == "error":
            run.failure = message
        elif kind == "report":
            run.on_event(Reported(tuple(message["points"])))
        elif kind == "fit":
            run.on_event(Fitted(message["fit"]))
        elif kind == "done":
            run.done = message
            run.change.set()
        else:
            raise BadMessage(f"{kind} is not for here")

    def _print(self, data: bytes) -> None:
        """Handle bytes of the program's output, which ends at the mark; the mark may arrive in pieces."""
        run = self._run
        if run is None or run.is_marked:
            return
        mark = f"\0{run.mark}\0".encode()
        run.tail += data
        before, found, _ = run.tail.partition(mark)
        if found:
            run.is_marked = True
            run.tail = b""
            self._show(run, run.cleaner.feed(before))
            run.change.set()
            return
        cut = run.tail.rfind(b"\0", -len(mark))
        cut = len(run.tail) if cut < 0 else cut
        before, run.tail = run.tail[:cut], run.tail[cut:]
        self._show(run, run.cleaner.feed(before))

    def _show(self, run: _Run, text: str) -> None:
        if text:
            run.output.feed(text)
            run.on_event(Printed(text))


def with_fit(result: RunResult, answers: Sequence[Message]) -> RunResult:
    """Return the result with the fit from the answers that were requested after the run."""
    fits = [answer["fit"] for answer in answers if answer.get("fit")]
    return replace(result, fit=fits[0]) if fits else result
