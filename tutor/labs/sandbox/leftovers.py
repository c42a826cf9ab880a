"""Clean up processes and folders that a killed tutor left behind.

The environment of each process and the name of each folder contain the mark of the tutor that made it: the namespace of
its process number, the number, and its start time. So what a dead tutor left is distinguished from the work of a
running one.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from tutor.labs.sandbox.inside.folder import remove

TOKEN = "TUTOR_BOX"
"""The environment variable that marks all processes of a program."""

PREFIX = "tutor-"
"""The prefix of the name of a program's folder."""

_TURNS = 20
_BEGUN = 19  # index of the start time in /proc/PID/stat, after the name of the command


@lru_cache(maxsize=1)
def _mark_of(process: int) -> str:
    return f"{_namespace()}-{process}-{_begun(process)}"


def mark() -> str:
    """Return this tutor's mark: ``NAMESPACE-PROCESS-BEGUN``."""
    return _mark_of(os.getpid())


def _namespace() -> int:
    with suppress(OSError):
        return os.stat("/proc/self/ns/pid").st_ino
    return 0


def _begun(process: int) -> int:
    """Return when a process was started, in clock ticks since boot, or 0 if that is not known."""
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[_BEGUN])
    return 0


def is_dead(owner: str) -> bool:
    """Return whether the tutor with this mark has ended. In another namespace it is invisible and counts as running."""
    try:
        namespace, process, begun = (int(part) for part in owner.split("-")[:3])
    except ValueError:
        return False
    return namespace == _namespace() and begun != 0 and _begun(process) != begun


def sweep() -> None:
    """End the processes and remove the folders of tutors that have ended; Linux only.

    Only root touches what belongs to other users.
    """
    if not _namespace():
        return
    kill(is_dead)
    user = os.getuid()
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            owner = entry.name.removeprefix(PREFIX)
            if owner == entry.name or not entry.is_dir(follow_symlinks=False) or not is_dead(owner):
                continue
            with suppress(OSError):
                if user in (0, entry.stat(follow_symlinks=False).st_uid):
                    remove(entry.path)


def kill(is_meant: Callable[[str], bool]) -> None:
    """Kill processes by their token: whole groups, because a program that keeps forking would outrun single kills."""
    for _ in range(_TURNS):
        found = [process for process, token in marked_processes() if is_meant(token)]
        for process in found:
            with suppress(ProcessLookupError, PermissionError):
                group = os.getpgid(process)
                # the group is the program's if its leader has the token or has ended
                if group in found or not os.path.exists(f"/proc/{group}"):
                    os.killpg(group, signal.SIGKILL)
                else:
                    os.kill(process, signal.SIGKILL)
        if not found:
            return


def marked_processes() -> list[tuple[int, str]]:
    """Return the processes that have a token, with their tokens; Linux only."""
    found = []
    start = f"{TOKEN}=".encode()
    for entry in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if entry.isdigit():
            with suppress(OSError):
                for variable in Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                    if variable.startswith(start):
                        found.append((int(entry), variable.removeprefix(start).decode(errors="replace")))
    return found
