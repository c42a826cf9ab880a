"""Divide memory and open files among the processes of a program, so that the kernel limits their sum.

Each process may grow by an equal part of the memory that is left. The supervisor divides it before a process starts
(``forks``), and repeatedly while there are several; a single process has the full limits.

Processes grow while this happens, and on a busy machine much time passes between two steps. So limits are lowered
first; then everything is measured again, and only what no process can reach any more is given to those that have less
than their part. Whatever the processes do meanwhile, what they use and what they may still grow stays within the memory
of all.

The kernel lets a process set limits if it has the same user number or ``CAP_SYS_RESOURCE``. Root in a container often
lacks this capability, but may take any user number for a moment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

with suppress(ImportError):  # Windows has none, and calls nothing here
    import resource

_KEPT_BACK = 1 / 16
"""The part of the memory that is not divided: for shared pages of which a process makes its own copy by writing, and
for bubblewrap."""
_SCARCE = 1 / 32
"""The part of the memory for each process below which shared pages are looked at closely, which takes longer."""
_LEAST_ROOM = 2 << 20
"""How many bytes a process may keep for itself when no memory is left to divide, so that it can go on or end."""
_MOST_DATA = 1.5
"""How much data all processes may have together, as a multiple of the memory. It exceeds 1 because pages that a new
process shares with its parent are counted for both, but exist once until one of them writes."""
_FEWEST_FILES = 64
_USED = ("RssAnon", "RssShmem")
_MOST_PROCESSES = 4_000


class _Member:
    """A process: its ``limit`` on ``data``, and by ``weight`` in how many processes its room for growth will count."""

    def __init__(self, process: int, limit: int, data: int, weight: int) -> None:
        self.process, self.limit, self.data, self.weight = process, limit, data, weight

    @property
    def room(self) -> int:
        """How much its data may still grow."""
        return max(0, self.limit - self.data)


class Sharing:
    """The limits to divide: ``memory`` of all processes and ``data`` of a single one, in bytes, and open ``files``.

    ``user`` is the processes' user number if it differs from this process's.
    """

    def __init__(self, memory: int, data: int, files: int, user: int | None = None) -> None:
        self.memory, self.data, self.files, self.user = memory, data, files, user
        self.are_several = False
        self._seen: list[list[int]] = []

    def may_start(self, process: int) -> bool:
        """Divide for one more process, which ``process`` is about to start; return False if there is no room for it."""
        present = descendants(os.getpid())[1:]
        if sum(figures(each, "VmData")[0] for each in (*present, process)) > _MOST_DATA * self.memory:
            return False
        self.are_several, self._seen = True, []
        self._divide(present, asking=figures(process, "Tgid", unit=1)[0])  # a thread may have asked
        return True

    def again(self) -> None:
        """Divide among the present processes, unless nothing has changed."""
        present = descendants(os.getpid())[1:]
        self.are_several = len(present) > 1
        before, self._seen = self._seen, [[each, *figures(each, "VmData", *_USED)] for each in present]
        if self._seen != before:
            self._divide(present)

    def _divide(self, present: Sequence[int], asking: int = 0) -> None:
        """Divide among the processes ``present``, and the one that ``asking`` is about to start, which will have the
        limits of its parent."""
        number = len(present) + bool(asking)
        files = self.files if number <= 1 else max(_FEWEST_FILES, 2 * self.files // number)
        with suppress(OSError), self._as_user():  # set no limit if this process may not take another user number
            for process in present:
                _limit(process, resource.RLIMIT_NOFILE, files)
                if number <= 1:
                    _limit(process, resource.RLIMIT_DATA, self.data)
            if number > 1 and self._lower(present, asking, number):
                self._raise(present, asking, number)

    def _lower(self, present: Sequence[int], asking: int, number: int) -> bool:
        """Take from each process the room beyond its part; return whether some have less than their part."""
        members, left = self._measured(present, asking)
        share = left // number
        for member in members:
            keeps = share if share >= _LEAST_ROOM else min(member.room, _LEAST_ROOM) // member.weight
            if member.room > keeps:
                _limit(member.process, resource.RLIMIT_DATA, member.data + keeps)
        return any(member.room < share for member in members)

    def _raise(self, present: Sequence[int], asking: int, number: int) -> None:
        """Give what is free to the processes that have less than their part."""
        members, left = self._measured(present, asking)
        free = left - sum(member.weight * member.room for member in members)
        lacking = [max(0, left // number - member.room) for member in members]
        in_all = sum(member.weight * more for member, more in zip(members, lacking, strict=True))
        for member, more in zip(members, lacking, strict=True):
            if more and free > 0:
                allowed = max(member.limit, member.data) + more * min(free, in_all) // in_all
                _limit(member.process, resource.RLIMIT_DATA, allowed)

    def _measured(self, present: Sequence[int], asking: int) -> tuple[list[_Member], int]:
        """Return the processes, and how many bytes of the memory nobody uses."""
        members: list[_Member] = []
        used = sum(figures(os.getpid(), *_USED))
        for process in present:
            data, *held = figures(process, "VmData", *_USED)
            used += sum(held)
            with suppress(OSError):  # it has ended
                limit, _ = resource.prlimit(process, resource.RLIMIT_DATA)
                members.append(_Member(process, limit, data, 1 + (process == asking)))
        most = int(self.memory * (1 - _KEPT_BACK))
        if most - used < _SCARCE * self.memory * len(members):  # shared pages were counted for each process
            used = sum(sum(proportional(each)) for each in (os.getpid(), *present))
        return members, most - used

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


def _limit(process: int, which: int, value: int) -> None:
    """Lower or raise a limit of a process, up to what it was at its start."""
    with suppress(OSError, ValueError):  # it has ended
        _, allowed = resource.prlimit(process, which)
        most = value if allowed == resource.RLIM_INFINITY else min(value, allowed)
        resource.prlimit(process, which, (most, allowed))


def figures(process: int, *names: str, file: str = "status", unit: int = 1024) -> list[int]:
    """Return fields of ``/proc/PID/status`` times ``unit``, 0 for one that is missing or if the process has ended."""
    found = dict.fromkeys(names, 0)
    with suppress(OSError), open(f"/proc/{process}/{file}") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name in found:
                found[name] = unit * int(value.split()[0])
    return list(found.values())


def proportional(process: int) -> list[int]:
    """Return the bytes of private and of shared memory; a page is divided by the number of processes that share it."""
    found = figures(process, "Pss_Anon", "Pss_Shmem", file="smaps_rollup")
    return found if any(found) else figures(process, *_USED)  # this process may not read the first


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
