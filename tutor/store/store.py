"""One learner's progress: attempts, events, resets and evidence, which are only appended; drafts, positions, summaries
and settings, of which the latest is kept. ``Database`` below it deals with the disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tutor import paths
from tutor.cleaning import from_json
from tutor.store.database import Database
from tutor.store.place import Place
from tutor.store.records import (
    AttemptRecord,
    EventRecord,
    EvidenceRecord,
    PositionRecord,
    SummaryRecord,
    iso,
    moment,
    new_key,
    utc_now,
)
from tutor.store.schema import COLUMNS
from tutor.store.sqlite import SqliteFile

Renamed = Mapping[str, str]
T = TypeVar("T")

_UNREADABLE = "unreadable"  # the setting with the number of unreadable entries that were already reported


def default_path() -> Path:
    """Return the path of the progress file in the learner's home folder for the tutor."""
    return paths.home() / "progress.sqlite3"


def default_place() -> Path | str:
    """Return where progress is kept: the server in ``TUTOR_STORE`` (``postgresql://…``), or else the learner's file."""
    return os.environ.get("TUTOR_STORE", "").strip() or default_path()


_LAST_STAMP = "select max(stamp) from (" + " union all ".join(
    f"select max({column}) as stamp from {table} where learner = ?"
    for table, column in (
        ("attempts", "made_at"), ("events", "made_at"), ("resets", "made_at"), ("drafts", "saved_at"),
        ("positions", "saved_at"), ("summaries", "saved_at"),
    )
) + ") as stamps"  # fmt: skip


class Store:
    """The progress of ``learner`` (default: ``TUTOR_LEARNER``) in the file ``path``, on a PostgreSQL server if ``path``
    is a URL (``postgresql://…``), or in memory only if it is None.

    Several tutors may open the same store, and several threads may use it. A bad disk or a damaged file is reported in
    ``notice`` or, with ``strict``, raised as StoreError. An entry that cannot be read is left out and not deleted.
    """

    def __init__(
        self,
        path: Path | str | None = None,
        *,
        learner: str | None = None,
        now: Callable[[], datetime] = utc_now,
        strict: bool = False,
    ) -> None:
        self.learner = paths.learner_name() if learner is None else learner
        self.path = path
        self._now = now
        self._unreadable: set[tuple[Any, ...]] = set()
        self._last: tuple[tuple[int, int], str] | None = None
        self._database = Database(_place(path, self.learner, now, strict), strict=strict)
        self._write = self._database.write
        self._read = self._database.read
        self._reported_before: int = self.setting(_UNREADABLE, 0)

    @property
    def name(self) -> str:
        """The name of the place where progress is stored."""
        return self._database.place.name if self._database.place is not None else "memory"

    @property
    def notice(self) -> str:
        """The message for the learner (a damaged file was set aside, the disk cannot be written), or ""."""
        return self._database.notice or self._unreadable_notice()

    @property
    def saving(self) -> bool:
        """Whether writes currently reach the disk."""
        return self._database.saving

    @property
    def unsaved(self) -> bool:
        """Whether some writes have not reached the disk yet."""
        return self._database.unsaved

    @property
    def version(self) -> tuple[int, int]:
        """A value that changes when another tutor has written."""
        return self._database.version

    def flush(self) -> bool:
        """Try now to write what is pending; return whether nothing is pending any more."""
        return self._database.flush()

    def close(self) -> None:
        """Write what is pending if possible, and close the file."""
        self._database.close()

    # -- times and rows -----------------------------------------------------------------------------------------------

    def _stamp(self) -> str:
        """Return the current time, or a microsecond after the latest stored one if the clock was set back, so that new
        entries stay in order and after a reset."""
        version = self._database.version
        if self._last is None or self._last[0] != version:
            found = self._read(_LAST_STAMP, *[self.learner] * 6)[0][0]
            self._last = version, found if isinstance(found, str) else ""
        stamp = iso(self._now())
        if stamp <= self._last[1]:
            with suppress(ValueError, OverflowError):
                stamp = iso(moment(self._last[1]) + timedelta(microseconds=1))
        self._last = version, max(stamp, self._last[1])
        return stamp

    def _rows(self, build: Callable[..., T], sql: str, *values: Any) -> Iterator[T]:
        """Yield what ``build`` makes of each row; leave out and count the rows that it cannot read."""
        for row in self._read(sql, *values):
            try:
                yield build(*row)
            except (ValueError, TypeError, OverflowError):
                self._unreadable.add(row)

    def _unreadable_notice(self) -> str:
        """Return a sentence about entries that cannot be read, or "" if no more of them than last time."""
        count = len(self._unreadable)
        if count <= self._reported_before:
            return ""
        if self.setting(_UNREADABLE, 0) < count:
            self.set_setting(_UNREADABLE, count)
        what = (
            "One entry of your progress cannot be read and is"
            if count == 1
            else f"{count} entries of your progress cannot be read and are"
        )
        return f"{what} left out. Everything else is here; nothing was deleted."

    # -- attempts and events ------------------------------------------------------------------------------------------

    def record(self, lesson: str, variant: str, attempt: AttemptRecord) -> None:
        """Append an answer and its mark; it also becomes the field's draft."""
        when = self._stamp()
        answered = (attempt.field, attempt.answer, attempt.verdict, json.dumps(attempt.mistakes), attempt.message)
        row = (new_key(), self.learner, lesson, variant, *answered, when, json.dumps(attempt.cells), attempt.revision)
        draft = (self.learner, lesson, variant, attempt.field, attempt.answer, when)
        self._write([(_ADD_ATTEMPT, row), (_PUT_DRAFT, draft)])

    def attempts(
        self, lesson: str, variant: str | None = None, *, renamed: Renamed | None = None, archived: bool = False
    ) -> tuple[AttemptRecord, ...]:
        """Return the answers to one or all variants of a lesson, oldest first; with ``archived``, also those before a
        reset.

        ``renamed`` maps earlier ids of fields to their current ids.
        """
        resets = self._resets(lesson)

        def attempt(*row: Any) -> AttemptRecord:
            name, answer, verdict, mistakes, message, when, numbers, marked, revision = row
            moment(when)
            ids = tuple(str(one) for one in _list(mistakes))
            cells = tuple((str(mark), str(said)) for mark, said in _list(marked))
            now = (renamed or {}).get(name, name)
            is_old = when <= resets.get(numbers, "")
            return AttemptRecord(now, answer, verdict, ids, message, when, numbers, is_old, cells, int(revision))

        rows = self._rows(
            _checked(attempt, *[str] * 8),
            """select field, answer, verdict, mistakes, message, made_at, variant, cells, revision from attempts
               where learner = ? and lesson = ? order by made_at, id""",
            self.learner,
            lesson,
        )
        return tuple(one for one in rows if variant in (None, one.variant) and (archived or not one.archived))

    def learners(self) -> tuple[str, ...]:
        """Return the names of all learners with answers in this store, sorted."""
        return tuple(str(row[0]) for row in self._read("select distinct learner from attempts order by learner"))

    def note(self, lesson: str, variant: str, field: str, kind: str) -> None:
        """Append an event: ``hint`` (one more hint opened), ``hint:answer`` (the hint about the last answer),
        ``given-up`` or ``kept``."""
        row = (new_key(), self.learner, lesson, variant, field, kind, self._stamp())
        self._write([(_ADD_EVENT, row)])

    def events(self, lesson: str, variant: str, *, renamed: Renamed | None = None) -> tuple[EventRecord, ...]:
        """Return the events since the last reset, oldest first."""

        def event(name: str, kind: str, when: str) -> EventRecord:
            moment(when)
            return EventRecord(names.get(name, name), kind, when)

        names = renamed or {}
        rows = self._rows(
            _checked(event, str, str, str),
            """select field, kind, made_at from events where learner = ? and lesson = ? and variant = ?
               order by made_at, id""",
            self.learner,
            lesson,
            variant,
        )
        since = self._resets(lesson).get(variant, "")
        return tuple(one for one in rows if one.when > since)

    # -- evidence of skills -------------------------------------------------------------------------------------------

    def observe(self, evidence: Iterable[EvidenceRecord]) -> None:
        """Append evidence. A record that has a time keeps it, so that evidence from old answers can be added."""
        rows = [
            (new_key(), self.learner, each.lesson, each.variant, each.field, each.skill, int(each.right),
             int(each.unaided), each.form, each.mistake, each.when or self._stamp())
            for each in evidence
        ]  # fmt: skip
        self._write([(_ADD_EVIDENCE, row) for row in rows])

    def evidence(self) -> tuple[EvidenceRecord, ...]:
        """Return all evidence about this learner, oldest first. Resets of lessons do not remove any."""

        def build(*row: Any) -> EvidenceRecord:
            lesson, variant, field, skill, right, unaided, *others = row
            return EvidenceRecord(lesson, variant, field, skill, bool(right), bool(unaided), *others)

        sql = """select lesson, variant, field, skill, correct, unaided, form, mistake, made_at from evidence
                 where learner = ? order by made_at, id"""
        return tuple(self._rows(build, sql, self.learner))

    def observed(self, lesson: str, variant: str) -> tuple[str, ...]:
        """Return the fields of a lesson's variant for which there is evidence."""
        sql = "select distinct field from evidence where learner = ? and lesson = ? and variant = ?"
        return tuple(str(row[0]) for row in self._read(sql, self.learner, lesson, variant))

    def lessons_answered(self) -> tuple[str, ...]:
        """Return the ids of the lessons in which this learner has answered anything."""
        rows = self._read("select distinct lesson from attempts where learner = ? order by lesson", self.learner)
        return tuple(str(row[0]) for row in rows)

    def _resets(self, lesson: str) -> dict[str, str]:
        rows = self._read(
            "select variant, max(made_at) from resets where learner = ? and lesson = ? group by variant",
            self.learner,
            lesson,
        )
        return {str(variant): str(when) for variant, when in rows}

    def reset(self, lesson: str, variant: str) -> None:
        """Start a lesson's variant again. Its answers stay in the history, marked as archived."""
        key = (self.learner, lesson, variant)
        where = "where learner = ? and lesson = ? and variant = ?"
        self._write(
            [
                (_ADD_RESET, (new_key(), *key, self._stamp())),
                (f"delete from drafts {where}", key),
                (f"delete from positions {where}", key),
                (f"delete from summaries {where}", key),
            ]
        )

    # -- drafts, positions, summaries ---------------------------------------------------------------------------------

    def save_drafts(self, lesson: str, variant: str, drafts: Mapping[str, str]) -> None:
        """Store what is typed in fields; the latest text wins."""
        when = self._stamp()
        self._write((_PUT_DRAFT, (self.learner, lesson, variant, name, text, when)) for name, text in drafts.items())

    def drafts(self, lesson: str, variant: str, *, renamed: Renamed | None = None) -> dict[str, str]:
        """Return the last text of each field; a text stored under the current id wins over one under an earlier id."""
        rows = self._rows(
            _checked(lambda name, text: (name, text), str, str),
            "select field, answer from drafts where learner = ? and lesson = ? and variant = ?",
            self.learner,
            lesson,
            variant,
        )
        stored = dict(rows)
        found = {new: stored[old] for old, new in (renamed or {}).items() if old in stored}
        return {**found, **{name: text for name, text in stored.items() if name not in (renamed or {})}}

    def set_position(self, lesson: str, variant: str, screen: int) -> None:
        """Remember the screen, and that this lesson was the last one open."""
        values = (self.learner, lesson, variant, screen, self._stamp())
        self._write([(_PUT_POSITION, values)])

    def positions(self) -> tuple[PositionRecord, ...]:
        """Return where each lesson was left, the latest first."""
        rows = self._rows(
            _checked(PositionRecord, str, str, int, str),
            "select lesson, variant, screen, saved_at from positions where learner = ? order by saved_at desc",
            self.learner,
        )
        return tuple(rows)

    def position(self, lesson: str, variant: str) -> int:
        """Return the index of the screen where this lesson was left; 0 if it was not begun."""
        found = [one.screen for one in self.positions() if (one.lesson, one.variant) == (lesson, variant)]
        return found[0] if found else 0

    def set_summary(self, lesson: str, variant: str, done: int, total: int, to_fix: int) -> None:
        """Remember the lesson's progress for the home screen."""
        self._write([(_PUT_SUMMARY, (self.learner, lesson, variant, done, total, to_fix, self._stamp()))])

    def summaries(self) -> tuple[SummaryRecord, ...]:
        """Return the progress of every lesson and variant that was begun, the latest first."""
        rows = self._rows(
            _checked(SummaryRecord, str, str, int, int, int, str),
            """select lesson, variant, done, total, to_mend, saved_at from summaries where learner = ?
               order by saved_at desc""",
            self.learner,
        )
        return tuple(rows)

    # -- settings -----------------------------------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a setting (any JSON value) such as ``theme`` or ``tour-seen``; ``default`` if it is not set, cannot be
        read, or is of another type than ``default``."""
        rows = self._rows(from_json, "select value from settings where learner = ? and name = ?", self.learner, name)
        kept = next(rows, default)
        return kept if default is None or isinstance(kept, type(default)) else default

    def set_setting(self, name: str, value: Any) -> None:
        """Store a setting."""
        self._write([(_PUT_SETTING, (self.learner, name, json.dumps(value), self._stamp()))])


def _place(path: Path | str | None, learner: str, now: Callable[[], datetime], strict: bool) -> Place | None:
    if path is None:
        return None
    if str(path).startswith(("postgresql:", "postgres:")):
        from tutor.store.postgres import PostgresServer

        return PostgresServer(str(path), learner)
    return SqliteFile(Path(path), now=now, strict=strict)


def _list(text: str) -> list[Any]:
    """Return a JSON list.

    Raises:
        ValueError: The text is not JSON.
        TypeError: The JSON is not a list.
    """
    found = from_json(text)
    if not isinstance(found, list):
        raise TypeError(f"{text!r} is not a list")
    return found


def _checked(record: Callable[..., T], *kinds: type) -> Callable[..., T]:
    """Return a function that builds a record from values that begin with these types, and raises ``TypeError`` for
    other types."""

    def build(*values: Any) -> T:
        if not all(map(isinstance, values, kinds)):
            raise TypeError(f"{values!r} are of other types")
        return record(*values)

    return build


def _insert(table: str, keys: int) -> str:
    """Return the statement that inserts a row of all columns, of which the first ``keys`` identify it. Of an entry with
    an id, which never changes, the first copy is kept; of others the last."""
    columns = [*COLUMNS[table]]
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns[keys:])
    return (
        f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))}) on conflict "
        f"({', '.join(columns[:keys])}) do {'nothing' if columns[0] == 'id' else f'update set {changes}'}"
    )


_ADD_ATTEMPT, _ADD_EVENT, _ADD_RESET, _ADD_EVIDENCE = (
    _insert(table, 1) for table in ("attempts", "events", "resets", "evidence")
)
_PUT_DRAFT, _PUT_POSITION, _PUT_SUMMARY, _PUT_SETTING = (
    _insert(table, keys) for table, keys in (("drafts", 4), ("positions", 3), ("summaries", 3), ("settings", 2))
)
