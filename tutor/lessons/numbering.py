"""Files with the number that gives their place in the list: ``02-the-forward-pass.yaml``."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.cleaning import whole

_NUMBERED = re.compile(r"^(\d+)[-_. ]+(.+)$")


def lesson_id(path: Path) -> tuple[int | None, str]:
    """Return a file's leading number, and its name without it: what a lesson is called where it says nothing."""
    stem = whole(path.stem)  # progress is kept under it
    match = _NUMBERED.match(stem)
    return (int(match[1]), match[2]) if match else (None, stem)
