"""The list of lessons, with their titles and sizes from a cached index, so that the first screen loads no lesson.

The index is JSON under ``TUTOR_HOME``, by path, time and size of each file. Reading it imports neither pydantic nor
YAML; only new and changed files are loaded. A lesson that cannot be loaded is listed with its error.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tutor import paths
from tutor.cleaning import from_json
from tutor.errors import LessonError, TutorError
from tutor.lessons import packs
from tutor.lessons.lesson_files import LEADS_OUT, is_assignment, leads_out, lesson_id, read_regular

_FORMAT = 4
#: The headings of lessons that name no group: in the first folder, and in the others.
THE_COURSE, OTHERS = "The course", "More lessons"


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson in the list. ``error`` says why it cannot be opened, or is empty. ``questions`` counts what it asks:
    every quantity of an ``ask`` is one question, and so is a lab; a code cell is none."""

    path: Path
    id: str
    title: str
    number: int | None = None
    summary: str = ""
    minutes: int | None = None
    requires: tuple[str, ...] = ()
    language: str = "en"
    questions: int = 0
    screens: int = 0
    group: str = ""
    error: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the lesson cannot be opened."""
        return bool(self.error)


class Catalogue:
    """Every lesson in some folders (default: ``lesson_folders()``), in order.

    ``files`` also has the lessons that another one with the same id replaces. ``notices`` say what is wrong with the
    list itself. Only new and changed files are loaded. With ``glimpse`` even these are not, and only their first lines
    are read; ``pending`` counts them. So the first screen can show the list at once, and load the rest in the
    background.
    """

    def __init__(
        self, folders: Iterable[Path] | None = None, *, index: Path | None = None, glimpse: bool = False
    ) -> None:
        self.pending = 0
        self._glimpse = glimpse
        self._index = index or paths.home() / "cache" / "lessons.json"
        self.notices: list[str] = []
        self.files: tuple[Entry, ...] = ()
        self.entries = self._read(tuple(folders if folders is not None else lesson_folders()))

    def _read(self, folders: tuple[Path, ...]) -> tuple[Entry, ...]:
        known = _read_index(self._index)
        kept: dict[str, dict[str, object]] = {}
        found: list[tuple[Entry, int]] = []
        for place, folder in enumerate(folders):
            if not folder.is_dir():
                if place:
                    self.notices.append(f"There is no folder {folder} (from TUTOR_LESSONS).")
                continue
            home = folder.resolve()  # once per folder: for each file it would take longer than everything else here
            try:
                names = sorted(name for name in os.listdir(folder) if name.endswith((".yaml", ".yml")))
            except OSError as error:
                self.notices.append(f"The folder {folder} cannot be read ({error.strerror or error}).")
                continue
            pack = paths.file_stamp(f"{home}/{packs.FILE_NAME}")
            opened = packs.remembered(home) if any(pack) else None
            if any(pack):
                names = [name for name in (opened.lessons if opened else names) if name != packs.FILE_NAME]
            for name in names:
                entry = self._entry(folder / name, f"{home}/{name}", known, kept, pack)
                if entry is not None:
                    group = entry.group or (opened.title if opened else OTHERS if place else THE_COURSE)
                    found.append((replace(entry, group=group), place))
        if kept != known and not self._glimpse:
            _write_index(self._index, kept)
        self.files = tuple(entry for entry, _ in found)
        return _ordered(found, self.notices)

    def _entry(
        self,
        path: Path,
        key: str,
        known: Mapping[str, dict[str, object]],
        kept: dict[str, dict[str, object]],
        pack: tuple[int, int],
    ) -> Entry | None:
        """Return a file's entry, which the index has under ``key``; None for a file that is no lesson (a bare network).
        ``pack`` is the time and size of the ``pack.yaml`` beside it."""
        try:
            if os.path.islink(key) and leads_out(Path(key), Path(key).parent):
                return _broken(path, f"{path}: {LEADS_OUT}")
            status = os.stat(key)
            if not stat.S_ISREG(status.st_mode):
                return None
            stamp = [status.st_mtime_ns, status.st_size, *(pack if any(pack) else ())]
            record = known.get(key)
            if record is None or record.get("stamp") != stamp:
                if is_assignment(path):
                    return None
                self.pending += self._glimpse
                record = {"stamp": stamp, "entry": _glimpsed(path) if self._glimpse else _loaded(path)}
        except OSError:
            return None
        kept[key] = record
        return _from_record(path, record["entry"])

    def has(self, name: str) -> bool:
        """Return whether there is a lesson with this id or number."""
        return self._named(name) is not None

    def find(self, name: str, language: str = "") -> Entry:
        """Return the lesson with this id or number, in this language if there are several.

        Raises:
            LessonError: There is no such lesson.
        """
        found = self._named(name, language)
        if found is not None:
            return found
        import difflib

        near = difflib.get_close_matches(name, [entry.id for entry in self.entries], 1, 0.5)
        hint = f"Did you mean {near[0]}?" if near else "`tutor` alone shows the lessons there are."
        raise LessonError([f"There is no lesson {name!r}."], hint=hint)

    def _named(self, name: str, language: str = "") -> Entry | None:
        number = int(name) if name.isdecimal() else None
        found = [entry for entry in self.entries if entry.id == name]
        found = found or [entry for entry in self.entries if number is not None and entry.number == number]
        return next((entry for entry in found if entry.language == language), found[0] if found else None)


def lesson_folders() -> tuple[Path, ...]:
    """Return the folders of the course, of ``TUTOR_LESSONS``, of the packs that were opened, and of the learner's own
    lessons."""
    own = paths.own_lessons()
    return (*paths.lesson_folders(), *packs.folders(), *([own] if own.is_dir() else []))


def read_aside() -> None:
    """Load new and changed lessons in another process, and wait for it. It takes about a second of processor time and a
    third of the application's memory, which the application should not pay. A failure is ignored: the lessons are then
    loaded later."""
    import subprocess
    import sys

    program = "import sys, pathlib, tutor.lessons as it; it.Catalogue(map(pathlib.Path, sys.argv[1:]))"
    command = [sys.executable, "-P", "-c", program, *map(str, lesson_folders())]
    nothing, env = subprocess.DEVNULL, paths.child_environment()
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, env=env, timeout=60, check=False)


_GLIMPSED = re.compile(
    r"""^(title|id|summary|minutes|group):[ ]+(?:(".*?"|'.*?')|([^\s"'#|>].*?))[ ]*(?:[ ]\#.*)?$""", re.M | re.A
)
"""A key with its value, with or without quotation marks, and possibly a comment."""


def _glimpsed(path: Path) -> dict[str, object]:
    """Return an entry from the first lines of a file, read without YAML. Without a title, the file's name is used."""
    text = read_regular(path, 4000).decode("utf-8", "replace")
    found = {key: quoted[1:-1] or plain for key, quoted, plain in _GLIMPSED.findall(text)}
    number, name = lesson_id(path)
    pack = packs.remembered(path.parent.resolve())
    own = found.get("id", name)
    minutes = found.get("minutes", "")
    entry = Entry(
        path,
        pack.lesson_id(own) if pack else own,
        found.get("title", name.replace("-", " ").capitalize()),
        number,
        found.get("summary", ""),
        int(minutes) if minutes.isdecimal() else None,
        group=found.get("group", ""),
    )
    return _record(entry)


def _from_record(path: Path, record: object) -> Entry | None:
    if not isinstance(record, dict):
        return None
    return Entry(**{**record, "path": path, "requires": tuple(record.get("requires", ()))})


def _loaded(path: Path) -> dict[str, object] | None:
    """Load a file and return its entry for the index; None if it is no lesson."""
    from tutor.lessons import cache, loader

    try:
        lesson = loader.load(path, sources=True)
    except TutorError as error:
        entry = _broken(path, str(error))
    except Exception as error:  # one broken lesson must never break the list
        entry = _broken(path, f"{path}: this lesson cannot be read ({type(error).__name__}).")
    else:
        if lesson.form != "lesson":
            return None
        cache.keep(lesson)
        entry = Entry(
            path, lesson.id, lesson.title, lesson.number, lesson.summary, lesson.minutes, lesson.requires,
            lesson.language, sum(len(block.asked) or 1 for block in lesson.questions), len(lesson.screens),
            lesson.group,
        )  # fmt: skip
    return _record(entry)


def _record(entry: Entry) -> dict[str, object]:
    """Return an entry as the index has it; the path is its key there."""
    return {key: value for key, value in asdict(entry).items() if key != "path"}


def _broken(path: Path, error: str) -> Entry:
    """Return the entry of a file that cannot be opened."""
    number, name = lesson_id(path)
    return Entry(path, name, name.replace("-", " ").capitalize(), number, error=error)


def grouped(entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield the entries, each with the heading above it: the name of its group for the first of a group, else empty.

    If all lessons are in one group, there are no headings.
    """
    listed = tuple(entries)
    several = len({entry.group for entry in listed}) > 1
    before = ""
    for entry in listed:
        yield entry.group if several and entry.group != before else "", entry
        before = entry.group


def _ordered(found: list[tuple[Entry, int]], notices: list[str]) -> tuple[Entry, ...]:
    """Return the entries by folder, group and number, with the groups in the order of their first lessons.

    Of several lessons with the same id and language, the one in the last folder is listed; in one folder, the first
    file.
    """
    winners: dict[tuple[str, str], tuple[Entry, int]] = {}
    for entry, place in found:
        key = (entry.id, entry.language)
        other = winners.get(key)
        if other is None:
            winners[key] = (entry, place)
        elif other[1] != place:
            notices.append(f"{entry.path} replaces {other[0].path}: both have the id {entry.id}.")
            number = entry.number if entry.number is not None else other[0].number
            winners[key] = (replace(entry, number=number), other[1])
        else:
            notices.append(f"{entry.path} is left out: {other[0].path} also has the id {entry.id}.")

    def order(item: tuple[Entry, int]) -> tuple[int, int, str]:
        entry, place = item
        return place, entry.number if entry.number is not None else 10_000, entry.path.name

    in_order = sorted(winners.values(), key=order)
    groups = list(dict.fromkeys((place, entry.group) for entry, place in in_order))
    return tuple(entry for entry, _ in sorted(in_order, key=lambda item: groups.index((item[1], item[0].group))))


def _read_index(index: Path) -> dict[str, dict[str, object]]:
    try:
        data = from_json(index.read_text(encoding="utf-8"))
        if data["version"] == [_FORMAT, paths.tutor_stamp()]:
            return {key: value for key, value in data["files"].items() if "stamp" in value and "entry" in value}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # missing or damaged: it is written again
    return {}


def _write_index(index: Path, files: Mapping[str, dict[str, object]]) -> None:
    """Write the index. A failure, such as a full disk, is ignored."""
    text = json.dumps({"version": [_FORMAT, paths.tutor_stamp()], "files": files})  # ASCII: names may hold surrogates
    with contextlib.suppress(OSError):
        paths.write_whole(index, text.encode("utf-8"), lasting=False)
