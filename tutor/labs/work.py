"""The learner's programs: each lab's program is a file in their folder, which any editor can change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tutor import paths


def lab_path(lesson: str, lab: str) -> Path:
    """Return the path of a lab's program: ``work/LESSON/LAB.py`` in the learner's folder."""
    return paths.learner_folder() / "work" / _as_name(lesson) / f"{_as_name(lab)}.py"


def _as_name(text: str) -> str:
    """Return an id as a file name that every file system accepts."""
    return re.sub(r"[^\w.#-]+", "-", text).strip("-.") or "lab"


def open_lab(path: Path, program: str) -> str:
    """Return the text of a lab's file, which is created with ``program`` if it does not exist."""
    if not path.exists():
        save(path, program)
    return read(path)


def read(path: Path) -> str:
    """Return a program from a file; bytes that are not UTF-8 are replaced."""
    return path.read_text(encoding="utf-8", errors="replace")


def save(path: Path, source: str) -> None:
    """Write a program to a file, completely or not at all."""
    paths.write_whole(path, source.encode("utf-8"))


def put_aside(path: Path) -> Path:
    """Rename ``lab.py`` to ``lab-1.py``, or the first free number, and return the new path."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    path.replace(aside)
    return aside


@dataclass
class SavedFile:
    """A file to poll: ``changed`` returns its text after another program has saved it."""

    path: Path
    text: str = ""
    _stamp: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self._stamp = paths.file_stamp(self.path)

    def changed(self) -> str | None:
        """Return the new text, or None. A file that is missing while an editor replaces it is no change."""
        stamp = paths.file_stamp(self.path)
        if stamp in (self._stamp, (0, 0)):
            return None
        try:
            text = read(self.path)
        except OSError:  # removed meanwhile; the next call looks again
            return None
        self._stamp = stamp
        if text == self.text:
            return None
        self.text = text
        return text


def files_of(paths: Sequence[Path], lesson_folder: Path) -> Mapping[str, Path]:
    """Return a lesson's files by their names in a program's folder: the path in the lesson and the bare name."""
    folder = lesson_folder.resolve()
    found: dict[str, Path] = {}
    for path in paths:
        source = path.resolve() if path.is_file() else folder / path
        found.setdefault(source.name, source)
        if source.is_relative_to(folder):
            found[source.relative_to(folder).as_posix()] = source
    return found
