"""Measure and remove a folder that a hostile program may have filled: any depth, any names, any file permissions.

Both avoid recursion, and removal uses file descriptors, because a path of a thousand folders exceeds the system's
limit.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress

_BLOCK = 512
_LEAST = 4096
"""The least number of bytes to count for a file or folder, because an empty one takes space too."""
_DEEPEST = 64
_TURNS = 4
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def size(folder: str, enough: int) -> int:
    """Return how many bytes a folder takes; stop counting soon after ``enough``.

    A folder deeper than ``_DEEPEST``, or one that was made unreadable, counts as more than ``enough``.
    """
    total = 0
    waiting = [(folder, 0)]
    while waiting and total <= enough:
        where, depth = waiting.pop()
        try:
            with os.scandir(where) as entries:
                for entry in entries:
                    total += _LEAST
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    else:
                        total += _taken(entry)
                    if total > enough:
                        break
        except FileNotFoundError:  # removed meanwhile
            continue
        except OSError:
            return enough + 1
        if depth > _DEEPEST:
            return enough + 1
    return total


def _taken(entry: os.DirEntry[str]) -> int:
    with suppress(OSError):
        found = entry.stat(follow_symlinks=False)
        # a file with holes takes less than its size; Windows does not say how many blocks, so there the size counts
        return getattr(found, "st_blocks", found.st_size // _BLOCK) * _BLOCK
    return 0


def remove(folder: str) -> bool:
    """Remove a folder with its contents after the program has ended; return whether it is gone.

    Each inner folder is moved to the top before it is emptied, so that nothing is ever more than one folder deep.
    """
    if os.name != "posix":
        return _remove_by_path(folder)
    for _ in range(_TURNS):
        with suppress(OSError):
            os.chmod(folder, stat.S_IRWXU)
            top = os.open(folder, _OPEN_FOLDER)
            try:
                _empty(top)
            finally:
                os.close(top)
            os.rmdir(folder)
        if not os.path.lexists(folder):
            return True
    return False


def _empty(top: int) -> None:
    waiting = ["."]
    names = (f".moved-{os.urandom(8).hex()}" for _ in itertools.count())
    while waiting:
        name = waiting.pop()
        with suppress(OSError):
            here = os.open(name, _OPEN_FOLDER, dir_fd=top)
            try:
                waiting += _move_up(here, top, names)
            finally:
                os.close(here)
            if name != ".":
                os.rmdir(name, dir_fd=top)


def _move_up(here: int, top: int, names: Iterator[str]) -> list[str]:
    """Remove the files of the folder ``here`` and move its folders to ``top``; return their new names."""
    moved = []
    with os.scandir(here) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for old, is_folder in found:
        with suppress(OSError):
            if not is_folder:
                os.unlink(old, dir_fd=here)
                continue
            os.chmod(old, stat.S_IRWXU, dir_fd=here)  # the program may have taken its owner's rights
            new = next(names)
            os.rename(old, new, src_dir_fd=here, dst_dir_fd=top)
            moved.append(new)
    return moved


def _remove_by_path(folder: str) -> bool:
    import shutil  # imported here because it would cost the supervisor some milliseconds elsewhere

    def open_up(again: Callable[..., object], path: str, _: object) -> None:
        with suppress(OSError):  # Windows may still hold the file; it is in the temporary folder
            os.chmod(path, stat.S_IRWXU)
            again(path)

    shutil.rmtree(folder, onerror=open_up)
    return not os.path.lexists(folder)
