"""Measure from outside what a child and its descendants use, from ``/proc`` or else from ``ps``."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tutor.labs.sandbox.inside.sharing import descendants, figures, proportional

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_SIZE, _DATA = 0, 5  # indices in /proc/PID/statm
_LARGE_MAPS = 256 << 20
"""Bytes of mapped files and shared memory from which on it is worth looking for shared memory among them."""

HAS_PROC = os.path.isdir("/proc/self/task")
"""Whether the system describes processes in files; otherwise ``ps`` is asked, which takes some milliseconds."""


class Meter:
    """Measures a process and its descendants. It remembers what is expensive to read."""

    def __init__(self, process: int) -> None:
        self._process = process
        self.group = process
        """The process group to ask ``ps`` for if there is no ``/proc``."""
        self._known_maps: dict[int, tuple[int, dict[str, int]]] = {}

    def memory(self, enough: int) -> int:
        """Return the bytes that the process and its descendants hold, shared memory included; 0 if that cannot be read.

        Pages that several of them share are counted once only if the sum exceeds ``enough``, because the kernel takes
        longer to tell.
        """
        if not HAS_PROC:
            return memory_by_ps(self.group)
        members = descendants(self._process)
        held = [figures(member, "RssAnon", "RssShmem") for member in members]
        private, shared = sum(each[0] for each in held), sum(each[1] for each in held)
        # pages returned with madvise stay in shared memory, but no process's count includes them
        mapped = sum(self._nameless_maps(members).values())
        if private + max(shared, mapped) <= enough:
            return private + max(shared, mapped)
        once = [proportional(member) for member in members]
        return sum(each[0] for each in once) + max(sum(each[1] for each in once), mapped)

    def count(self) -> int:
        """Return how many processes and threads there are."""
        return sum(figures(member, "Threads", unit=1)[0] for member in descendants(self._process)) if HAS_PROC else 0

    def unlinked(self, enough: int) -> int:
        """Return the bytes of deleted files that are still open or mapped; stop counting soon after ``enough``.

        Mapped shared memory, which has no name either, is included.
        """
        members = descendants(self._process) if HAS_PROC else []
        found = self._nameless_maps(members)
        for member in members:
            with suppress(OSError), os.scandir(f"/proc/{member}/fd") as entries:
                for entry in entries:
                    with suppress(OSError):
                        file = entry.stat()
                        if stat.S_ISREG(file.st_mode) and not file.st_nlink:
                            found[f"{file.st_dev} {file.st_ino}"] = 512 * file.st_blocks
            if sum(found.values()) > enough:
                break
        return sum(found.values())

    def _nameless_maps(self, members: list[int]) -> dict[str, int]:
        """Return the bytes of each mapped file or shared memory without a name, whether its pages were touched or not.

        The maps are read only where they may be large, and again only after they have changed.
        """
        found: dict[str, int] = {}
        for member in members:
            try:
                pages = [int(each) for each in Path(f"/proc/{member}/statm").read_text().split()]
            except (OSError, ValueError):  # it has ended
                self._known_maps.pop(member, None)
                continue
            not_private = (pages[_SIZE] - pages[_DATA]) * _PAGE
            if not_private < _LARGE_MAPS:
                continue
            if self._known_maps.get(member, (0, {}))[0] != not_private:
                self._known_maps[member] = (not_private, _nameless_maps_of(member))
            found |= self._known_maps[member][1]
        return found


def _nameless_maps_of(process: int) -> dict[str, int]:
    found: dict[str, int] = {}
    with suppress(OSError), open(f"/proc/{process}/maps", errors="replace") as lines:
        for line in lines:
            if line.rstrip().endswith("(deleted)"):
                span, _, _, device, inode = line.split()[:5]
                first, last = (int(end, 16) for end in span.split("-"))
                major, minor = (int(part, 16) for part in device.split(":"))
                key = f"{os.makedev(major, minor)} {inode}"
                found[key] = found.get(key, 0) + last - first
    return found


def others(process: int, child: int) -> list[int]:
    """Return the running processes that a sandbox's child has started; ``child`` is its number in its own namespace.

    ``process`` is the process that the tutor started: the supervisor, or bubblewrap.
    """
    if not HAS_PROC:
        return []
    return [member for member in descendants(process) if _number_inside(member) not in (0, process, 1, child)]


def _number_inside(process: int) -> int:
    """Return a process's number in its own namespace; 0 if it has ended, even as a zombie."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    fields = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return 0 if fields["State"][0] in "ZX" else int(fields["NSpid"][-1])


def processes_of_mine() -> int:
    """Return how many processes and threads this user has, all of which count for the limit; 0 if that is not known."""
    if not hasattr(os, "getuid"):
        return 0
    if not HAS_PROC:
        return len(_ps("-U", str(os.getuid()), "-o", "pid="))
    found = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                found += len(os.listdir(f"{entry.path}/task")) if entry.stat().st_uid == os.getuid() else 0
            except OSError:  # it ended in between
                continue
    return found


def memory_by_ps(group: int) -> int:
    """Return the bytes of a process group, shared pages counted for each process; 0 if ``ps`` does not say."""
    rows = [line.split() for line in _ps("-ax", "-o", "pgid=,rss=")]
    return sum(1024 * int(row[1]) for row in rows if len(row) == 2 and row[0] == str(group))


def _ps(*arguments: str) -> list[str]:
    if sys.platform == "win32":
        return []
    try:
        done = subprocess.run(["ps", *arguments], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.splitlines()
