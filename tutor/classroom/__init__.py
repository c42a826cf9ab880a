"""A class: assignments, hand-ins, marks, reports and gradebooks.

An ``assignment`` names lessons, points and dates. A learner's ``hand_in`` carries their answers in one file;
``marking`` marks it again from the answers against the instructor's own lessons, ``bulk`` does so for many,
``collect`` finds hand-ins in folders, archives and downloads, ``report`` sums a class up, and ``gradebooks`` fills in
the file that a learning management system exported.
"""

from __future__ import annotations

import re
from pathlib import Path

_KEY = re.compile(r"^assignment:", re.MULTILINE)


def is_assignment(path: Path) -> bool:
    """Whether a file is an assignment, told from its first lines, without loading anything."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _KEY.search(file.read(4000)) is not None
    except OSError:
        return False
