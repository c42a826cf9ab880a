"""Where files are: the course's lessons, the learner's folder, the folders that an instructor adds.

Also how a file is written safely, and how a name such as ``FILE#17`` is split.

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
    """Return the shipped folder, then those in ``TUTOR_LESSONS`` (separated as in ``PATH``); later ones win."""
    extra = os.environ.get("TUTOR_LESSONS", "")
    return (shipped_lessons(), *(Path(part).expanduser() for part in extra.split(os.pathsep) if part))


@lru_cache(maxsize=1)
def _platform_data() -> Path:
    from platformdirs import user_data_path

    return Path(user_data_path("neural-tutor", appauthor=False))


def home() -> Path:
    """Return the folder for the progress, work and reports of all learners: ``TUTOR_HOME``, else the platform's.

    Raises:
        TutorError: The user has no home folder.
    """
    chosen = os.environ.get("TUTOR_HOME")
    try:
        folder = os.path.expanduser(chosen) if chosen else str(_platform_data())
    except RuntimeError:  # newer releases of platformdirs raise it
        folder = "~"
    if folder.startswith("~"):
        raise TutorError(
            "There is no folder to keep your progress in: this user has no home folder.",
            hint="Set TUTOR_HOME to a folder that you can write to, or HOME.",
        )
    return Path(folder)


def learner_name() -> str:
    """Return the name of the learner (``TUTOR_LEARNER``), which is empty for the user's default progress."""
    return os.environ.get("TUTOR_LEARNER", "").strip()


def is_room() -> bool:
    """Return whether this tutor serves a single assignment, on the instructor's machine (``TUTOR_ROOM``)."""
    return os.environ.get("TUTOR_ROOM", "") == "1"


def learner_folder() -> Path:
    """Return the folder of this learner's files: ``home``, or for a named learner a folder below it.

    Its name contains a hash, so that ``Ada`` and ``ada`` differ even on a file system that ignores case.
    """
    name = learner_name()
    if not name:
        return home()
    from hashlib import sha256

    readable = re.sub(r"[^\w@-]+", "-", name).strip("-") or "learner"
    return home() / "learners" / f"{readable[:40]}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def own_lessons() -> Path:
    """Return the folder of the lessons that this learner has made; it may not exist yet."""
    return learner_folder() / "lessons"


def child_environment() -> dict[str, str]:
    """Return the environment for a Python that the tutor starts (with ``-P``).

    Its path must not contain the working folder, whose files may be a stranger's. Empty and relative entries of
    ``PYTHONPATH``, which refer to that folder, are therefore left out.
    """
    kept = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(each)]
    package = Path(__file__).resolve().parent
    if not (package / "_lessons").is_dir():  # a checkout, which may not be installed
        kept.insert(0, str(package.parent))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return environment | ({"PYTHONPATH": os.pathsep.join(kept)} if kept else {})


def split_variant(text: str) -> tuple[str, str]:
    """Split ``FILE#17`` (or ``forward-pass#17``) into what to open and the variant (empty without a ``#``).

    An existing file whose name contains ``#`` is not split.
    """
    name, mark, variant = text.rpartition("#")
    if not mark or os.path.exists(os.path.expanduser(text)):
        return text, ""
    return name, variant.strip()


def file_stamp(path: Path | str) -> tuple[int, int]:
    """Return a file's modification time in nanoseconds and its size in bytes; zeros where there is no file."""
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents. Only this user may read ``home`` and the folders in it.

    Raises:
        OSError: The folder cannot be made.
    """
    with suppress(TutorError):
        mine = home()
        for each in reversed((folder, *folder.parents)):
            if each == mine or mine in each.parents:
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file completely or not at all, by renaming a temporary file. A full disk or a crash leaves the old file.

    ``lasting`` waits until the data is on the disk. Without it a power cut may leave an empty file, which is acceptable
    for data that can be computed again.

    Raises:
        OSError: The file cannot be written.
    """
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
    """Return a number that changes with the tutor's code: what was cached under another number may be out of date."""
    stamp = 0
    for folder, folders, names in os.walk(Path(__file__).resolve().parent):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(names):
            if name.endswith(".py"):
                status = os.stat(os.path.join(folder, name))
                stamp = crc32(f"{folder}/{name} {status.st_mtime_ns} {status.st_size}".encode(), stamp)
    return stamp
