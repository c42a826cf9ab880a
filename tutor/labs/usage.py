"""How much a child and all that it started take, read from outside: from /proc, or from ``ps`` where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_MOST_PROCESSES = 4_000

HAS_PROC = os.path.isdir("/proc/self/task")
"""Whether the system tells about processes in files; asking ``ps`` instead takes some milliseconds."""


def memory_of(process: int, *, by_group: bool) -> int:
    """Bytes that a process and its descendants hold for themselves alone; 0 where that cannot be read.

    ``by_group`` finds descendants by their process group, in which those stay whose parent has ended.
    """
    if not HAS_PROC:
        return memory_by_ps(process)
    return sum(_held(member) for member in (_group(process) if by_group else _descendants(process)))


def _held(process: int) -> int:
    try:
        resident, shared = Path(f"/proc/{process}/statm").read_text().split()[1:3]
    except (OSError, ValueError):  # it has ended, or this is no Linux
        return 0
    return (int(resident) - int(shared)) * _PAGE


def _descendants(process: int) -> list[int]:
    found = [process]
    for member in found:
        try:
            tasks = os.listdir(f"/proc/{member}/task")
            for task in tasks:
                found += [int(child) for child in Path(f"/proc/{member}/task/{task}/children").read_text().split()]
        except OSError:
            continue
        if len(found) > _MOST_PROCESSES:
            break
    return found


def _group(process: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                # after the command's name in brackets: state, parent, group
                group = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[2]
            except OSError:
                continue
            if int(group) == process:
                found.append(int(entry))
    return found


def others(process: int, child: int, *, by_group: bool) -> list[int]:
    """What the child of a box has started and is still there; ``child`` is its number as it knows it itself.

    ``process`` is the one that was started from here: the child, or the one that made its namespaces.
    """
    if not HAS_PROC:
        return []
    if by_group:
        return [member for member in _group(process) if member != process and _number_inside(member)]
    return [member for member in _descendants(process) if _number_inside(member) not in (0, process, 1, child)]


def _number_inside(process: int) -> int:
    """A process's number in its own namespace; 0 where it has ended, even if nobody has asked for its status yet."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    fields = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return 0 if fields["State"][0] in "ZX" else int(fields["NSpid"][-1])


def carrying(token: str) -> list[int]:
    """The processes that have this token in their environment, wherever they have gone; Linux only."""
    if not os.path.isdir("/proc/self"):
        return []
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                carries = token.encode() in Path(f"/proc/{entry}/environ").read_bytes()
            except OSError:
                continue
            if carries:
                found.append(int(entry))
    return found


def processes_of_mine() -> int:
    """How many processes and threads this user has: the limit counts them all. 0 where that cannot be told."""
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
    """Bytes of a process group, shared ones counted for each process; 0 where ``ps`` does not tell."""
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


def folder_size(folder: Path, enough: int) -> int:
    """Bytes in a folder's files, counted no further than ``enough``."""
    total = 0
    for where, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(where, name)).st_size
            except OSError:
                continue
        if total > enough:
            break
    return total
