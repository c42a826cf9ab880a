"""Gives up rights, in this order: the user, the parent's death, the limits, the files, the system calls.

``confine`` is called once, before any line of a learner's is read. The plan comes from outside as plain data
(``Plan``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from typing import TypedDict

from tutor.labs.sandbox.inside import landlock, seccomp


class Plan(TypedDict, total=False):
    """What to give up. Limits are in bytes, seconds and pieces; a key that is left out bounds nothing."""

    memory: int
    file_size: int
    open_files: int
    processes: int
    cpu: int
    user: int
    keeps_reading: bool
    read: list[str]
    names: list[str]
    write: list[str]
    calls: str


def confine(plan: Plan) -> None:
    """Give up what ``plan`` says; raises ``OSError`` where that fails, so that nothing runs less confined than said."""
    if sys.platform == "win32":
        return
    if "user" in plan:
        _become(plan["user"], keeps_reading=plan.get("keeps_reading", False))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG: when the tutor dies, so does this
    _limit(plan)
    if "read" in plan:
        landlock.restrict(plan["read"], plan.get("write", ()), plan.get("names", ()))
    if "calls" in plan:
        seccomp.install(plan["calls"])


def _limit(plan: Plan) -> None:
    import resource

    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, plan.get("memory")),
        (resource.RLIMIT_FSIZE, plan.get("file_size")),
        (resource.RLIMIT_NOFILE, plan.get("open_files")),
        (getattr(resource, "RLIMIT_NPROC", None), plan.get("processes")),
    ]
    for which, value in limits:
        if which is None or value is None:
            continue
        _, hard = resource.getrlimit(which)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (ceiling, ceiling))
    if "cpu" in plan:
        # the soft limit's signal is turned into an exception, the hard one kills
        resource.setrlimit(resource.RLIMIT_CPU, (plan["cpu"], plan["cpu"] + 2))


def _become(user: int, *, keeps_reading: bool) -> None:
    """Root no more. ``keeps_reading`` keeps the one right to enter folders of others, which Landlock then bounds: an
    environment in root's own folder could not be imported otherwise."""
    libc = ctypes.CDLL(None, use_errno=True)
    if keeps_reading:
        libc.prctl(8, 1, 0, 0, 0)  # PR_SET_KEEPCAPS
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if keeps_reading:
        header = struct.pack("Ii", 0x20080522, 0)
        read_and_search = 1 << 2  # CAP_DAC_READ_SEARCH
        libc.capset(header, struct.pack("6I", read_and_search, read_and_search, 0, 0, 0, 0))
    if os.getuid() == 0 or os.geteuid() == 0:
        raise PermissionError("the program would still be root")
