"""Progress that is damaged, written by a later version, locked, dated by a clock that jumps, or without a folder."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.campaigns import damage
from tests.store.conftest import Clock
from tutor import paths
from tutor.errors import TutorError
from tutor.session.answers import from_text, readable_alone
from tutor.session.model import FieldKind
from tutor.store import AttemptRecord, Store
from tutor.store.sqlite import in_memory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write some progress and return its file."""
    path = tmp_path / "own" / "progress.sqlite3"
    with closing(Store(path, learner="")) as store:
        for number in range(300):
            store.record("l", "", AttemptRecord("Z1", str(number), "wrong", ("bias",), "The bias is missing."))
        store.set_setting("keys", {"lesson.hint": "ctrl+t"})
        store.set_position("l", "", 3)
    return path


def change(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql, values)
        connection.commit()


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals and terminals")
def test_no_damage_of_the_campaign_breaks_the_store() -> None:
    outcomes = list(damage.campaign(seed=11, short=True))
    assert {each.name: each.broken for each in outcomes if each.broken} == {}
    assert len(outcomes) == 5


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("update settings set value = ?", "{"),
        ("update settings set value = ?", b"\xff"),
        ("update settings set value = ?", "[" * 100_000),
        ("update attempts set mistakes = ? where answer = '7'", "{"),
        ("update attempts set made_at = ? where answer = '7'", "yesterday"),
        ("update attempts set cells = ? where answer = '7'", "[1]"),
        ("update attempts set answer = ? where answer = '7'", 7.5),
        ("update attempts set revision = ? where answer = '7'", float("inf")),
        ("update positions set screen = ?", "three"),
    ],
)
def test_an_unreadable_entry_is_skipped_and_reported_once(path: Path, sql: str, value: object) -> None:
    change(path, sql, value)
    for is_first in (True, False):
        with closing(Store(path, learner="")) as store:
            store.setting("keys", {}), store.positions()
            assert len(store.attempts("l", "")) >= 299
            assert ("cannot be read" in store.notice) is (is_first and "answer = ?" not in sql)


@pytest.mark.parametrize("answer", ["[" * 100_000, "[1"])
def test_a_grid_answer_that_is_not_a_list_is_shown_unchanged(answer: str) -> None:
    assert from_text(FieldKind.GRID, answer) == readable_alone(answer) == answer


def test_text_that_is_not_utf_8_is_read_with_a_replacement(path: Path) -> None:
    change(path, "update attempts set answer = cast(x'37ff' as text) where answer = '7'")
    with closing(Store(path, learner="")) as store:
        assert store.attempts("l", "")[7].answer == "7\ufffd"


def test_what_is_readable_in_a_damaged_file_is_recovered(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 4 : 4096 * 5] = bytes(4096)
    path.write_bytes(data)
    with closing(Store(path, learner="")) as store:
        assert "was damaged" in store.notice
        assert store.saving
        assert len(store.attempts("l", "")) > 200
        assert store.setting("keys") == {"lesson.hint": "ctrl+t"}
        store.record("l", "", AttemptRecord("Z1", "new", "correct"))
    (aside,) = path.parent.glob("progress.damaged-*.sqlite3")
    assert aside.read_bytes() == data, "the damaged file is kept as it was"
    with closing(Store(path, learner="")) as later:
        assert not later.notice
        assert later.attempts("l", "")[-1].answer == "new"


def test_a_file_damaged_while_open_is_repaired(path: Path) -> None:
    with closing(Store(path, learner="")) as store:
        store._database._connection.execute("drop table positions")
        store.set_position("l", "", 4)
        assert store.position("l", "") == 4
        assert len(store.attempts("l", "")) == 300
        assert store.saving


def test_a_file_of_a_later_version_is_read_but_not_written(path: Path) -> None:
    change(path, "pragma user_version = 900")
    change(path, "alter table attempts add column mood text not null default 'good'")
    before = path.read_bytes()
    with closing(Store(path, learner="")) as store:
        assert "later version" in store.notice
        assert len(store.attempts("l", "")) == 300
        store.record("l", "", AttemptRecord("Z1", "new", "correct"))
        assert store.attempts("l", "")[-1].answer == "new"
        assert store.unsaved, "leaving asks whether to lose it"
        assert not store.flush()
    assert path.read_bytes() == before


def test_progress_stays_readable_when_a_full_disk_prevents_reopening(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To open a file SQLite creates another beside it, for which there may be no room."""
    with closing(Store(path, learner="")) as store:
        store._database._connection.execute("pragma max_page_count = 1")
        memory = in_memory()

        def full(*_: object, **__: object) -> sqlite3.Connection:
            raise sqlite3.OperationalError("unable to open database file")

        monkeypatch.setattr("tutor.store.sqlite.connect", full)
        monkeypatch.setattr("tutor.store.sqlite.in_memory", lambda: memory)
        store.record("l", "", AttemptRecord("Z1", "x" * 100_000, "wrong"))
        assert len(store.attempts("l", "")) == 301
        monkeypatch.undo()


@pytest.mark.parametrize("days", [2, 4000])
def test_new_answers_come_last_after_the_clock_was_set_back(tmp_path: Path, days: int) -> None:
    moment = datetime(2026, 3, 10, tzinfo=UTC)
    clock: Callable[[], datetime] = lambda: moment  # noqa: E731
    first = Store(tmp_path / "progress.sqlite3", learner="", now=clock)
    second = Store(tmp_path / "progress.sqlite3", learner="", now=clock)
    first.record("l", "", AttemptRecord("Z1", "old", "wrong"))
    first.reset("l", "")
    moment -= timedelta(days=days)
    second.record("l", "", AttemptRecord("Z1", "new", "wrong"))
    second.note("l", "", "Z1", "hint")
    first.record("l", "", AttemptRecord("Z1", "newer", "wrong"))
    for store in (first, second):
        assert [one.answer for one in store.attempts("l", "")] == ["new", "newer"]
        assert len(store.events("l", "")) == 1
        store.close()


def test_a_store_locked_at_the_start_says_what_it_waits_for(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens at once without its content, and loads it when the other program releases the lock."""
    monkeypatch.setattr("tutor.store.database._WAIT", 600.0)  # only closing may wait that long
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("pragma locking_mode = exclusive")
        holder.execute("begin exclusive")
        holder.execute("update attempts set answer = answer")
        store = Store(path, learner="", now=clock)
        assert "waiting" in store.notice
        assert "another program" in store.notice
        store.save_drafts("l", "", {"Z1": "typed meanwhile"})
    assert store.flush() or not store.unsaved
    store.close()
    assert not store.notice
    with closing(Store(path, learner="")) as later:
        assert later.drafts("l", "") == {"Z1": "typed meanwhile"}
        assert len(later.attempts("l", "")) == 300


@pytest.mark.skipif(os.name != "posix", reason="needs Unix file modes")
def test_only_the_owner_can_read_progress(path: Path) -> None:
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    with closing(Store(path, learner="")) as store:
        store.set_position("l", "", 1)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3, "the database and the two files SQLite puts beside it"


def test_without_a_home_folder_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUTOR_HOME", "HOME", "USERPROFILE", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda text: text)  # a user without an entry in passwd
    paths._platform_data.cache_clear()
    try:
        with pytest.raises(TutorError, match="TUTOR_HOME"):
            paths.home()
    finally:
        paths._platform_data.cache_clear()
