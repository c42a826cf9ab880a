"""Where things live: the course's lessons, the learner's own folder, the folders that an instructor adds.

Standard library only; platformdirs is imported when the data folder is first asked for.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


def shipped_lessons() -> Path:
    """The folder of the course's lessons: in an installed package beside the code, in a checkout at the top."""
    package = Path(__file__).resolve().parent
    installed = package / "_lessons"
    return installed if installed.is_dir() else package.parent / "lessons"


def lesson_folders() -> tuple[Path, ...]:
    """The shipped folder first, then those of ``TUTOR_LESSONS`` (separated as in ``PATH``); later ones win."""
    extra = os.environ.get("TUTOR_LESSONS", "")
    return (shipped_lessons(), *(Path(part).expanduser() for part in extra.split(os.pathsep) if part))


@lru_cache(maxsize=1)
def _platform_data() -> Path:
    from platformdirs import user_data_path

    return Path(user_data_path("neural-tutor", appauthor=False))


def home() -> Path:
    """The learner's own folder (progress, work, reports): ``TUTOR_HOME``, else the platform's data folder."""
    chosen = os.environ.get("TUTOR_HOME")
    return Path(chosen).expanduser() if chosen else _platform_data()
