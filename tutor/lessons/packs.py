"""Packs: a folder or ZIP archive of lessons with a ``pack.yaml``, which Home lists once it has been opened.

A pack may come from a stranger. Its lessons' ids begin with its name (``name/id``), so that they replace no other
lessons except those named under ``replaces:``. An archive is checked before any file is written, and unpacked into a
folder of the tutor named by a hash of its content. Opening a pack runs nothing.
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
    """A pack cannot be opened."""

    title = "This pack cannot be opened"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack in its folder. ``lessons`` are the names of files in order; ``replaces`` are the ids that get no
    prefix."""

    folder: Path
    name: str
    title: str
    lessons: tuple[str, ...]
    replaces: tuple[str, ...] = ()
    version: str = ""

    def lesson_id(self, own: str) -> str:
        """Return the full id of the lesson that has the id ``own`` in this pack."""
        return own if own in self.replaces else f"{self.name}/{own}"


def open_pack(place: Path) -> Pack:
    """Return the pack in a folder or archive, and remember it, so that Home lists it.

    Raises:
        PackError: The pack cannot be used.
    """
    pack = read_pack(folder_of(place).resolve())
    known = {name: each for name, each in _remembered().items() if each.get("name") != pack.name}
    known[str(pack.folder)] = {key: getattr(pack, key) for key in ("name", "title", "lessons", "replaces")}
    paths.write_whole(paths.home() / _REMEMBERED, json.dumps(known, indent=1).encode())
    return pack


def folder_of(place: Path) -> Path:
    """Return a pack's folder; an archive is unpacked first.

    Raises:
        PackError: The archive cannot be unpacked.
    """
    return _unpacked(place) if place.is_file() else place


def is_pack(place: Path) -> bool:
    """Return whether a path may be a pack: a folder with ``pack.yaml``, or a ZIP archive."""
    return (place / FILE_NAME).is_file() or (place.suffix.lower() == ".zip" and place.is_file())


def folders() -> tuple[Path, ...]:
    """Return the folders of the packs that were opened and still exist."""
    return tuple(Path(name) for name in _remembered() if (Path(name) / FILE_NAME).is_file())


def remembered(folder: Path) -> Pack | None:
    """Return a pack that was opened earlier, without reading its file; None if it was not."""
    known = _remembered().get(str(folder))
    with suppress(KeyError, TypeError):
        if known is not None:
            lessons, replaces = tuple(known["lessons"]), tuple(known["replaces"])
            return Pack(folder, str(known["name"]), str(known["title"]), lessons, replaces)
    return None


def pack_beside(lesson: Path) -> Pack | None:
    """Return the pack that a lesson file is in, opened or not, or None.

    Raises:
        PackError: There is a ``pack.yaml``, and it is wrong.
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
    """Return the pack that a folder's ``pack.yaml`` describes.

    Raises:
        PackError: The file is missing or wrong.
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
        raise PackError(
            f"{FILE_NAME}: name: may have only lower-case letters, digits and hyphens, as in deep-learning-1."
        )
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
    """Unpack an archive into a folder named by a hash of its content, unless that exists, and return the folder."""
    import hashlib
    import tempfile
    import zipfile

    try:
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
        target = paths.home() / "packs" / digest
        if not target.is_dir():
            paths.make_folder(target.parent)
            with tempfile.TemporaryDirectory(dir=target.parent) as name, zipfile.ZipFile(archive) as opened:
                _write(opened, _checked_members(opened), Path(name) / "pack")
                with suppress(FileExistsError):
                    (Path(name) / "pack").rename(target)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise PackError(f"{archive} cannot be unpacked ({error}).") from None
    inside = [each for each in target.iterdir() if each.is_dir()]
    return inside[0] if not (target / FILE_NAME).is_file() and len(inside) == 1 else target


def _checked_members(archive: ZipFile) -> list[ZipInfo]:
    """Return the files of an archive.

    Raises:
        PackError: There are too many, they are too large, or one leads out of the folder, is a link, or is suspiciously
            well compressed.
    """
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
            raise PackError(f"{member.filename!r} in it is a link, or not a regular file.")
        if member.file_size > _MOST_RATIO * max(member.compress_size, 1000):
            raise PackError(f"{member.filename!r} in it is far larger unpacked than packed.")
    return members


def _write(archive: ZipFile, members: list[ZipInfo], folder: Path) -> None:
    """Write the files. The total size is counted again here, because an archive may state wrong sizes."""
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
