"""The files that a lesson names: found in its own folder only, and read within limits.

A lesson may be a stranger's. What it names must be a regular file that lies, with every link followed, in the folder of
the lesson (or of the lessons that come with the tutor), and may not be too large. So a lesson can neither show a file
of the reader's nor hang the tutor on a pipe or a device.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from tutor import paths

MOST_BYTES = 20_000_000
"""The size of the largest file that a lesson may name."""

MOST_FILES = 100
"""How many files a lesson may copy into the folder of its programs."""

LEADS_OUT = "This is a link to a file outside its folder; put the file itself here."

_SHOWN = 80


_ASSIGNMENT = re.compile(r"^assignment:", re.MULTILINE)


def is_assignment(path: Path) -> bool:
    """Return whether a file is an assignment and no lesson, told from its first lines, without loading anything."""
    try:
        return _ASSIGNMENT.search(read_regular(path, 4000).decode("utf-8", "replace")) is not None
    except OSError:
        return False


class FileRefusedError(Exception):
    """A file that a lesson may not have, or that is not there. The message is a sentence for its author."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_missing = is_missing


@dataclass(frozen=True, slots=True)
class LessonFolder:
    """Where a lesson's names of files begin (``here``), and the folder that none may lead out of (``root``)."""

    here: Path
    root: Path

    @classmethod
    def of(cls, lesson: Path) -> LessonFolder:
        """Return the folder of a lesson's file."""
        return cls(lesson.parent, lesson.parent)

    def beside(self, file: Path) -> LessonFolder:
        """Return the same for a file of the lesson that names files itself, from its own place."""
        return LessonFolder(file.parent, self.root)

    def place(self, name: str) -> Path:
        """Return the path that a name stands for, whether or not something is there.

        Raises:
            FileRefusedError: It is absolute or leads out of the lesson's folder.
        """
        shown = shortened(name)
        if not name or "\0" in name:
            raise FileRefusedError(f"There is no file '{shown}' (paths are from this file).", is_missing=True)
        if Path(name).is_absolute():
            raise FileRefusedError(f"'{shown}' begins at the root; a path is from this file, as in data/yield.csv.")
        target = self.here / name
        try:
            resolved = target.resolve()
            is_inside = any(resolved.is_relative_to(each.resolve()) for each in (self.root, paths.shipped_lessons()))
        except (OSError, RuntimeError, ValueError):  # too long a name, a circle of links
            raise FileRefusedError(f"There is no file '{shown}' (paths are from this file).", is_missing=True) from None
        if not is_inside:
            raise FileRefusedError(f"'{shown}' lies outside the lesson's folder; copy the file into it.")
        return target

    def find(self, name: str) -> Path:
        """Return the path of a regular file.

        Raises:
            FileRefusedError: It is not there, no regular file, too large, or outside the lesson's folder.
        """
        target = self.place(name)
        shown = shortened(name)
        try:
            status = target.stat()
        except (OSError, ValueError) as error:
            message = f"There is no file '{shown}' (paths are from this file)."
            raise FileRefusedError(message, is_missing=isinstance(error, FileNotFoundError)) from None
        if stat.S_ISDIR(status.st_mode):
            raise FileRefusedError(f"'{shown}' is a folder; name a file.")
        if not stat.S_ISREG(status.st_mode):
            raise FileRefusedError(f"'{shown}' is not a regular file.")
        if status.st_size > MOST_BYTES:
            raise FileRefusedError(f"'{shown}' has more than {MOST_BYTES // 1_000_000} MB.")
        return target


def shortened(name: str) -> str:
    """Return the beginning of a name that is too long to show."""
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"


def read_regular(path: Path | str, most: int = MOST_BYTES) -> bytes:
    """Return what a regular file holds, ``most + 1`` bytes of one that is larger.

    The file that is opened is the one that is looked at, so nobody can put a pipe in its place meanwhile.

    Raises:
        OSError: It cannot be read, or is a folder, a pipe or a device.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "It is not a regular file")
        return file.read(most + 1)


def leads_out(path: Path, folder: Path) -> bool:
    """Return whether a file found in a folder is a link to something outside it."""
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True
