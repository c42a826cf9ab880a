"""Packs: a folder or ZIP archive of lessons with a ``pack.yaml``, opened in place and remembered for Home.

A pack may be a stranger's. Its lessons' ids begin with its name (``name/id``), so it takes no lesson's place but those
that it names under ``replaces:``. An archive is looked through before anything of it is written, and unpacked into a
folder of the tutor's own, named by its content. Nothing in a pack is run by opening it.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tutor import paths
from tutor.cleaning import from_json
from tutor.errors import TutorError

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

FILE_NAME = "pack.yaml"
MOST_FILES = 2_000
MOST_BYTES = 200_000_000
_MOST_RATIO = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_REMEMBERED = "packs.json"


class PackError(TutorError):
    """A pack that cannot be opened."""

    title = "This pack cannot be opened"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack in its folder. ``lessons`` are the files' names in order; ``replaces`` the ids that keep their own."""

    folder: Path
    name: str
    title: str
    lessons: tuple[str, ...]
    replaces: tuple[str, ...] = ()
    version: str = ""

    def lesson_id(self, own: str) -> str:
        """Return the id of one of its lessons that calls itself ``own``."""
        return own if own in self.replaces else f"{self.name}/{own}"


def open_pack(place: Path) -> Pack:
    """Return the pack in a folder or archive, from now on one of those that Home shows.

    Raises:
        PackError: it cannot be used; the message says why.
    """
    pack = read_pack(folder_of(place).resolve())
    known = {name: each for name, each in _remembered().items() if each.get("name") != pack.name}
    known[str(pack.folder)] = {
        "name": pack.name,
        "title": pack.title,
        "lessons": list(pack.lessons),
        "replaces": list(pack.replaces),
    }
    paths.write_whole(paths.home() / _REMEMBERED, json.dumps(known, indent=1).encode())
    return pack


def folder_of(place: Path) -> Path:
    """Return a pack's folder: the one that it is, or that its archive is unpacked into.

    Raises:
        PackError: the archive cannot be unpacked.
    """
    return _unpacked(place) if place.is_file() else place


def is_pack(place: Path) -> bool:
    """Return whether a path may be a pack: a folder with ``pack.yaml``, or a ZIP archive."""
    return (place / FILE_NAME).is_file() or (place.suffix.lower() == ".zip" and place.is_file())


def folders() -> tuple[Path, ...]:
    """Return the folders of the packs that were opened and are still there."""
    return tuple(Path(name) for name in _remembered() if (Path(name) / FILE_NAME).is_file())


def remembered(folder: Path) -> Pack | None:
    """Return what is known of a pack that was opened, without reading its file."""
    known = _remembered().get(str(folder))
    with suppress(KeyError, TypeError):
        if known is not None:
            lessons, replaces = tuple(known["lessons"]), tuple(known["replaces"])
            return Pack(folder, str(known["name"]), str(known["title"]), lessons, replaces)
    return None


def pack_beside(lesson: Path) -> Pack | None:
    """Return the pack that a lesson's file is in, opened or not; None where there is none.

    Raises:
        PackError: there is one, and it is wrong.
    """
    return read_pack(lesson.parent) if (lesson.parent / FILE_NAME).is_file() else None


def _remembered() -> dict[str, Mapping[str, Any]]:
    try:
        found = from_json((paths.home() / _REMEMBERED).read_bytes())
    except (OSError, ValueError, TutorError):
        return {}
    return found if isinstance(found, dict) else {}


# -- reading --------------------------------------------------------------------------------------------------------


def read_pack(folder: Path) -> Pack:
    """Return what a folder's ``pack.yaml`` says.

    Raises:
        PackError: it is missing or wrong.
    """
    from tutor.lessons.lesson_files import FileRefusedError, LessonFolder
    from tutor.lessons.yaml.document import read_document

    try:
        data = read_document(LessonFolder(folder, folder).find(FILE_NAME)).data
    except FileRefusedError as error:
        raise PackError(f"{folder}: {error.message}") from None
    if not isinstance(data, dict):
        raise PackError(f"{folder / FILE_NAME} holds no keys.", hint="Write name:, title: and lessons:.")
    known = {"name", "version", "title", "authors", "licence", "lessons", "replaces"}
    if strange := sorted(str(key) for key in data if key not in known):
        raise PackError(f"{FILE_NAME} has the key {strange[0]!r}.", hint=f"It may have {', '.join(sorted(known))}.")
    name, listed, replaces = data.get("name"), data.get("lessons"), data.get("replaces", [])
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PackError(f"{FILE_NAME}: name: must be small letters, digits and hyphens, as in deep-learning-1.")
    if not _is_texts(listed) or not listed or not _is_texts(replaces):
        raise PackError(f"{FILE_NAME}: lessons: is a list of files, and replaces: a list of lessons' ids.")
    for each in listed:
        try:
            LessonFolder(folder, folder).find(each)
        except FileRefusedError as error:
            raise PackError(f"{FILE_NAME}: {error.message}") from None
        if PurePosixPath(each).name != each or not each.endswith((".yaml", ".yml")):
            raise PackError(f"{FILE_NAME}: the lesson {each!r} must be a YAML file beside it.")
    title = data.get("title")
    return Pack(folder, name, title if isinstance(title, str) else name, tuple(listed), tuple(replaces),
                str(data.get("version", "")))  # fmt: skip


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


# -- archives -------------------------------------------------------------------------------------------------------


def _unpacked(archive: Path) -> Path:
    """Return the folder into which an archive is unpacked, named by its content: the same archive is unpacked once."""
    import hashlib
    import tempfile
    import zipfile

    try:
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
        target = paths.home() / "packs" / digest
        if not target.is_dir():
            paths.make_folder(target.parent)
            with tempfile.TemporaryDirectory(dir=target.parent) as name, zipfile.ZipFile(archive) as opened:
                _write(opened, _looked_through(opened), Path(name) / "pack")
                with suppress(FileExistsError):
                    (Path(name) / "pack").rename(target)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise PackError(f"{archive} cannot be unpacked ({error}).") from None
    inside = [each for each in target.iterdir() if each.is_dir()]
    return inside[0] if not (target / FILE_NAME).is_file() and len(inside) == 1 else target


def _looked_through(archive: ZipFile) -> list[ZipInfo]:
    """Return the files of an archive, none of which leads out of its folder, is a link, or is far larger than it
    looks."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise PackError(f"It has more than {MOST_FILES} files.")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise PackError(f"Unpacked it has more than {MOST_BYTES // 1_000_000} MB.")
    for member in members:
        place = PurePosixPath(member.filename)
        parts = member.filename.replace("\\", "/").split("/")
        if place.is_absolute() or ".." in parts or ":" in parts[0] or "\0" in member.filename:
            raise PackError(f"The file {member.filename!r} in it leads out of its folder.")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise PackError(f"{member.filename!r} in it is a link or no regular file.")
        if member.file_size > _MOST_RATIO * max(member.compress_size, 1000):
            raise PackError(f"{member.filename!r} in it is far larger unpacked than packed.")
    return members


def _write(archive: ZipFile, members: list[ZipInfo], folder: Path) -> None:
    """Write the files; what an archive says of sizes is not believed."""
    left = MOST_BYTES
    for member in members:
        target = folder / member.filename.replace("\\", "/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("xb") as file:
            data = source.read(left + 1)
            left -= len(data)
            if left < 0:
                raise PackError(f"Unpacked it has more than {MOST_BYTES // 1_000_000} MB.")
            file.write(data)
