"""Find hand-ins in files, folders, ZIP archives, progress stores, and downloads from Moodle and Canvas.

Moodle names folders ``Full Name_12345_assignsubmission_file_``, Canvas names files ``name_12345_67890_file.tutor``.
Only the tutor's files in a download are read, so it can be used unchanged.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import overload

from tutor.classroom.assignment import Assignment
from tutor.classroom.hand_in import MOST_BYTES, SUFFIX, HandIn, HandInError, made_last, read
from tutor.store import Store

_MOST_FILES = 200_000
_MOST_UNPACKED = 4_000_000_000
_MOST_RATIO = 200
_STORE_HEAD = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Found:
    """A hand-in that was found, or the ``error`` that prevented reading it, which begins with the file's name.

    ``name`` says where it was found. ``person`` is the number of the person in a learning management system
    (``moodle:12345``), if the path tells it. ``is_copy`` marks a hand-in from a progress store, which may have been
    handed in as a file too.
    """

    name: str
    hand_in: HandIn | None = None
    error: str = ""
    person: str = ""
    is_copy: bool = False


_MOODLE = re.compile(r"_(\d+)_assignsubmission_file_")
_CANVAS = re.compile(r"[^_/]+(?:_LATE)?_(\d+)_\d+_[^/]+")


def person_of(name: str) -> str:
    """Return who handed in a file, from its path in a download; "" for a file from elsewhere."""
    if moodle := _MOODLE.search(name):
        return f"moodle:{moodle[1]}"
    canvas = _CANVAS.fullmatch(PurePosixPath(name).name)
    return f"canvas:{canvas[1]}" if canvas else ""


class Spool(Sequence[HandIn]):
    """Hand-ins kept on disk and read on demand, so that a hundred thousand of them take little memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the spool lives
        self._spans: list[tuple[int, int]] = []

    def add(self, hand_in: HandIn) -> int:
        """Store a hand-in; return its index."""
        start = self._file.seek(0, os.SEEK_END)
        self._spans.append((start, self._file.write(hand_in.model_dump_json().encode())))
        return len(self._spans) - 1

    def __len__(self) -> int:
        return len(self._spans)

    @overload
    def __getitem__(self, place: int) -> HandIn: ...
    @overload
    def __getitem__(self, place: slice) -> list[HandIn]: ...
    def __getitem__(self, place: int | slice) -> HandIn | list[HandIn]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        start, length = self._spans[place]
        self._file.seek(start)
        return HandIn.model_validate_json(self._file.read(length))


def collect(places: Iterable[Path | str], assignment: Assignment) -> Iterator[Found]:
    """Yield every hand-in in these files, folders, archives and progress stores (files, or ``postgresql://…``).

    A hand-in without any lesson of the assignment is reported as an error, not as a hand-in without points.
    """
    for found in _all_found(places, assignment):
        made = found.hand_in
        if made is not None and not any(lesson.id in assignment.hashes for lesson in made.lessons):
            why = f"{found.name} has no lesson of this assignment: it was made for {made.assignment!r}."
            yield Found(found.name, error=why, person=found.person)
        else:
            yield found


def _all_found(places: Iterable[Path | str], assignment: Assignment) -> Iterator[Found]:
    for each in places:
        if "://" in str(each):
            yield from _store(str(each), assignment)
            continue
        place = Path(each)
        if place.is_dir():
            yield from _folder(place, assignment)
        elif place.suffix.lower() == ".zip" and place.is_file():
            yield from _archive(place)
        elif place.is_file() and _is_store(place):
            yield from _store(place, assignment)
        elif place.is_file():
            yield _file(place, place.name)
        else:
            yield Found(str(place), error=f"There is no file or folder {place}.")


def _folder(folder: Path, assignment: Assignment) -> Iterator[Found]:
    count = 0
    for where, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(where) / name
            if path.is_symlink() or not path.is_file():
                continue
            count += 1
            if count > _MOST_FILES:
                yield Found(str(folder), error=f"{folder} has more than {_MOST_FILES} files; the rest is left out.")
                return
            shown = str(path.relative_to(folder))
            if name.endswith(SUFFIX):
                yield _file(path, shown)
            elif name.lower().endswith(".zip"):
                yield from _archive(path)
            elif _is_store(path):
                yield from _store(path, assignment)


def _file(path: Path, shown: str) -> Found:
    try:
        if path.stat().st_size > MOST_BYTES:
            return Found(shown, error=f"{shown} is larger than {MOST_BYTES // 1_000_000} MB.")
        return Found(shown, read(path.read_bytes(), shown), person=person_of(path.as_posix()))
    except HandInError as error:
        return Found(shown, error=error.message)
    except OSError as error:
        return Found(shown, error=f"{shown} cannot be read: {error.strerror or error}.")


def _archive(path: Path) -> Iterator[Found]:
    """Yield the hand-ins in an archive, read in memory: no name in it is ever used as a path on the disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, path.name)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        yield Found(path.name, error=f"{path.name} is not a ZIP archive that can be read ({error}).")


def _members(archive: zipfile.ZipFile, shown: str) -> Iterator[Found]:
    unpacked = 0
    for place, member in enumerate(archive.infolist()):
        if place >= _MOST_FILES:
            yield Found(shown, error=f"{shown} has more than {_MOST_FILES} files; the rest is left out.")
            return
        if member.is_dir() or not member.filename.endswith(SUFFIX):
            continue
        name = f"{shown}: {member.filename}"
        unpacked += member.file_size
        bomb = member.file_size > _MOST_RATIO * max(member.compress_size, 1000)
        if member.file_size > MOST_BYTES or bomb or unpacked > _MOST_UNPACKED:
            yield Found(name, error=f"{name} is too large.")
            continue
        try:
            with archive.open(member) as file:
                data = file.read(MOST_BYTES + 1)
            yield Found(name, read(data, name), person=person_of(member.filename))
        except HandInError as error:
            yield Found(name, error=error.message)
        except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, NotImplementedError) as error:
            yield Found(name, error=f"{name} cannot be unpacked ({error}).")


def _is_store(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_STORE_HEAD)) == _STORE_HEAD
    except OSError:
        return False


def _store(path: Path | str, assignment: Assignment) -> Iterator[Found]:
    """Yield a hand-in for every learner who answered something of the assignment in a progress store."""
    with closing(Store(path, learner="")) as everybody:
        learners, where = everybody.learners(), path.name if isinstance(path, Path) else "database"
        if everybody.notice:
            yield Found(where, error=f"{where}: {everybody.notice}")
    for learner in learners:
        store = Store(path, learner=learner)
        hand_in = made_last(assignment, store)
        store.close()
        if hand_in.answers:
            yield Found(f"{where}: {learner}", hand_in, is_copy=True)
