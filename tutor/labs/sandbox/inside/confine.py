"""Give up rights, in this order: the user, outliving the parent, resources, files, system calls.

``confine`` is called before a line of the learner's code is read. The plan comes from outside as plain data (``Plan``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypedDict

from tutor.labs.sandbox.inside import landlock, seccomp

_SET_PARENT_DEATH_SIGNAL, _SET_KEEP_CAPABILITIES = 1, 8
_READ_AND_SEARCH = 1 << 2  # CAP_DAC_READ_SEARCH


class Plan(TypedDict, total=False):
    """What to give up. Limits are in bytes, seconds or counts; a missing key limits nothing.

    ``user`` is the user number to change to, and ``keeps_reading`` keeps its right to enter other users' folders.
    ``boxed`` says that the process is in namespaces. Landlock allows the files and folders ``read`` and ``write``, and
    listing the folders ``names``; ``open_network`` allows TCP (in a separate network namespace). ``calls`` is the
    profile of the system call filter, ``folder`` is removed at the end. ``all_memory`` is divided among the program's
    processes.
    """

    memory: int
    all_memory: int
    file_size: int
    open_files: int
    processes: int
    cpu: int
    user: int
    keeps_reading: bool
    read: list[str]
    names: list[str]
    write: list[str]
    open_network: bool
    calls: str
    boxed: bool
    folder: str


def confine(plan: Plan, before_calls: Callable[[], None] | None = None) -> None:
    """Give up what ``plan`` says. ``before_calls`` is called before the system call filter is installed.

    Raises:
        OSError: A right could not be given up, so nothing may run.
    """
    if sys.platform == "win32":
        return
    if "user" in plan:
        _change_user(plan["user"], keeps_reading=plan.get("keeps_reading", False))
    prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)  # after the change of user, which clears it
    _limit(plan)
    _be_killed_first()
    if "read" in plan:
        network = not plan.get("open_network")
        landlock.restrict(plan["read"], plan.get("write", ()), plan.get("names", ()), network=network)
    if before_calls is not None:
        before_calls()
    if "calls" in plan:
        seccomp.install(plan["calls"])


def prctl(option: int, value: int) -> None:
    """Set an option of this process, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _limit(plan: Plan) -> None:
    import resource

    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, plan.get("memory")),
        (resource.RLIMIT_FSIZE, plan.get("file_size")),
        (resource.RLIMIT_NOFILE, plan.get("open_files")),
        (getattr(resource, "RLIMIT_MSGQUEUE", None), 0),
    ]
    for which, value in limits:
        if which is None or value is None:
            continue
        _, hard = resource.getrlimit(which)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (ceiling, ceiling))
    if "processes" in plan:
        resource.setrlimit(resource.RLIMIT_NPROC, (plan["processes"], plan["processes"]))
    if "cpu" in plan:
        # the signal at the soft limit becomes an exception, the one at the hard limit kills
        resource.setrlimit(resource.RLIMIT_CPU, (plan["cpu"], plan["cpu"] + 2))


def _be_killed_first() -> None:
    """Have the kernel kill this process before any other if the machine runs out of memory."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")


def _change_user(user: int, *, keeps_reading: bool) -> None:
    """Change from root to an ordinary user.

    ``keeps_reading`` keeps only the right to enter other users' folders, which Landlock then limits: without it, an
    environment in root's home folder could not be imported.

    Raises:
        PermissionError: The process would still be root.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if keeps_reading:
        prctl(_SET_KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if keeps_reading:
        header = struct.pack("Ii", 0x20080522, 0)
        libc.capset(header, struct.pack("6I", _READ_AND_SEARCH, _READ_AND_SEARCH, 0, 0, 0, 0))
    if os.getuid() == 0 or os.geteuid() == 0:
        raise PermissionError("the program would still be root")
