"""Find what programs must not read among a Python's packages: the tutor itself, whose lessons hold the solutions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import tutor
from tutor.paths import shipped_lessons

_LIBRARIES = ("lib", "lib64", "local/lib")
_PACKAGES = ("site-packages", "dist-packages")


@lru_cache(maxsize=64)
def hidden(folder: str) -> tuple[str, ...]:
    """Return the paths of the tutor's files in a folder that a program will see."""
    real = os.path.realpath(folder)
    found = {os.path.realpath(path) for path in (Path(tutor.__file__).parent, shipped_lessons())}
    found |= {os.path.realpath(path) for path in _installed(real)}
    within = sorted(path for path in found if _is_in(path, real) and path != real and os.path.exists(path))
    return tuple(os.path.join(folder, os.path.relpath(path, real)) for path in within)


def _installed(prefix: str) -> Iterator[str]:
    """Yield the files of every tutor that is installed in the package folders of the Pythons below ``prefix``."""
    for library in _LIBRARIES:
        for version in _names(f"{prefix}/{library}"):
            for packages in _PACKAGES if version.startswith("python3") else ():
                for name in _names(f"{prefix}/{library}/{version}/{packages}"):
                    if name == "tutor" or name.startswith("neural_tutor-") or name.endswith("neural_tutor.pth"):
                        yield f"{prefix}/{library}/{version}/{packages}/{name}"


def _names(folder: str) -> list[str]:
    with suppress(OSError):
        return os.listdir(folder)
    return []


def without_hidden(folders: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split folders around the hidden files, because Landlock can allow a folder but not exclude a part of it.

    Return the paths that may be read, and the folders above hidden files, which may only be listed.
    """
    read, listed = [], []
    for folder in folders:
        away = [os.path.realpath(path) for path in hidden(folder)]
        todo = [os.path.realpath(folder) if away else folder]
        while todo:
            path = todo.pop()
            if any(_is_in(path, other) for other in away):
                continue
            if not any(_is_in(other, path) for other in away):
                read.append(path)
                continue
            listed.append(path)
            with os.scandir(path) as entries:
                # Landlock would allow the target of a link, so links to hidden files are left out
                todo += [entry.path for entry in entries if not _leads_to(entry, away)]
    return read, listed


def _leads_to(entry: os.DirEntry[str], away: list[str]) -> bool:
    """Return whether an entry is a link to something hidden, or to a folder above or in it."""
    if not entry.is_symlink():
        return False
    real = os.path.realpath(entry.path)
    return any(_is_in(other, real) or _is_in(real, other) for other in away)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
