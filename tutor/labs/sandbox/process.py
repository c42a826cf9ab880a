"""Run one child: talk to it, watch its time, memory and files, and end it, whatever its program does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutor.errors import SandboxError
from tutor.labs.ending import Ending
from tutor.labs.messages import BadMessage, Message, read
from tutor.labs.sandbox import cgroup, leftovers
from tutor.labs.sandbox.inside import folder
from tutor.labs.sandbox.inside.sharing import descendants
from tutor.labs.sandbox.launch import Launch, launch
from tutor.labs.sandbox.level import Isolation, Level
from tutor.labs.sandbox.level import level as best_level
from tutor.labs.sandbox.limits import Limits
from tutor.labs.usage import HAS_PROC, Meter, others, processes_of_mine

_WATCH_EVERY = 0.05
_WATCH_MEMORY_EVERY, _WATCH_MEMORY_CLOSELY_EVERY = 0.1, 0.02
_MEASURE_FILES_EVERY, _MEASURE_FILES_CLOSELY_EVERY = 0.2, 0.05
_FILES_WAIT_FACTOR = 5
"""How many times longer than a measurement of the files takes to wait until the next."""
_START_TIMEOUT = 20.0
_STRAYS_AFTER = 0.5
_LONGEST_MESSAGE = 16 << 20
_WORK, _WORK_DONE = ("run", "look", "check"), ("done", "answers", "checked")
_TURNS_TO_END_OTHERS = 50
_FOLLOW_EVERY = 20
_OUR_PROCESSES = 8
"""Allowance for processes and threads that are not the program's: bubblewrap, the supervisor, the listener."""


async def _begin(started: Launch) -> asyncio.subprocess.Process:
    """Start a child's process; remove its folder if that fails or is cancelled."""
    options: dict[str, Any] = {} if sys.platform == "win32" else {"start_new_session": True}
    try:
        return await asyncio.create_subprocess_exec(
            *started.command,
            json.dumps(started.plan),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(started.environment),
            cwd=started.folder,
            limit=_LONGEST_MESSAGE,
            **options,
        )
    except BaseException:
        if started.folder is not None:
            folder.remove(str(started.folder))
        raise


@lru_cache(maxsize=1)
def _sweep_once() -> None:
    """Remove what dead tutors left behind, when this tutor starts its first child."""
    leftovers.sweep()
    cgroup.sweep()


class SandboxProcess:
    """A child at a level and with limits.

    Start it with ``await SandboxProcess.start(…)``. ``on_message`` receives its answers, ``on_output`` the bytes that
    its program prints. When ``end`` is set, the child and everything that it started is ended, then ``gone`` is set.
    """

    def __init__(self, process: asyncio.subprocess.Process, started: Launch, level: Level, limits: Limits) -> None:
        self.level = level
        self.limits = limits
        self.token = started.token
        self.end: Ending | None = None
        self.status: int | None = None
        self.crash = ""
        self.deadline: float | None = None
        self.on_message: Callable[[Message], None] = lambda _: None
        self.on_output: Callable[[bytes], None] = lambda _: None
        self.gone = asyncio.Event()
        self.printed = 0
        self._ready = asyncio.Event()
        self._child = 0
        self._group: Path | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._process = process
        self._launch = started
        self._meter = Meter(process.pid)
        self._turn = 0
        self._is_working = False
        self._tasks = [asyncio.create_task(work) for work in (self._read_output(), self._read_messages())]
        bounds = [self._clock, self._memory, *([self._files] if started.folder is not None else [])]
        self._watchers = [asyncio.create_task(self._watch(each)) for each in bounds]
        self._closer = asyncio.create_task(self._wait())

    @classmethod
    async def start(
        cls, at_level: Level | None, limits: Limits, files: Mapping[str, Path] | None = None
    ) -> SandboxProcess:
        """Start a child, by default at the best level of this machine, and wait until it has given up its rights.

        Raises:
            SandboxError: The child cannot be started safely.
        """
        level = at_level if at_level is not None else await asyncio.to_thread(best_level)
        try:
            started = launch(level, limits, files or {})
            beginning = asyncio.ensure_future(_begin(started))
            try:
                process = await asyncio.shield(beginning)
            except asyncio.CancelledError:
                # asyncio alone would wait for pipes that bubblewrap's inner process holds open
                await cls(await beginning, started, level, limits).close()
                raise
        except OSError as error:
            raise SandboxError(f"The program could not be started: {error}.", hint="Try tutor doctor.") from error
        box = cls(process, started, level, limits)
        ready, gone = asyncio.create_task(box._ready.wait()), asyncio.create_task(box.gone.wait())
        try:
            await asyncio.wait((ready, gone), timeout=_START_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
            was_ready = ready.done()
        except asyncio.CancelledError:  # no caller has the box to close it
            await box.close()
            raise
        finally:
            ready.cancel()
            gone.cancel()
        if not was_ready:
            await box.close()
            why = box.crash.strip().splitlines()
            raise SandboxError(
                f"The program could not be started safely: {why[-1] if why else 'its Python does not answer'}.",
                hint="tutor doctor says what is missing.",
            )
        box._group = cgroup.around(descendants(process.pid), limits, started.token) if HAS_PROC else None
        box._sweeping = asyncio.create_task(asyncio.to_thread(_sweep_once))
        return box

    # -- talking ------------------------------------------------------------------------------------------------------

    def send(self, do: str, **what: object) -> None:
        """Send the child a command; nothing happens if it is gone."""
        self._is_working = self._is_working or do in _WORK
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            with contextlib.suppress(OSError):
                self._process.stdin.write((json.dumps({"do": do, **what}) + "\n").encode())

    async def _read_output(self) -> None:
        assert self._process.stdout is not None
        while data := await self._process.stdout.read(65_536):
            if self.end is not None:
                continue
            self.printed += len(data)
            self.on_output(data)
            if self.printed > self.limits.output:
                self.kill(Ending.OUTPUT)

    async def _read_messages(self) -> None:
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:  # the line is longer than any message of ours
                self.kill(Ending.OUTPUT)
                return
            if not line:
                return
            self._take(line)

    def _take(self, line: bytes) -> None:
        """Handle a line from the child; one that is no message ends it, unless it is Python's report of a crash."""
        try:
            message = read(line)
        except BadMessage:
            self.crash = (self.crash + line.decode(errors="replace"))[-4_000:]
            if self._ready.is_set() and "Fatal Python error" not in self.crash:
                self.kill(Ending.CRASHED)
            return
        if message["is"] == "ready" and not self._ready.is_set():
            self._child = self._meter.group = message["process"]
            self._follow_other_processes()
            self._ready.set()
        elif message["is"] == "refused" and not self._ready.is_set():
            self.crash = message["why"]
        elif self.end is None:
            self._is_working = self._is_working and message["is"] not in _WORK_DONE
            try:
                self.on_message(message)
            except BadMessage:
                self.kill(Ending.CRASHED)

    # -- ending -------------------------------------------------------------------------------------------------------

    def kill(self, why: Ending) -> None:
        """End the child and all that it started at once."""
        if self.end is None:
            self.end = why
        if self._process.returncode is not None:
            return
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(self._process.pid)], capture_output=True, check=False)
            return
        if self._group is not None:
            cgroup.kill(self._group)
        # do not wait for the supervisor: on a busy machine its turn may come too late to save memory
        is_boxed = self.level.isolation is Isolation.BUBBLEWRAP
        # a namespace ends with its first process; kill that too, because nobody waits for its end
        for process in descendants(self._process.pid)[1:2] if is_boxed else self._program_and_descendants():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        # bubblewrap ends its namespace; otherwise the supervisor ends the program and its descendants
        self._end_first(gently=not is_boxed)

    def _end_first(self, *, gently: bool = False) -> None:
        """Send the first process the signal to end.

        The methods of asyncio's process would poll it first, and so take its status from the code that waits for it.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.kill(self._process.pid, signal.SIGTERM if gently else signal.SIGKILL)

    def _kill_strays(self) -> None:
        """Kill every process that has the child's token."""
        leftovers.kill(lambda token: token == self.token)

    async def end_others(self) -> None:
        """End what the program started and left running, but keep the child with its names.

        The processes are stopped first, because a fork bomb would outrun the kills.
        """
        for _ in range(_TURNS_TO_END_OTHERS):
            left = others(self._process.pid, self._child) if self.end is None else []
            if not left:
                self.send("reap")
                return
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for process in left:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(process, number)
            await asyncio.sleep(0.01)
        self.kill(Ending.STOPPED)

    async def close(self) -> None:
        """End the child and wait until all its processes are gone and its files are removed."""
        self.kill(Ending.STOPPED)
        ended = asyncio.shield(self._closer)  # the caller may be cancelled, but not the end of the child
        while not ended.done():
            # if bubblewrap is killed while it sets up the sandbox, its inner process survives and keeps the pipes open
            await asyncio.wait([ended], timeout=_STRAYS_AFTER)
            if not ended.done():
                if self._process.returncode is None:
                    self._end_first()
                self._kill_strays()
        await ended

    async def _wait(self) -> None:
        self.status = await self._process.wait()
        if self.status < 0 and self.level.isolation is not Isolation.BUBBLEWRAP:  # the supervisor was killed
            self._kill_strays()
        # surviving processes hold the pipes open
        _, open_pipes = await asyncio.wait(self._tasks, timeout=_STRAYS_AFTER)
        if open_pipes:
            self._kill_strays()
            await asyncio.wait(self._tasks, timeout=_STRAYS_AFTER)
        for task in (*self._tasks, *self._watchers):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._watchers, return_exceptions=True)
        self.end = self.end or Ending.GONE
        if self._group is not None:
            await asyncio.to_thread(cgroup.remove, self._group)
        if self._launch.folder is not None:
            await asyncio.to_thread(folder.remove, str(self._launch.folder))
        if self._process.stdin is not None:
            self._process.stdin.close()
        self.gone.set()

    async def _watch(self, bounds: Callable[[], Awaitable[Ending | float]]) -> None:
        """Check limits repeatedly; end the child if one is exceeded or the check fails.

        ``bounds`` returns which limit is exceeded, or after how many seconds to check again.
        """
        try:
            while self.end is None:
                found = await bounds()
                if isinstance(found, Ending):
                    self.kill(found)
                else:
                    await asyncio.sleep(found)
        except Exception:  # after any error the child must not run unwatched
            self.kill(Ending.STOPPED)
            raise

    async def _clock(self) -> Ending | float:
        """Check the limits on time and on the number of processes."""
        self._turn += 1
        if self.deadline is not None and time.monotonic() > self.deadline:
            return Ending.TIME
        if self._turn % (2 if HAS_PROC else 10) == 0:
            if self._meter.count() > 2 * self.limits.processes + _OUR_PROCESSES:
                return Ending.PROCESSES
            if self._turn % _FOLLOW_EVERY == 0:
                self._follow_other_processes()
        return _WATCH_EVERY

    async def _memory(self) -> Ending | float:
        """Check the limit on the memory of all processes together; the kernel limits each single process."""
        most = self.limits.all_memory
        held = self._meter.memory(most)
        if held > most:
            return Ending.MEMORY
        if not HAS_PROC:
            return 5 * _WATCH_MEMORY_EVERY
        if self._group is not None:  # the kernel limits their sum
            return _WATCH_MEMORY_EVERY
        is_close = self._is_working or len(self._program_and_descendants()) > 1
        return _WATCH_MEMORY_CLOSELY_EVERY if is_close else _WATCH_MEMORY_EVERY

    def _program_and_descendants(self) -> list[int]:
        """Return the program's process and its descendants, without the supervisor and bubblewrap."""
        if not HAS_PROC or not self._child:
            return []
        return descendants(self._process.pid)[2 if self.level.isolation is Isolation.BUBBLEWRAP else 1 :]

    def _follow_other_processes(self) -> None:
        """Adapt the limit on processes to this user's other processes, which the kernel counts too."""
        if sys.platform != "linux" or not self._launch.shares_user or not self._child:
            return
        import resource

        limit = processes_of_mine() - self._meter.count() + self.limits.processes
        with contextlib.suppress(OSError, ValueError):
            _, most = resource.prlimit(self._child, resource.RLIMIT_NPROC)
            resource.prlimit(self._child, resource.RLIMIT_NPROC, (min(limit, most), most))

    async def _files(self) -> Ending | float:
        """Check the limit on the size of the program's files, including deleted ones that are still open."""
        enough = self.limits.folder
        begun = time.monotonic()
        taken = await asyncio.to_thread(folder.size, str(self._launch.folder), enough)
        if taken <= enough:
            taken += await asyncio.to_thread(self._meter.unlinked, enough)
        if taken > enough:
            return Ending.FOLDER
        if not self._is_working:
            return _MEASURE_FILES_EVERY
        wait = max(_MEASURE_FILES_CLOSELY_EVERY, _FILES_WAIT_FACTOR * (time.monotonic() - begun))
        return min(wait, _MEASURE_FILES_EVERY)
