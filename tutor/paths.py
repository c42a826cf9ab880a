"""Where things live: the course's lessons, the learner's own folder, the folders that an instructor adds; how a file is
kept there, and how a lesson's file and its numbers are named together.

Standard library only; platformdirs is imported when the data folder is first asked for.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from tutor.errors import TutorError


def shipped_lessons() -> Path:
    """Return the folder of the course's lessons: in an installed package beside the code, in a checkout at the top."""
    package = Path(__file__).resolve().parent
    installed = package / "_lessons"
    return installed if installed.is_dir() else package.parent / "lessons"


def lesson_folders() -> tuple[Path, ...]:
    """Return the shipped folder first, then those of ``TUTOR_LESSONS`` (separated as in ``PATH``); later ones win."""
    extra = os.environ.get("TUTOR_LESSONS", "")
    return (shipped_lessons(), *(Path(part).expanduser() for part in extra.split(os.pathsep) if part))


@lru_cache(maxsize=1)
def _platform_data() -> Path:
    from platformdirs import user_data_path

    return Path(user_data_path("neural-tutor", appauthor=False))


def home() -> Path:
    """Return the folder of all learners of this user (progress, work, reports): ``TUTOR_HOME``, else the platform's
    data folder. Raises ``TutorError`` for a user who has no home folder."""
    chosen = os.environ.get("TUTOR_HOME")
    try:
        folder = os.path.expanduser(chosen) if chosen else str(_platform_data())
    except RuntimeError:  # as newer releases of platformdirs have it
        folder = "~"
    if folder.startswith("~"):
        raise TutorError(
            "There is no folder to keep your progress in: this user has no home folder.",
            hint="Set TUTOR_HOME to a folder that you can write to, or HOME.",
        )
    return Path(folder)


def learner_name() -> str:
    """Whose progress it is: ``TUTOR_LEARNER``, else nobody in particular."""
    return os.environ.get("TUTOR_LEARNER", "").strip()


def is_room() -> bool:
    """Return whether this tutor is for one assignment alone, on the machine of whoever set it (``TUTOR_ROOM``)."""
    return os.environ.get("TUTOR_ROOM", "") == "1"


def learner_folder() -> Path:
    """Return where this learner's files lie: nobody's in particular in ``home``, a named learner's in a folder of its
    own, which no other name has, not even where a file system takes ``Ada`` and ``ada`` for the same."""
    name = learner_name()
    if not name:
        return home()
    from hashlib import sha256

    readable = re.sub(r"[^\w@-]+", "-", name).strip("-") or "learner"
    return home() / "learners" / f"{readable[:40]}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def own_lessons() -> Path:
    """Return the folder of the lessons that this learner has made, which may not be there yet."""
    return learner_folder() / "lessons"


def child_environment() -> dict[str, str]:
    """Return the environment of a Python that the tutor starts (with ``-P``), whose path must not have the working
    folder in it: what lies there may be a stranger's. An empty or relative entry of ``PYTHONPATH`` means that folder.
    """
    kept = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(each)]
    package = Path(__file__).resolve().parent
    if not (package / "_lessons").is_dir():  # a checkout, which may not be installed
        kept.insert(0, str(package.parent))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return environment | ({"PYTHONPATH": os.pathsep.join(kept)} if kept else {})


def split_variant(text: str) -> tuple[str, str]:
    """``FILE#17`` (or ``forward-pass#17``) cut into what is opened and the numbers it has; a file whose name has a # is
    itself."""
    name, mark, variant = text.rpartition("#")
    if not mark or os.path.exists(os.path.expanduser(text)):
        return text, ""
    return name, variant.strip()


def file_stamp(path: Path | str) -> tuple[int, int]:
    """Return what tells that a file has changed: its time in nanoseconds and its size; zeros where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; the learner's own folder and all in it are for this user's
    eyes alone. Raises ``OSError``."""
    with suppress(TutorError):
        mine = home()
        for each in reversed((folder, *folder.parents)):
            if each == mine or mine in each.parents:
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file whole or not at all: beside its place, then moved there. A full disk or a crash leaves the old one,
    and nobody ever reads half of it. ``lasting`` waits for the disk; off, for what can be worked out again, a power cut
    may leave it empty. Raises ``OSError``."""
    import tempfile

    make_folder(path.parent)
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
    """Return a number for the code of this tutor: with another one, what was kept from it may not fit or hold any
    more."""
    stamp = 0
    for folder, folders, names in os.walk(Path(__file__).resolve().parent):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(names):
            if name.endswith(".py"):
                status = os.stat(os.path.join(folder, name))
                stamp = crc32(f"{folder}/{name} {status.st_mtime_ns} {status.st_size}".encode(), stamp)
    return stamp
