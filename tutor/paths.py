"""Where things live: the course's lessons, the learner's own folder, the folders that an instructor adds; how a file is
kept there, and how a lesson's file and its numbers are named together.

Standard library only; platformdirs is imported when the data folder is first asked for.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from zlib import crc32


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


def split_variant(text: str) -> tuple[str, str]:
    """``FILE#17`` (or ``forward-pass#17``) cut into what is opened and the numbers it has; a file whose name has a # is
    itself."""
    name, mark, variant = text.rpartition("#")
    if not mark or os.path.exists(os.path.expanduser(text)):
        return text, ""
    return name, variant.strip()


def file_stamp(path: Path | str) -> tuple[int, int]:
    """What tells that a file has changed: its time in nanoseconds and its size; zeros where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def write_whole(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file whole or not at all: beside its place, then moved there. A full disk or a crash leaves the old one,
    and nobody ever reads half of it. ``lasting`` waits for the disk; off, for what can be worked out again, a power cut
    may leave it empty. Raises ``OSError``."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            if lasting:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@lru_cache(maxsize=1)
def tutor_stamp() -> int:
    """A number for the code of this tutor: with another one, what was kept from it may not fit or hold any more."""
    stamp = 0
    for folder, folders, names in os.walk(Path(__file__).resolve().parent):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(names):
            if name.endswith(".py"):
                status = os.stat(os.path.join(folder, name))
                stamp = crc32(f"{folder}/{name} {status.st_mtime_ns} {status.st_size}".encode(), stamp)
    return stamp
