"""Find and read the files that a lesson names, in its own folder only and within limits.

A lesson may come from a stranger. A file it names must be a regular file, not too large, and after following all links
inside the lesson's folder (or that of the lessons that come with the tutor). So a lesson can neither show a private
file of the reader nor hang the tutor on a pipe or device.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from tutor import paths
from tutor.cleaning import whole

MOST_BYTES = 20_000_000
"""The largest size of a file that a lesson may name, in bytes."""

MOST_FILES = 100
"""The largest number of files that a lesson may copy into the folder of its programs."""

LEADS_OUT = "This is a link to a file outside its folder; put the file itself here."

_SHOWN = 80

#: A file name with a number that gives the lesson's place in the list: ``02-the-forward-pass.yaml``.
_NUMBERED = re.compile(r"^(\d+)[-_. ]+(.+)$")
_ASSIGNMENT = re.compile(r"^assignment:", re.MULTILINE)


def lesson_id(path: Path) -> tuple[int | None, str]:
    """Return a file's leading number, or None, and the rest of its name: the default id of a lesson."""
    stem = whole(path.stem)  # progress is stored under it, so it must be valid text
    match = _NUMBERED.match(stem)
    return (int(match[1]), match[2]) if match else (None, stem)


def is_assignment(path: Path) -> bool:
    """Return whether a file is an assignment rather than a lesson, judging by its first lines."""
    try:
        return _ASSIGNMENT.search(read_regular(path, 4000).decode("utf-8", "replace")) is not None
    except OSError:
        return False


class FileRefusedError(Exception):
    """A lesson names a file that it may not use or that is missing. The message is a sentence for the author."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_missing = is_missing


@dataclass(frozen=True, slots=True)
class LessonFolder:
    """The folder that names of files are relative to (``here``), and the one that they may not leave (``root``)."""

    here: Path
    root: Path

    @classmethod
    def of(cls, lesson: Path) -> LessonFolder:
        """Return the folder of a lesson file."""
        return cls(lesson.parent, lesson.parent)

    def beside(self, file: Path) -> LessonFolder:
        """Return the same for a file of the lesson that names files itself, relative to its own folder."""
        return LessonFolder(file.parent, self.root)

    def place(self, name: str) -> Path:
        """Return the path that a name means, whether or not the file exists.

        Raises:
            FileRefusedError: The name is no valid path, is absolute, or leads out of the lesson's folder.
        """
        shown = shortened(name)
        if not name or "\0" in name:
            raise _missing(name)
        if Path(name).is_absolute():
            raise FileRefusedError(
                f"'{shown}' is an absolute path; write one relative to this file, as in data/yield.csv."
            )
        target = self.here / name
        try:
            resolved = target.resolve()
            is_inside = any(resolved.is_relative_to(each.resolve()) for each in (self.root, paths.shipped_lessons()))
        except (OSError, RuntimeError, ValueError):  # a name that is too long, or a circle of links
            raise _missing(name) from None
        if not is_inside:
            raise FileRefusedError(f"'{shown}' lies outside the lesson's folder; copy the file into it.")
        return target

    def find(self, name: str) -> Path:
        """Return the path of a regular file.

        Raises:
            FileRefusedError: It is missing, not a regular file, too large, or outside the lesson's folder.
        """
        target = self.place(name)
        shown = shortened(name)
        try:
            status = target.stat()
        except (OSError, ValueError) as error:
            raise _missing(name, is_missing=isinstance(error, FileNotFoundError)) from None
        if stat.S_ISDIR(status.st_mode):
            raise FileRefusedError(f"'{shown}' is a folder; name a file.")
        if not stat.S_ISREG(status.st_mode):
            raise FileRefusedError(f"'{shown}' is not a regular file.")
        if status.st_size > MOST_BYTES:
            raise FileRefusedError(f"'{shown}' has more than {MOST_BYTES // 1_000_000} MB.")
        return target


def _missing(name: str, *, is_missing: bool = True) -> FileRefusedError:
    message = f"There is no file '{shortened(name)}' (paths are from this file)."
    return FileRefusedError(message, is_missing=is_missing)


def shortened(name: str) -> str:
    """Return a name, cut off if it is too long to show."""
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"


def read_regular(path: Path | str, most: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file, but no more than ``most + 1`` bytes.

    The check is made on the open file, so that it cannot be replaced by a pipe in between.

    Raises:
        OSError: The file cannot be read, or is a folder, a pipe or a device.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "It is not a regular file")
        return file.read(most + 1)


def leads_out(path: Path, folder: Path) -> bool:
    """Return whether a file in a folder is a link to something outside the folder."""
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True
