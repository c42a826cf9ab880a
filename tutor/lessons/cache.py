"""Cache loaded lessons and the findings of ``tutor check`` as JSON, until one of their files changes.

A cached lesson opens without YAML and pydantic, in a tenth of the time and with a quarter less memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tutor import paths
from tutor.cleaning import from_json
from tutor.lessons.blocks import Lesson
from tutor.lessons.lesson_files import read_regular
from tutor.lessons.packs import FILE_NAME

_SETTLED = 2_000_000_000
"""In nanoseconds: a lesson changed less than this ago is not cached, because it may have changed while it was read."""

_MOST_BYTES = 100_000_000


@dataclass(frozen=True)
class Records:
    """Records in a folder, one for each lesson file.

    A record is valid while the tutor's code, ``options`` and the contents of every file that it depends on are the
    same. A damaged record is ignored.
    """

    folder: Path
    options: str = ""

    def find(self, path: Path) -> object:
        """Return the data that is stored for a lesson file, or None if there is none or it is no longer valid."""
        try:
            head, _, body = read_regular(self._record(path), _MOST_BYTES).partition(b"\n")
            files, stamp = from_json(head)
            if files[:1] == [str(path)] and stamp == self._stamp([Path(each) for each in files], body):
                return from_json(zlib.decompress(body))
        except (OSError, ValueError, TypeError, zlib.error):
            pass  # missing or damaged: the caller computes it again
        return None

    def keep(self, path: Path, files: Iterable[Path], data: object) -> None:
        """Store plain data about a lesson file that depends on other ``files`` too, whether they exist or not."""
        sources = [path, *sorted({*files} - {path})]
        body = zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 1)
        head = json.dumps([[str(each) for each in sources], self._stamp(sources, body)])
        with contextlib.suppress(OSError):
            paths.write_whole(self._record(path), head.encode() + b"\n" + body, lasting=False)

    def _record(self, path: Path) -> Path:
        return self.folder / f"{path.stem[:60]}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"

    def _stamp(self, files: Iterable[Path], body: bytes) -> str:
        digest = hashlib.sha256(f"{self.options}\n{paths.tutor_stamp()}\n".encode() + body)
        for each in files:
            try:
                contents = hashlib.sha256(read_regular(each)).hexdigest()
            except (OSError, ValueError):
                contents = "not there"
            digest.update(f"\n{each}\n{contents}".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()


def load(path: Path | str) -> Lesson:
    """Return the lesson in a file, from the cache if none of its files has changed; otherwise load and cache it.

    Raises:
        LessonProblems: The lesson has errors; it lists all of them.
    """
    file = Path(path).absolute()
    lesson = _cached(file)
    if lesson is None:
        from tutor.lessons.loader import load_text
        from tutor.lessons.yaml.document import read_document

        lesson = load_text(read_document(file, name=str(path)), file)
        keep(lesson)
    return lesson


def keep(lesson: Lesson) -> None:
    """Cache a lesson with the author's numbers. A lesson that cannot be cached is loaded again next time."""
    from tutor.lessons.plain_data import NotPlainError, to_data

    newest = max(paths.file_stamp(file)[0] for file in (lesson.path, *lesson.sources))
    if not lesson.path.is_absolute() or time.time_ns() - newest < _SETTLED:
        return
    with contextlib.suppress(NotPlainError, RecursionError, ValueError):
        _lessons().keep(lesson.path, lesson.sources, to_data(lesson))


def _cached(path: Path) -> Lesson | None:
    records = _lessons().find(path)
    if not isinstance(records, list):
        return None
    from tutor.lessons.plain_data import NotPlainError, from_data

    try:
        lesson = from_data(records)
    except NotPlainError:
        return None
    if not isinstance(lesson, Lesson) or lesson.path != path:
        return None
    pack = path.parent / FILE_NAME  # a pack.yaml that was added later changes the lesson's id
    return lesson if pack in lesson.sources or not pack.is_file() else None


def _lessons() -> Records:
    return Records(paths.home() / "cache" / "lessons")


def content_hash(lesson: Lesson) -> str:
    """Return a hash of a lesson's text and of the other files it uses, 16 hexadecimal digits.

    Line endings and the folder of the files do not matter. A variant has the same hash as its lesson, because its
    numbers follow from the lesson.
    """
    found = []
    for path in lesson.sources:
        with contextlib.suppress(OSError, ValueError):  # a source may be a file that does not exist
            found.append(_hash(read_regular(path)))
    text = lesson.text.encode("utf-8", "surrogatepass")
    return _hash("\n".join([_hash(text), *sorted(found)]).encode())[:16]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).hexdigest()
