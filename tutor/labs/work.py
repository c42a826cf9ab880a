"""The learner's own files: each lab's program, as a real file in their folder that any editor may change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tutor import paths


def lab_path(lesson: str, lab: str) -> Path:
    """Return where a lab's program lies: ``work/LESSON/LAB.py`` in the learner's folder."""
    return paths.learner_folder() / "work" / _as_name(lesson) / f"{_as_name(lab)}.py"


def _as_name(text: str) -> str:
    """Return an id as a name that every file system takes."""
    return re.sub(r"[^\w.#-]+", "-", text).strip("-.") or "lab"


def open_lab(path: Path, program: str) -> str:
    """Return what stands in a lab's file; made from the program where there is none yet."""
    if not path.exists():
        save(path, program)
    return read(path)


def read(path: Path) -> str:
    """Return a program as an editor left it, whatever bytes are in it."""
    return path.read_text(encoding="utf-8", errors="replace")


def save(path: Path, source: str) -> None:
    """Write a program whole or not at all."""
    paths.write_whole(path, source.encode("utf-8"))


def put_aside(path: Path) -> Path:
    """Make place for another program: ``lab.py`` becomes ``lab-1.py``, or the first that there is not yet."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    path.replace(aside)
    return aside


@dataclass
class SavedFile:
    """A file that is looked at now and then: ``changed`` gives its text when it has been saved by someone else."""

    path: Path
    text: str = ""
    _stamp: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self._stamp = paths.file_stamp(self.path)

    def changed(self) -> str | None:
        """Return the new text, where there is one; a file that is away for a moment (an editor replacing it) is no
        change."""
        stamp = paths.file_stamp(self.path)
        if stamp in (self._stamp, (0, 0)):
            return None
        try:
            text = read(self.path)
        except OSError:  # it has gone since; it is looked for again
            return None
        self._stamp = stamp
        if text == self.text:
            return None
        self.text = text
        return text


def files_of(paths: Sequence[Path], lesson_folder: Path) -> Mapping[str, Path]:
    """A lesson's files by the names they have beside a program: as the lesson writes them, and by their bare name."""
    folder = lesson_folder.resolve()
    found: dict[str, Path] = {}
    for path in paths:
        source = path.resolve() if path.is_file() else folder / path
        found.setdefault(source.name, source)
        if source.is_relative_to(folder):
            found[source.relative_to(folder).as_posix()] = source
    return found
