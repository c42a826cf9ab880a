"""A hash of a lesson's content, which shows whether the lesson has changed."""

from __future__ import annotations

import contextlib
import hashlib

from tutor.lessons.blocks import Lesson
from tutor.lessons.lesson_files import read_regular


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
