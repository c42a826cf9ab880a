"""Finds hand-ins where an instructor has them: files, folders, ZIP archives, and what Moodle and Canvas download.

Moodle names folders ``Full Name_12345_assignsubmission_file_``, Canvas names files ``name_12345_67890_file.tutor``;
both are only looked through for the tutor's own files, so a download can be used as it is.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tutor.classroom.assignment import Assignment
from tutor.classroom.hand_in import MOST_BYTES, SUFFIX, HandIn, HandInError, class_name, make, read
from tutor.store import Store

_MOST_FILES = 200_000
_MOST_UNPACKED = 4_000_000_000
_MOST_RATIO = 200
_STORE_HEAD = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Found:
    """A hand-in that was found, or why a file is none. ``name`` says where, ``folder`` is the folder it lay in."""

    name: str
    hand_in: HandIn | None = None
    error: str = ""
    folder: str = ""


def collect(places: Iterable[Path], assignment: Assignment) -> Iterator[Found]:
    """Every hand-in in these files, folders, archives and progress stores, one after the other."""
    for place in places:
        if place.is_dir():
            yield from _folder(place, assignment)
        elif place.suffix.lower() == ".zip":
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
            return Found(shown, error=f"{shown} is larger than {MOST_BYTES // 1_000_000} MB.", folder=path.parent.name)
        return Found(shown, read(path.read_bytes(), shown), folder=path.parent.name)
    except HandInError as error:
        return Found(shown, error=error.message, folder=path.parent.name)
    except OSError as error:
        return Found(shown, error=f"{shown} cannot be read: {error.strerror or error}.", folder=path.parent.name)


def _archive(path: Path) -> Iterator[Found]:
    """The hand-ins in an archive, read in memory: no name in it ever becomes a path on the disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, path.name)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        yield Found(path.name, error=f"{path.name} is no ZIP archive that can be read ({error}).")


def _members(archive: zipfile.ZipFile, shown: str) -> Iterator[Found]:
    unpacked = 0
    for place, member in enumerate(archive.infolist()):
        if place >= _MOST_FILES:
            yield Found(shown, error=f"{shown} has more than {_MOST_FILES} files; the rest is left out.")
            return
        if member.is_dir() or not member.filename.endswith(SUFFIX):
            continue
        name = f"{shown}: {member.filename}"
        folder = PurePosixPath(member.filename).parent.name
        unpacked += member.file_size
        bomb = member.file_size > _MOST_RATIO * max(member.compress_size, 1000)
        if member.file_size > MOST_BYTES or bomb or unpacked > _MOST_UNPACKED:
            yield Found(name, error=f"{name} is too large.", folder=folder)
            continue
        try:
            with archive.open(member) as file:
                data = io.BytesIO(file.read(MOST_BYTES + 1)).getvalue()
            yield Found(name, read(data, name), folder=folder)
        except HandInError as error:
            yield Found(name, error=error.message, folder=folder)
        except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, NotImplementedError) as error:
            yield Found(name, error=f"{name} cannot be unpacked ({error}).", folder=folder)


def _is_store(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_STORE_HEAD)) == _STORE_HEAD
    except OSError:
        return False


def _store(path: Path, assignment: Assignment) -> Iterator[Found]:
    """A hand-in of every learner who has answered something of the assignment in a progress store."""
    for learner in Store(path, learner="").learners():
        store = Store(path, learner=learner)
        hand_in = make(assignment, store, now=None, learner=class_name(store))
        store.close()
        if hand_in.answers:
            yield Found(f"{path.name}: {learner}", hand_in)
