"""A learner's folder for a test, which holds only the cache of the course, and files of lessons."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def furnish(home: Path, course_read: Path) -> Path:
    """Put the cache ``course_read`` into a learner's folder. Where links cannot be made, the tutor reads the course
    again."""
    with suppress(OSError):
        cache = home / "cache"
        cache.mkdir(mode=0o700, parents=True)
        (cache / "lessons").symlink_to(course_read / "lessons")
        shutil.copy(course_read / "lessons.json", cache)
    return home


def write_long_ago(path: Path, text: str) -> Path:
    """Write a file with an old date: the tutor does not use its cache for a lesson that was written just now."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path
