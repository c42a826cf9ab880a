"""File names with a number that gives the lesson's place in the list: ``02-the-forward-pass.yaml``."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.cleaning import whole

_NUMBERED = re.compile(r"^(\d+)[-_. ]+(.+)$")


def lesson_id(path: Path) -> tuple[int | None, str]:
    """Return a file's leading number, or None, and the rest of its name: the default id of a lesson."""
    stem = whole(path.stem)  # progress is stored under it, so it must be valid text
    match = _NUMBERED.match(stem)
    return (int(match[1]), match[2]) if match else (None, stem)
