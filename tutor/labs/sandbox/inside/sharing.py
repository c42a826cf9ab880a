"""Shares out memory and open files among the processes of a program, so that the kernel holds them all to their sum.

Each may grow by its equal part of the memory that is left to all. The supervisor shares out before a process begins
(``forks``), and again and again while there are several; one that is alone has all that one may have.

The kernel lets limits be set by who has the process's user number, or the right over all limits
(``CAP_SYS_RESOURCE``). Root in a container often lacks that right, but may take any user number for a moment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_DATA = 5  # place in /proc/PID/statm
_LEAST_SHARE = 1 / 32
_MOST_DATA = 1.5
"""How much data all processes may have together, in shares of the memory: what a new process has in common with the
one that started it counts twice, and is held once until one of them writes to it."""
_FEWEST_FILES = 64
_MOST_PROCESSES = 4_000


@dataclass(slots=True)
class Sharing:
    """What the processes of a program have together: ``memory`` and ``data`` (of one alone) in bytes, open ``files``.
    ``user`` is their user number where it is not this process's."""

    memory: int
    data: int
    files: int
    user: int | None = None
    are_several: bool = False

    def may_start(self, process: int) -> bool:
        """Share out for one more process, which ``process`` is about to start; return whether there is room for it."""
        members = descendants(os.getpid())[1:]
        data = [data_of(member) for member in members]
        if sum(data) + data_of(process) > _MOST_DATA * self.memory:
            return False
        self._set(members, data, len(members) + 1)
        self.are_several = True
        return True

    def again(self) -> None:
        """Share out anew among the processes that there are now."""
        members = descendants(os.getpid())[1:]
        self.are_several = len(members) > 1
        self._set(members, [data_of(member) for member in members], len(members))

    def _set(self, members: list[int], data: list[int], number: int) -> None:
        left = self.memory - sum(held(member) for member in members)
        if left < 0:  # pages that several have in common were counted for each
            left = self.memory - sum(held(member, divided=True) for member in members)
        share = max(left / max(number, 1), self.memory * _LEAST_SHARE)
        files = self.files if number <= 1 else max(_FEWEST_FILES, 2 * self.files // number)
        with suppress(OSError), self._as_user():  # without the right to take another user number, no limit is set
            for member, has in zip(members, data, strict=True):
                _limit(member, self.data if number <= 1 else int(has + share), files)

    @contextmanager
    def _as_user(self) -> Iterator[None]:
        """Be the program's user for a moment; the effective user, who counts for files, stays."""
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
    """Lower or raise what a process may have, up to what it was allowed at its start."""
    import resource

    for which, wanted in ((resource.RLIMIT_DATA, data), (resource.RLIMIT_NOFILE, files)):
        with suppress(OSError, ValueError):  # it has ended
            _, allowed = resource.prlimit(process, which)
            most = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
            resource.prlimit(process, which, (most, allowed))


def data_of(process: int) -> int:
    """Bytes of a process that the limit on its data counts, and of its stack; 0 where it has ended. Linux only."""
    try:
        with open(f"/proc/{process}/statm") as figures:
            return int(figures.read().split()[_DATA]) * _PAGE
    except (OSError, ValueError):
        return 0


def held(process: int, *, divided: bool = False) -> int:
    """Bytes of private memory that a process has filled; ``divided``: a page of several divided by their number."""
    name, place = ("Pss_Anon:", "smaps_rollup") if divided else ("RssAnon:", "status")
    with suppress(OSError), open(f"/proc/{process}/{place}") as lines:
        for line in lines:
            if line.startswith(name):
                return 1024 * int(line.split()[1])
    return 0


def descendants(process: int) -> list[int]:
    """Return a process and all that came of it, as long as the system knows whose child each is; Linux only."""
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
