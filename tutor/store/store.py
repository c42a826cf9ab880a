"""One learner's progress: what is appended (attempts, events, resets) and what keeps the latest (drafts, positions,
summaries, settings, dates of review). ``ProgressFile`` under it knows the disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tutor import paths
from tutor.store.file import ProgressFile, Statement
from tutor.store.records import (
    AttemptRecord,
    EventRecord,
    PositionRecord,
    SummaryRecord,
    iso,
    new_key,
    utc_now,
)

Renamed = Mapping[str, str]


def default_path() -> Path:
    """The file of progress in the learner's own folder."""
    return paths.home() / "progress.sqlite3"


class Store:
    """Progress of ``learner`` (default: ``TUTOR_LEARNER``) in the file ``path`` (``None``: in memory only).

    Safe to open from several tutors and to use from several threads. Never fails for a bad disk or a damaged file: that
    is said in ``notice``. With ``strict``, a StoreError is raised instead.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        learner: str | None = None,
        now: Callable[[], datetime] = utc_now,
        strict: bool = False,
    ) -> None:
        self.learner = paths.learner_name() if learner is None else learner
        self._now = now
        self._file = ProgressFile(path, now=now, strict=strict)
        self._write = self._file.write
        self._read = self._file.read

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        return self._file.path

    @property
    def notice(self) -> str:
        """What the learner must be told (a damaged file set aside, a disk that can't be written), or nothing."""
        return self._file.notice

    @property
    def saving(self) -> bool:
        """Whether what is written now reaches the disk."""
        return self._file.saving

    @property
    def unsaved(self) -> bool:
        """Whether something that was written has not reached the disk."""
        return self._file.unsaved

    @property
    def version(self) -> tuple[int, int]:
        """Another one than before once another tutor has written."""
        return self._file.version

    def flush(self) -> bool:
        """Try at once to write what is pending; whether nothing is, now."""
        return self._file.flush()

    def close(self) -> None:
        """Write what is pending, if it can be, and let go of the file."""
        self._file.close()

    def _stamp(self) -> str:
        return iso(self._now())

    # -- attempts and events ------------------------------------------------------------------------------------------

    def record(self, lesson: str, variant: str, attempt: AttemptRecord) -> None:
        """Append an answer and its mark; it also becomes the field's draft."""
        when = self._stamp()
        answered = (attempt.field, attempt.answer, attempt.verdict, json.dumps(attempt.mistakes), attempt.message)
        row = (new_key(), self.learner, lesson, variant, *answered, when, json.dumps(attempt.cells))
        self._write([(_ADD_ATTEMPT, row), self._draft(lesson, variant, attempt, when)])

    def _draft(self, lesson: str, variant: str, attempt: AttemptRecord, when: str) -> Statement:
        return (_PUT_DRAFT, (self.learner, lesson, variant, attempt.field, attempt.answer, when))

    def attempts(
        self, lesson: str, variant: str | None = None, *, renamed: Renamed | None = None, archived: bool = False
    ) -> tuple[AttemptRecord, ...]:
        """Answers of a lesson, oldest first: of one variant or of all; with ``archived``, those before a reset too.

        ``renamed`` maps ids of fields as they were to what they are now."""
        rows = self._read(
            """select field, answer, verdict, mistakes, message, made_at, variant, cells from attempts
               where learner = ? and lesson = ? order by made_at, id""",
            self.learner,
            lesson,
        )
        resets = self._resets(lesson)
        found = []
        for name, answer, verdict, mistakes, message, when, numbers, marked in rows:
            old = when <= resets.get(numbers, "")
            if (variant is None or numbers == variant) and (archived or not old):
                slips = tuple(str(one) for one in json.loads(mistakes))
                cells = tuple((str(mark), str(said)) for mark, said in json.loads(marked))
                now = (renamed or {}).get(name, name)
                found.append(AttemptRecord(now, answer, verdict, slips, message, when, numbers, old, cells))
        return tuple(found)

    def learners(self) -> tuple[str, ...]:
        """Everybody who has answered something in this file, by name."""
        return tuple(str(row[0]) for row in self._read("select distinct learner from attempts order by learner"))

    def note(self, lesson: str, variant: str, field: str, kind: str) -> None:
        """Append an event: ``hint`` (one rung opened; ``hint:answer``: the one about the last answer), ``given-up``,
        ``kept``."""
        row = (new_key(), self.learner, lesson, variant, field, kind, self._stamp())
        self._write([("insert into events values (?, ?, ?, ?, ?, ?, ?)", row)])

    def events(self, lesson: str, variant: str, *, renamed: Renamed | None = None) -> tuple[EventRecord, ...]:
        """Events since the last reset, oldest first."""
        rows = self._read(
            """select field, kind, made_at from events where learner = ? and lesson = ? and variant = ?
               order by made_at, id""",
            self.learner,
            lesson,
            variant,
        )
        since = self._resets(lesson).get(variant, "")
        names = renamed or {}
        return tuple(EventRecord(names.get(name, name), kind, when) for name, kind, when in rows if when > since)

    def _resets(self, lesson: str) -> dict[str, str]:
        rows = self._read(
            "select variant, max(made_at) from resets where learner = ? and lesson = ? group by variant",
            self.learner,
            lesson,
        )
        return {str(variant): str(when) for variant, when in rows}

    def reset(self, lesson: str, variant: str) -> None:
        """Start the lesson (with these numbers) again. Its answers stay in the history, marked as archived."""
        key = (self.learner, lesson, variant)
        where = "where learner = ? and lesson = ? and variant = ?"
        self._write(
            [
                ("insert into resets values (?, ?, ?, ?, ?)", (new_key(), *key, self._stamp())),
                (f"delete from drafts {where}", key),
                (f"delete from positions {where}", key),
                (f"delete from summaries {where}", key),
            ]
        )

    # -- drafts, positions, summaries ---------------------------------------------------------------------------------

    def save_drafts(self, lesson: str, variant: str, drafts: Mapping[str, str]) -> None:
        """Keep what stands in fields, the latest wins."""
        when = self._stamp()
        self._write((_PUT_DRAFT, (self.learner, lesson, variant, name, text, when)) for name, text in drafts.items())

    def drafts(self, lesson: str, variant: str, *, renamed: Renamed | None = None) -> dict[str, str]:
        """What stood in each field last; under a field's present id before one of its earlier."""
        rows = self._read(
            "select field, answer from drafts where learner = ? and lesson = ? and variant = ?",
            self.learner,
            lesson,
            variant,
        )
        stored: dict[str, str] = dict(rows)
        found = {new: stored[old] for old, new in (renamed or {}).items() if old in stored}
        return {**found, **{name: text for name, text in stored.items() if name not in (renamed or {})}}

    def set_position(self, lesson: str, variant: str, screen: int) -> None:
        """Remember the screen, and that this lesson was the last one open."""
        values = (self.learner, lesson, variant, screen, self._stamp())
        self._write([(_PUT_POSITION, values)])

    def positions(self) -> tuple[PositionRecord, ...]:
        """Where every lesson was left, the latest first."""
        rows = self._read(
            "select lesson, variant, screen, saved_at from positions where learner = ? order by saved_at desc",
            self.learner,
        )
        return tuple(PositionRecord(*row) for row in rows)

    def position(self, lesson: str, variant: str) -> int:
        """The screen where this lesson was left; 0 if it was not begun."""
        found = [one.screen for one in self.positions() if (one.lesson, one.variant) == (lesson, variant)]
        return found[0] if found else 0

    def set_summary(self, lesson: str, variant: str, done: int, total: int, to_mend: int) -> None:
        """Remember the lesson's progress for the home screen."""
        self._write([(_PUT_SUMMARY, (self.learner, lesson, variant, done, total, to_mend, self._stamp()))])

    def summaries(self) -> tuple[SummaryRecord, ...]:
        """Progress of every lesson and variant that was begun, the latest first."""
        rows = self._read(
            """select lesson, variant, done, total, to_mend, saved_at from summaries where learner = ?
               order by saved_at desc""",
            self.learner,
        )
        return tuple(SummaryRecord(*row) for row in rows)

    # -- settings -----------------------------------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting as it was kept (any JSON value): ``theme``, ``keys``, ``tour-seen`` …"""
        rows = self._read("select value from settings where learner = ? and name = ?", self.learner, name)
        return json.loads(rows[0][0]) if rows else default

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a setting."""
        self._write([(_PUT_SETTING, (self.learner, name, json.dumps(value), self._stamp()))])

    # -- dates of review ----------------------------------------------------------------------------------------------

    def review_card(self, lesson: str, field: str) -> str | None:
        """The scheduler's card of a question, as JSON."""
        rows = self._read(
            "select card from reviews where learner = ? and lesson = ? and field = ?", self.learner, lesson, field
        )
        return str(rows[0][0]) if rows else None

    def set_review_card(self, lesson: str, field: str, card: str, due: datetime) -> None:
        """Keep a question's card and its next date."""
        self._write([(_PUT_REVIEW, (self.learner, lesson, field, card, iso(due)))])

    def due(self, by: datetime | None = None) -> tuple[tuple[str, str], ...]:
        """Questions to look at again by then (default: now), as (lesson, field), the longest due first."""
        rows = self._read(
            "select lesson, field from reviews where learner = ? and due_at <= ? order by due_at",
            self.learner,
            iso(by or self._now()),
        )
        return tuple((lesson, field) for lesson, field in rows)


def _put(table: str, keys: tuple[str, ...], values: tuple[str, ...]) -> str:
    columns = (*keys, *values)
    marks = ", ".join("?" * len(columns))
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    return (
        f"insert into {table} ({', '.join(columns)}) values ({marks}) on conflict ({', '.join(keys)}) "
        f"do update set {changes}"
    )


_ADD_ATTEMPT = """insert into attempts
    (id, learner, lesson, variant, field, answer, verdict, mistakes, message, made_at, cells)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_PUT_DRAFT = _put("drafts", ("learner", "lesson", "variant", "field"), ("answer", "saved_at"))
_PUT_POSITION = _put("positions", ("learner", "lesson", "variant"), ("screen", "saved_at"))
_PUT_SUMMARY = _put("summaries", ("learner", "lesson", "variant"), ("done", "total", "to_mend", "saved_at"))
_PUT_SETTING = _put("settings", ("learner", "name"), ("value", "saved_at"))
_PUT_REVIEW = _put("reviews", ("learner", "lesson", "field"), ("card", "due_at"))
