"""A learner's folder for a test, which holds only the cache of the course, and files of lessons."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from tutor import paths
from tutor.learning.index import load_index
from tutor.lessons import Catalogue


def furnish(home: Path, course_read: Path) -> Path:
    """Put the cache ``course_read`` into a learner's folder. Where links cannot be made, the tutor reads the course
    again."""
    with suppress(OSError):
        cache = home / "cache"
        cache.mkdir(mode=0o700, parents=True)
        (cache / "lessons").symlink_to(course_read / "lessons")
        shutil.copy(course_read / "lessons.json", cache)
    return home


def read_lessons(home: Path, folder: Path) -> None:
    """Read the lessons of the course and of a folder, and their skills, as a learner's first tutor would do in half a
    second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUTOR_HOME", str(home))
        load_index(entry.path for entry in Catalogue([paths.shipped_lessons(), folder]).entries)


def write_long_ago(path: Path, text: str) -> Path:
    """Write a file with an old date: the tutor does not use its cache for a lesson that was written just now."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


class Homes:
    """Folders for learners. Most tests leave theirs as it was, and the next test gets it: making one takes longer than
    many a test. A new one has a number: ``tmp_path_factory`` would list all existing folders for each new one."""

    def __init__(self, folder: Path, course_read: Path) -> None:
        self._paths = (folder / str(number) for number in count(1))
        self._course_read = course_read
        self._unused: Path | None = None
        self._as_made: tuple[object, ...] = ()

    def take(self) -> Path:
        """Return a folder that holds only the cache of the course."""
        if self._unused is None or _contents(self._unused) != self._as_made:  # something may write late
            self._unused = furnish(next(self._paths), self._course_read)
            self._as_made = _contents(self._unused)
        return self._unused

    def give_back(self, home: Path) -> None:
        """Keep a folder for the next test if nothing in it has changed."""
        if not self._as_made or _contents(home) != self._as_made:
            self._unused = None


def _contents(home: Path) -> tuple[object, ...]:
    """Return the names, files and permissions in a learner's folder, or nothing if it was not made by ``furnish``."""
    cache = home / "cache"
    try:
        found = [os.lstat(each) for each in (home, cache, cache / "lessons", cache / "lessons.json")]
        names = os.listdir(home), sorted(os.listdir(cache))
    except OSError:
        return ()
    return (*names, *((each.st_ino, each.st_mode, each.st_size, each.st_mtime_ns) for each in found))
