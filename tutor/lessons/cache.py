"""Lessons kept ready-made: one that has been read once is opened from then on without YAML and pydantic, several times
as fast and with a quarter less memory.

Each is a file under ``TUTOR_HOME``: a line of JSON that says what it holds for (this tutor's code, and the time and
size of every file that the lesson came from), and the lesson, pickled. Nothing but the classes that a lesson consists
of can come out of it, so that a file that somebody has tampered with runs nothing.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import time
import zlib
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from tutor import paths
from tutor.lessons.blocks import Lesson

_PARTS = frozenset({
    "tutor.formulas.notation", "tutor.formulas.tree", "tutor.lessons.blocks", "tutor.lessons.template",
    "tutor.network.graph", "tutor.network.model", "tutor.network.worksheet",
})  # fmt: skip
"""The modules whose own classes a lesson consists of."""

_PLAIN = frozenset({
    ("builtins", "float"), ("builtins", "int"), ("builtins", "range"),
    ("pathlib", "PosixPath"), ("pathlib", "WindowsPath"),
    ("pathlib._local", "PosixPath"), ("pathlib._local", "WindowsPath"),  # Python 3.13
})  # fmt: skip
"""What else stands in it."""

_SETTLED = 2_000_000_000
"""Nanoseconds. A file that was written later than so long ago may be written again without its time or size showing."""


def load(path: Path | str) -> Lesson:
    """The lesson in a file, ready-made where nothing that it came from has changed; else read, and kept.

    Raises ``LessonProblems`` with everything that is wrong.
    """
    file = Path(path).absolute()
    lesson = _kept(file)
    if lesson is None:
        from tutor.lessons.loader import load_text
        from tutor.lessons.yaml.document import read_document

        lesson = load_text(read_document(file, name=str(path)), file)
        keep(lesson)
    return lesson


def keep(lesson: Lesson) -> None:
    """Keep a lesson as it stands in its file. One that can't be kept is read again the next time."""
    files = _looked_at((lesson.path, *lesson.sources))
    newest = max(written for _, written, _ in files)
    if not lesson.path.is_absolute() or time.time_ns() - newest < _SETTLED:
        return
    with contextlib.suppress(OSError, RecursionError):
        body = zlib.compress(pickle.dumps(lesson, protocol=5), 1)
        head = json.dumps([paths.tutor_stamp(), files]).encode()
        paths.write_whole(_place(lesson.path), head + b"\n" + body, lasting=False)


def _kept(path: Path) -> Lesson | None:
    try:
        head, _, body = _place(path).read_bytes().partition(b"\n")
        stamp, files = json.loads(head)
        if stamp != paths.tutor_stamp() or [*map(tuple, files)] != _looked_at(Path(name) for name, _, _ in files):
            return None
        lesson = _Unpickler(io.BytesIO(zlib.decompress(body))).load()
    except Exception:
        return None  # whatever is wrong with it: the lesson is read again
    return lesson if isinstance(lesson, Lesson) and lesson.path == path else None


def _place(path: Path) -> Path:
    return paths.home() / "cache" / "ready" / f"{path.stem[:60]}-{zlib.crc32(os.fsencode(path)):08x}"


def _looked_at(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    """Each file's name, time and size."""
    return [(str(file), *paths.file_stamp(file)) for file in files]


class _Unpickler(pickle.Unpickler):
    """Gives nothing but what a lesson consists of."""

    def find_class(self, module: str, name: str) -> type:
        found = None
        if module in _PARTS or (module, name) in _PLAIN:
            found = getattr(import_module(module), name, None)
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a lesson")
        return found
