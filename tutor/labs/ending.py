"""How a run of a program ended, and the sentence that explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tutor.labs.sandbox.limits import MEGABYTE, Limits


class Ending(StrEnum):
    """How a run or its process ended; only with ``FINISHED`` and ``FAILED`` did the program run to its end or raise an
    exception."""

    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    TIME = "time"
    CPU = "cpu"
    OUTPUT = "output"
    MEMORY = "memory"
    PROCESSES = "processes"
    FOLDER = "folder"
    CRASHED = "crashed"
    GONE = "gone"


_SIGKILL, _SIGXCPU = 9, 24


def ending_of(
    failure: Mapping[str, Any] | None,
    done: Mapping[str, Any] | None,
    interrupted: Ending | None,
    end: Ending | None,
    status: int | None,
    crash: str,
) -> Ending:
    """Return how a run ended.

    ``failure`` is its exception, ``done`` its last message, ``interrupted`` why the tutor interrupted it. ``end``,
    ``status`` and ``crash`` say how the child process ended, with its exit status and what a crash printed.
    """
    if end in (Ending.TIME, Ending.STOPPED) and interrupted is not None:
        return interrupted
    if end is not None and end is not Ending.GONE:
        return end
    if end is Ending.GONE and done is None:
        if interrupted is not None:
            return interrupted
        if _signal(status) in (_SIGKILL, _SIGXCPU):
            return Ending.CPU if _signal(status) == _SIGXCPU else Ending.MEMORY
        return Ending.CRASHED if _signal(status) or "Fatal Python error" in crash else Ending.GONE
    if failure is not None:
        if failure["type"] == "KeyboardInterrupt" and interrupted is not None:
            return interrupted
        return Ending.CPU if failure["type"] == "OutOfTime" else Ending.FAILED
    return Ending.FINISHED


def _signal(status: int | None) -> int:
    """Return the signal that ended a process, or 0; bubblewrap reports its program's signal plus 128."""
    if status is None:
        return 0
    return -status if status < 0 else status - 128 if 128 < status < 193 else 0


def sentence(ending: Ending, limits: Limits, crash: str = "") -> str:
    """Return what the ending means and what to do; empty for a program that ran to its end or raised an exception."""
    where = _crash_line(crash)
    return {
        Ending.FINISHED: "",
        Ending.FAILED: "",
        Ending.STOPPED: "Stopped.",
        Ending.TIME: (
            f"Stopped after {limits.seconds:g} seconds, the time limit. Is there a loop that never ends, or are there"
            " far more steps than needed?"
        ),
        Ending.CPU: "Stopped: over its processor-time limit. Is there a loop that never ends?",
        Ending.OUTPUT: (
            f"Stopped: it printed more than {limits.output / MEGABYTE:g} MB. Print every hundredth step instead of"
            " each."
        ),
        Ending.MEMORY: (
            f"Stopped: it needed more memory than the {limits.all_memory / MEGABYTE:,.0f} MB it may have. Is there a"
            " list or an array that grows in every step, or one of the wrong shape?"
        ),
        Ending.PROCESSES: (
            f"Stopped: it started more than the {limits.processes} processes and threads that it may have. Is there a"
            " loop that starts one in each turn?"
        ),
        Ending.FOLDER: f"Stopped: its files grew beyond {limits.folder / MEGABYTE:g} MB.",
        Ending.CRASHED: (
            f"Python itself crashed{where}. That is not an exception but an error in compiled code, a call that ends"
            " the process, or a write to a file number that the program did not open; names made by earlier cells are"
            " gone: run them again."
        ),
        Ending.GONE: (
            "The program ended its own process (os._exit, or it ended the Python it runs in), so there is nothing left"
            " to look at. Let it run to its last line instead."
        ),
    }[ending]


def _crash_line(crash: str) -> str:
    found = re.search(r'File "([^"/\\]+)", line (\d+)', crash)
    return f" in {found[1]}, line {found[2]}" if found else ""
