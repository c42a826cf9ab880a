"""Put a control group around a program and everything it starts, on Linux with cgroup version 2.

If this user may create one (root, or a user to whom systemd has delegated a part), the kernel itself limits memory
(including shared pages and its own buffers), processes and processor time, and can end everything in one step. The
tutor watches these limits from outside as well, here and where there is no control group.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from tutor.labs.sandbox import leftovers
from tutor.labs.sandbox.limits import Limits

_NEEDED = {"memory", "pids"}
_PERIOD = 100_000
_OURS = 16
"""Allowance for processes that are not the program's: bubblewrap, the supervisor, their threads."""
_TRIES = 50


@lru_cache(maxsize=1)
def parent() -> Path | None:
    """Return the nearest group above this process in which a group with limits on memory and processes can be made, or
    None."""
    own, mounted = _own_group(), _mounted_at()
    if own is None or mounted is None:
        return None
    here = mounted / own.lstrip("/")
    for folder in (here, *here.parents):
        if not folder.is_relative_to(mounted):
            break
        with suppress(OSError):
            handed_on = (folder / "cgroup.subtree_control").read_text().split()
            if set(handed_on) >= _NEEDED and all(
                os.access(each, os.W_OK) for each in (folder, folder / "cgroup.procs")
            ):
                return folder
    return None


def _own_group() -> str | None:
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            if line.startswith("0::"):
                return line[3:]
    return None


def _mounted_at() -> Path | None:
    with suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            if after.split()[0] == "cgroup2":
                return Path(before.split()[4])
    return None


def around(processes: Iterable[int], limits: Limits, token: str) -> Path | None:
    """Make a group with ``limits``, move ``processes`` into it, and return it; what they start belongs to it too.

    Return None if that is not possible.
    """
    above = parent()
    if above is None:
        return None
    group = above / f"{leftovers.PREFIX}{token}"
    try:
        group.mkdir()
        _set(group, "memory.max", limits.all_memory)
        _set(group, "pids.max", limits.processes + _OURS)
        for name, value in (
            ("memory.swap.max", "0"),
            ("memory.oom.group", "1"),
            ("cpu.max", f"{limits.threads * _PERIOD} {_PERIOD}"),
        ):
            with suppress(OSError):  # optional: the kernel may be older, or the controller not delegated
                _set(group, name, value)
        for process in processes:
            _set(group, "cgroup.procs", process)
    except OSError:
        remove(group)
        return None
    return group


def _set(group: Path, name: str, value: object) -> None:
    with (group / name).open("w") as file:
        file.write(str(value))


def kill(group: Path) -> None:
    """End everything in a group in one step (kernel 5.14 and later)."""
    with suppress(OSError):
        _set(group, "cgroup.kill", 1)


def remove(group: Path) -> None:
    """End everything in a group, and remove it."""
    for _ in range(_TRIES):
        kill(group)
        with suppress(OSError):
            group.rmdir()
        if not group.exists():
            return
        time.sleep(0.01)


def sweep() -> None:
    """Remove the groups that dead tutors left behind."""
    above = parent()
    for group in above.glob(f"{leftovers.PREFIX}*") if above is not None else ():
        if leftovers.is_dead(group.name.removeprefix(leftovers.PREFIX)):
            remove(group)
