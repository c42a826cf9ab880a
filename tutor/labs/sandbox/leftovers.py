"""Clean up after a tutor that was killed: the processes and folders that bear its mark.

Every process of a program carries a token in its environment, and its folder has a name, that say which tutor started
it: the namespace of its process number, the number, and when it was started. So the leftovers of a dead tutor can be
told from the work of a living one.
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
"""The name of the environment variable by which all that comes of a program can be found."""

PREFIX = "tutor-"
"""How the name of a program's folder begins."""

_TURNS = 20
_BEGUN = 19  # the start's place in /proc/PID/stat, counted after the command's name


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
    """Return when a process was started, in the clock ticks of the system; 0 where there is none or the system does
    not say."""
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[_BEGUN])
    return 0


def is_dead(told: str) -> bool:
    """Return whether the tutor with this mark has ended. One in another namespace is invisible and counts as alive."""
    try:
        namespace, process, begun = (int(part) for part in told.split("-")[:3])
    except ValueError:
        return False
    return namespace == _namespace() and begun != 0 and _begun(process) != begun


def sweep() -> None:
    """End the processes and remove the folders of tutors that are dead; Linux only.

    Nothing is touched that belongs to a user other than this one, unless this one is root.
    """
    if not _namespace():
        return
    kill(is_dead)
    user = os.getuid()
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            told = entry.name.removeprefix(PREFIX)
            if told == entry.name or not entry.is_dir(follow_symlinks=False) or not is_dead(told):
                continue
            with suppress(OSError):
                if user in (0, entry.stat(follow_symlinks=False).st_uid):
                    remove(entry.path)


def kill(is_meant: Callable[[str], bool]) -> None:
    """Kill the processes with this token, by their groups: a program that keeps forking cannot be killed process by
    process."""
    for _ in range(_TURNS):
        found = [process for process, token in marked_processes() if is_meant(token)]
        for process in found:
            with suppress(ProcessLookupError, PermissionError):
                group = os.getpgid(process)
                # the group is the program's own where what began it bears the mark, or is gone
                if group in found or not os.path.exists(f"/proc/{group}"):
                    os.killpg(group, signal.SIGKILL)
                else:
                    os.kill(process, signal.SIGKILL)
        if not found:
            return


def marked_processes() -> list[tuple[int, str]]:
    """Return the processes that carry a token, with it; Linux only."""
    found = []
    start = f"{TOKEN}=".encode()
    for entry in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if entry.isdigit():
            with suppress(OSError):
                for variable in Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                    if variable.startswith(start):
                        found.append((int(entry), variable.removeprefix(start).decode(errors="replace")))
    return found
