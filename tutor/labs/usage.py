"""How much a child and all that it started take, read from outside."""

from __future__ import annotations

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_MOST_PROCESSES = 4_000


def memory_of(process: int, *, by_group: bool) -> int:
    """Bytes that a process and its descendants hold for themselves alone; 0 where that cannot be read.

    ``by_group`` finds descendants by their process group, in which those stay whose parent has ended.
    """
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
    if not os.path.isdir("/proc/self"):
        return []
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
