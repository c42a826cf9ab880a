"""How large a hostile folder is, and its removal: whatever its depth, its names and the rights of its files.

Both walk without recursion, and by file descriptors, because a path of a thousand folders is longer than the system
takes.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress

_BLOCK = 512
_LEAST = 4096
"""What a file or folder costs at least: an empty one takes a place in the file system too."""
_DEEPEST = 64
_TURNS = 4
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def size(folder: str, enough: int) -> int:
    """Bytes that a folder takes, counted no further than a little beyond ``enough``.

    What cannot be counted, because it lies deeper than ``_DEEPEST`` folders or was made unreadable, counts as too much.
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
        # a file with holes takes less than its size; where there are no blocks (Windows), the size has to do
        return getattr(found, "st_blocks", found.st_size // _BLOCK) * _BLOCK
    return 0


def remove(folder: str) -> bool:
    """Remove a folder and all in it; return whether nothing is left. To be called when the program has ended.

    Each folder inside is moved up to the top before it is emptied, so that nothing is ever more than one folder deep.
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
    import shutil  # on Windows only; at the end of every program it would cost the supervisor some milliseconds

    def open_up(again: Callable[..., object], path: str, _: object) -> None:
        with suppress(OSError):  # a file that Windows still holds; it lies in the temporary folder
            os.chmod(path, stat.S_IRWXU)
            again(path)

    shutil.rmtree(folder, onerror=open_up)
    return not os.path.lexists(folder)
