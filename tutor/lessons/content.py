"""Whether a lesson is still what it was: a hash of what its files say."""

from __future__ import annotations

import contextlib
import hashlib

from tutor.lessons.blocks import Lesson
from tutor.lessons.lesson_files import read_regular


def content_hash(lesson: Lesson) -> str:
    """Return a hash of a lesson's file and of the networks and data that it takes from others.

    Neither line endings nor the folder that the files lie in matter. A variant has the hash of its lesson, because its
    numbers follow from that.
    """
    found = []
    for path in lesson.sources:
        with contextlib.suppress(OSError, ValueError):  # one that was looked for may not be there
            found.append(_hash(read_regular(path)))
    text = lesson.text.encode("utf-8", "surrogatepass")
    return _hash("\n".join([_hash(text), *sorted(found)]).encode())[:16]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).hexdigest()
