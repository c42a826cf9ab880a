"""Divide memory and open files among the processes of a program, so that the kernel limits their sum.

Each process may grow by an equal part of the memory that is left. The supervisor divides it before a process starts
(``forks``), and repeatedly while there are several; a single process has the full limits.

The kernel lets a process set limits if it has the same user number or ``CAP_SYS_RESOURCE``. Root in a container often
lacks this capability, but may take any user number for a moment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_DATA = 5  # index in /proc/PID/statm
_LEAST_SHARE = 1 / 32
_MOST_DATA = 1.5
"""How much data all processes may have together, as a multiple of the memory. It exceeds 1 because pages that a new
process shares with its parent are counted for both, but exist once until one of them writes."""
_FEWEST_FILES = 64
_MOST_PROCESSES = 4_000


@dataclass(slots=True)
class Sharing:
    """The limits to divide: ``memory`` of all processes and ``data`` of a single one, in bytes, and open ``files``.

    ``user`` is the processes' user number if it differs from this process's.
    """

    memory: int
    data: int
    files: int
    user: int | None = None
    are_several: bool = False

    def may_start(self, process: int) -> bool:
        """Divide for one more process, which ``process`` is about to start; return False if there is no room for it."""
        members = descendants(os.getpid())[1:]
        data = [data_of(member) for member in members]
        if sum(data) + data_of(process) > _MOST_DATA * self.memory:
            return False
        self._set(members, data, len(members) + 1)
        self.are_several = True
        return True

    def again(self) -> None:
        """Divide among the present processes."""
        members = descendants(os.getpid())[1:]
        self.are_several = len(members) > 1
        self._set(members, [data_of(member) for member in members], len(members))

    def _set(self, members: list[int], data: list[int], number: int) -> None:
        left = self.memory - sum(held(member) for member in members)
        if left < 0:  # shared pages were counted for each process
            left = self.memory - sum(held(member, divided=True) for member in members)
        share = max(left / max(number, 1), self.memory * _LEAST_SHARE)
        files = self.files if number <= 1 else max(_FEWEST_FILES, 2 * self.files // number)
        with suppress(OSError), self._as_user():  # set no limit if this process may not take another user number
            for member, has in zip(members, data, strict=True):
                _limit(member, self.data if number <= 1 else int(has + share), files)

    @contextmanager
    def _as_user(self) -> Iterator[None]:
        """Take the program's user number within the context; the effective user, which counts for files, stays."""
        if self.user is None:
            yield
            return
        user, group = os.getuid(), os.getgid()
        os.setresgid(self.user, -1, -1)
        os.setresuid(self.user, -1, -1)
        try:
            yield
        finally:
            os.setresuid(user, -1, -1)
            os.setresgid(group, -1, -1)


def _limit(process: int, data: int, files: int) -> None:
    """Lower or raise the limits of a process, up to those it had at its start."""
    import resource

    for which, wanted in ((resource.RLIMIT_DATA, data), (resource.RLIMIT_NOFILE, files)):
        with suppress(OSError, ValueError):  # it has ended
            _, allowed = resource.prlimit(process, which)
            most = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
            resource.prlimit(process, which, (most, allowed))


def data_of(process: int) -> int:
    """Return the bytes of a process's data and stack, as its limit counts them; 0 if it has ended. Linux only."""
    try:
        with open(f"/proc/{process}/statm") as figures:
            return int(figures.read().split()[_DATA]) * _PAGE
    except (OSError, ValueError):
        return 0


def held(process: int, *, divided: bool = False) -> int:
    """Return the bytes of private memory that a process uses; ``divided`` counts only its part of shared pages."""
    name, place = ("Pss_Anon:", "smaps_rollup") if divided else ("RssAnon:", "status")
    with suppress(OSError), open(f"/proc/{process}/{place}") as lines:
        for line in lines:
            if line.startswith(name):
                return 1024 * int(line.split()[1])
    return 0


def descendants(process: int) -> list[int]:
    """Return a process and its descendants, as far as the system still knows their parents; Linux only."""
    found = [process]
    for member in found:
        try:
            for task in os.listdir(f"/proc/{member}/task"):
                with open(f"/proc/{member}/task/{task}/children") as children:
                    found += [int(child) for child in children.read().split()]
        except OSError:
            continue
        if len(found) > _MOST_PROCESSES:
            break
    return found
