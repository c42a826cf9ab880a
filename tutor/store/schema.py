"""The tables, and the migrations from earlier versions. Statements are plain SQL, keys are text."""

from __future__ import annotations

import sqlite3

from tutor.store.place import transaction

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """create table attempts (
            id text primary key, learner text not null, lesson text not null, variant text not null,
            field text not null, answer text not null, verdict text not null, mistakes text not null,
            message text not null, made_at text not null)""",
        "create index attempts_by_lesson on attempts (learner, lesson, variant, made_at)",
        """create table events (
            id text primary key, learner text not null, lesson text not null, variant text not null,
            field text not null, kind text not null, made_at text not null)""",
        "create index events_by_lesson on events (learner, lesson, variant, made_at)",
        """create table resets (
            id text primary key, learner text not null, lesson text not null, variant text not null,
            made_at text not null)""",
        """create table drafts (
            learner text not null, lesson text not null, variant text not null, field text not null,
            answer text not null, saved_at text not null, primary key (learner, lesson, variant, field))""",
        """create table positions (
            learner text not null, lesson text not null, variant text not null, screen integer not null,
            saved_at text not null, primary key (learner, lesson, variant))""",
        """create table summaries (
            learner text not null, lesson text not null, variant text not null, done integer not null,
            total integer not null, to_mend integer not null, saved_at text not null,
            primary key (learner, lesson, variant))""",
        """create table settings (
            learner text not null, name text not null, value text not null, saved_at text not null,
            primary key (learner, name))""",
        """create table reviews (
            learner text not null, lesson text not null, field text not null, card text not null,
            due_at text not null, primary key (learner, lesson, field))""",
    ),
    ("alter table attempts add column cells text not null default '[]'",),
    (
        """create table evidence (
            id text primary key, learner text not null, lesson text not null, variant text not null,
            field text not null, skill text not null, correct integer not null, unaided integer not null,
            form text not null, mistake text not null, made_at text not null)""",
        "create index evidence_by_time on evidence (learner, made_at)",
    ),
    ("alter table attempts add column revision integer not null default 1",),
)


COLUMNS: dict[str, dict[str, type]] = {
    "attempts": {
        "id": str, "learner": str, "lesson": str, "variant": str, "field": str, "answer": str, "verdict": str,
        "mistakes": str, "message": str, "made_at": str, "cells": str, "revision": int,
    },
    "events": dict.fromkeys(("id", "learner", "lesson", "variant", "field", "kind", "made_at"), str),
    "resets": dict.fromkeys(("id", "learner", "lesson", "variant", "made_at"), str),
    "drafts": dict.fromkeys(("learner", "lesson", "variant", "field", "answer", "saved_at"), str),
    "positions": {"learner": str, "lesson": str, "variant": str, "screen": int, "saved_at": str},
    "summaries": {
        "learner": str, "lesson": str, "variant": str, "done": int, "total": int, "to_mend": int, "saved_at": str,
    },
    "settings": dict.fromkeys(("learner", "name", "value", "saved_at"), str),
    "reviews": dict.fromkeys(("learner", "lesson", "field", "card", "due_at"), str),
    "evidence": {
        "id": str, "learner": str, "lesson": str, "variant": str, "field": str, "skill": str, "correct": int,
        "unaided": int, "form": str, "mistake": str, "made_at": str,
    },
}  # fmt: skip
"""Every table's columns after all migrations, with the type of their values."""


def migrate(connection: sqlite3.Connection) -> None:
    """Migrate a file to this version; a file of a later version is left unchanged."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    if version >= len(MIGRATIONS):
        return
    with transaction(connection):
        # Another tutor may have migrated it while this one waited for the lock.
        version = int(connection.execute("pragma user_version").fetchone()[0])
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"pragma user_version = {max(version, len(MIGRATIONS))}")
