"""Progress survives restarts, two tutors at once, a killed process, a damaged file and a read-only or full disk."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import Clock
from tutor.errors import StoreError
from tutor.store import AttemptRecord, EvidenceRecord, Store
from tutor.store.records import iso, new_key
from tutor.store.schema import MIGRATIONS
from tutor.store.sqlite import SqliteFile


def until(condition: Callable[[], object]) -> None:
    """Wait until the store's own thread has made a condition true."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "the condition never became true"
        time.sleep(0.01)


@pytest.fixture
def retry_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry a failed write at once."""
    monkeypatch.setattr("tutor.store.database._RETRY", 0.01)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path / "deep" / "progress.sqlite3", learner="", now=clock)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def either(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store in a file, then one on a server."""
    in_file = request.param == "sqlite"
    place = tmp_path / "progress.sqlite3" if in_file else request.getfixturevalue("server").fresh()
    with closing(Store(place, learner="", now=clock)) as made:
        assert made.saving, made.notice
        yield made


def reopened(store: Store, clock: Clock) -> Store:
    store.close()
    return Store(store.path, learner=store.learner, now=clock)


def test_everything_is_still_there_after_a_restart(either: Store, clock: Clock) -> None:
    cells = (("correct", ""), ("wrong", "The bias is missing."))
    either.record(
        "l", "", AttemptRecord("Z1", "-0,7", "wrong", ("bias-left-out",), "The bias is missing.", cells=cells)
    )
    either.note("l", "", "Z1", "hint")
    either.save_drafts("l", "", {"H1": "0.3", "Z1": "−0.7"})
    either.set_position("l", "", 4)
    either.set_summary("l", "", 3, 9, 1)
    either.set_setting("keys", {"hint": "f2"})

    back = reopened(either, clock)
    (attempt,) = back.attempts("l", "")
    assert (attempt.answer, attempt.verdict, attempt.mistakes) == ("-0,7", "wrong", ("bias-left-out",))
    assert attempt.cells == cells
    assert [event.kind for event in back.events("l", "")] == ["hint"]
    assert back.drafts("l", "") == {"H1": "0.3", "Z1": "−0.7"}
    assert back.position("l", "") == 4
    assert back.summaries()[0].done == 3
    assert back.setting("keys") == {"hint": "f2"}
    assert back.setting("theme", "dark") == "dark"
    assert not back.notice


def test_attempts_are_only_appended(either: Store) -> None:
    for answer in ("1", "2", "1"):
        either.record("l", "", AttemptRecord("Z1", answer, "wrong"))
    assert [one.answer for one in either.attempts("l", "")] == ["1", "2", "1"]
    assert either.drafts("l", "") == {"Z1": "1"}


def test_an_answer_may_be_any_text(either: Store) -> None:
    hostile = "'); drop table attempts; --\x00\n\u202e"
    either.record("l", "", AttemptRecord("hidden.H", hostile, "unreadable"))
    assert either.attempts("l", "")[0].answer == hostile


def test_half_a_character_is_stored_as_a_question_mark(tmp_path: Path) -> None:
    """A pipe whose bytes are not UTF-8 produces lone surrogates."""
    store = Store(tmp_path / "progress.sqlite3", learner="M\udcfcller")
    store.record("l", "", AttemptRecord("Z1", "0.7\ud800", "unreadable", (), "I can't read \udcff."))
    store.save_drafts("l", "", {"H1": "\udcff"})
    (attempt,) = store.attempts("l", "")
    assert (attempt.answer, attempt.message) == ("0.7?", "I can't read ?.")
    assert store.drafts("l", "")["H1"] == "?"
    assert not store.notice


def test_learners_lessons_and_variants_do_not_mix(either: Store, clock: Clock) -> None:
    either.record("l", "", AttemptRecord("Z1", "1", "wrong"))
    either.record("l", "17", AttemptRecord("Z1", "2", "wrong"))
    either.record("m", "", AttemptRecord("Z1", "3", "wrong"))
    other = Store(either.path, learner="ada", now=clock)
    other.record("l", "", AttemptRecord("Z1", "4", "wrong"))
    assert [one.answer for one in either.attempts("l", "")] == ["1"]
    assert [one.answer for one in either.attempts("l")] == ["1", "2"]
    assert [one.answer for one in other.attempts("l")] == ["4"]


def test_a_reset_archives_the_history(either: Store) -> None:
    either.record("l", "", AttemptRecord("Z1", "1", "wrong"))
    either.record("l", "17", AttemptRecord("Z1", "7", "wrong"))
    either.note("l", "", "Z1", "given-up")
    either.set_position("l", "", 2)
    either.reset("l", "")
    either.record("l", "", AttemptRecord("Z1", "2", "correct"))
    assert [one.answer for one in either.attempts("l", "")] == ["2"]
    assert [one.answer for one in either.attempts("l", "17")] == ["7"]
    kept = either.attempts("l", "", archived=True)
    assert [(one.answer, one.archived) for one in kept] == [("1", True), ("2", False)]
    assert either.events("l", "") == ()
    assert either.position("l", "") == 0


def test_a_renamed_field_keeps_its_progress(either: Store) -> None:
    either.record("l", "", AttemptRecord("old", "1", "wrong"))
    either.note("l", "", "old", "hint")
    either.save_drafts("l", "", {"old": "2"})
    renamed = {"old": "new"}
    assert either.attempts("l", "", renamed=renamed)[0].field == "new"
    assert either.events("l", "", renamed=renamed)[0].field == "new"
    assert either.drafts("l", "", renamed=renamed) == {"new": "2"}
    either.save_drafts("l", "", {"new": "3"})
    assert either.drafts("l", "", renamed=renamed) == {"new": "3"}


def test_the_most_recent_lesson_comes_first(either: Store) -> None:
    either.set_position("a", "", 1)
    either.set_position("b", "3", 2)
    assert [(one.lesson, one.variant) for one in either.positions()] == [("b", "3"), ("a", "")]
    either.set_position("a", "", 0)
    assert either.positions()[0].lesson == "a"


def test_evidence_is_kept_as_it_was_observed(either: Store, clock: Clock) -> None:
    old = EvidenceRecord("l", "", "Z1", "weighted-sum", True, when="2026-01-01T00:00:00.000000Z")
    new = EvidenceRecord("l", "17", "Z2", "weighted-sum", False, False, "find", "bias-left-out")
    either.observe([new])
    either.observe([old])
    assert either.evidence() == (old, replace(new, when=either.evidence()[1].when))
    assert either.observed("l", "17") == ("Z2",)


def test_times_sort_in_order_and_keys_are_unique(clock: Clock) -> None:
    moments = [iso(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=step)) for step in (0, 1, 10**6)]
    assert moments == sorted(moments)
    assert len({new_key() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at", b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(content)
    store = Store(path)
    assert "set aside" in store.notice
    assert store.saving
    store.record("l", "", AttemptRecord("Z1", "1", "wrong"))
    store.close()
    aside = list(tmp_path.glob("progress.damaged-*.sqlite3"))
    assert [one.read_bytes() for one in aside] == [content]
    later = Store(path)
    assert not later.notice
    assert len(later.attempts("l", "")) == 1


def test_a_file_of_the_first_version_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    with closing(sqlite3.connect(path)) as old:
        for statement in MIGRATIONS[0]:
            old.execute(statement)
        old.execute("insert into attempts values ('1', '', 'l', '', 'Z1', '1', 'wrong', '[]', '', '2026-01-01')")
        old.execute("pragma user_version = 1")
        old.commit()
    with closing(Store(path)) as store:
        store.record("l", "", AttemptRecord("Z1", "2", "wrong", cells=(("correct", ""), ("wrong", "No."))))
        assert [(each.answer, each.cells) for each in store.attempts("l")] == [
            ("1", ()),
            ("2", (("correct", ""), ("wrong", "No."))),
        ]


def test_a_file_with_damaged_pages_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    store = Store(path)
    store.save_drafts("l", "", {f"field{n}": "x" * 200 for n in range(400)})
    store.close()
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 9] = random.Random(3).randbytes(4096 * 6)
    path.write_bytes(data)
    later = Store(path)
    assert "set aside" in later.notice
    later.record("l", "", AttemptRecord("Z1", "1", "wrong"))


def test_a_strict_store_raises(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(b"nonsense" * 100)
    with pytest.raises(StoreError, match="damaged"):
        Store(path, strict=True)
    with pytest.raises(StoreError):
        Store(path / "below" / "a-file.sqlite3", strict=True)


def test_without_a_folder_progress_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    store = Store(tmp_path / "home" / "progress.sqlite3")
    assert not store.saving
    assert "cannot be saved" in store.notice
    store.record("l", "", AttemptRecord("Z1", "1", "wrong"))
    assert len(store.attempts("l", "")) == 1


def test_a_file_that_can_be_neither_read_nor_moved_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Watched] = []

    class Watched(sqlite3.Connection):
        is_open = True

        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            opened.append(self)

        def close(self) -> None:
            super().close()
            self.is_open = False

    path = tmp_path / "progress.sqlite3"
    path.write_bytes(b"no database" * 500)
    monkeypatch.setattr(sqlite3, "connect", Watched)
    monkeypatch.setattr(Path, "rename", refuse)
    store = Store(path, learner="")
    assert store.notice
    store.set_position("l", "", 3)
    assert store.position("l", "") == 3
    assert sum(each.is_open for each in opened) == 1, "only the database in memory stays open"


def test_unsaved_answers_are_written_when_a_full_disk_has_room_again(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._RETRY", 0.2)
    store.record("l", "", AttemptRecord("Z1", "before", "wrong"))
    store._database._connection.execute("pragma max_page_count = 1")
    store.save_drafts("l", "", {"write": "x" * 200_000})
    assert not store.saving
    assert "cannot be saved" in store.notice
    store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
    assert [one.answer for one in store.attempts("l", "")] == ["before", "meanwhile"]
    until(lambda: store.saving)
    store.record("l", "", AttemptRecord("Z1", "after", "wrong"))
    assert not store.notice
    back = reopened(store, clock)
    assert [one.answer for one in back.attempts("l", "")] == ["before", "meanwhile", "after"]
    assert len(back.drafts("l", "")["write"]) == 200_000


def test_a_disk_full_at_the_start_is_reported_as_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice is not SQLite's complaint about a rollback that it has already done."""

    class Full(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if not sql.startswith("create"):
                return super().execute(sql, *values)
            super().execute("rollback")
            raise sqlite3.OperationalError("database or disk is full")

    def full(where: str, **more: Any) -> sqlite3.Connection:
        return connect(where, factory=sqlite3.Connection if where == ":memory:" else Full, **more)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", full)
    assert "database or disk is full" in Store(tmp_path / "progress.sqlite3", learner="").notice


def test_unsaved_progress_is_reported_and_can_be_flushed_again(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._RETRY", 60.0)
    monkeypatch.setattr(SqliteFile, "reach", refuse)
    store._database._connection.execute("pragma max_page_count = 1")
    store.save_drafts("l", "", {"write": "x" * 200_000})
    assert store.unsaved
    assert not store.flush()
    assert "no room" in store.notice
    monkeypatch.undo()
    assert store.flush()
    assert not store.unsaved
    assert not store.notice
    assert len(reopened(store, clock).drafts("l", "")["write"]) == 200_000


def refuse(*_: object) -> None:
    raise OSError("no room")


@pytest.fixture
def holder(store: Store) -> Iterator[sqlite3.Connection]:
    """Hold the write lock as another program would."""
    store.record("l", "", AttemptRecord("Z1", "before", "wrong"))
    connection = sqlite3.connect(str(store.path), isolation_level=None, check_same_thread=False)
    connection.execute("begin immediate")
    yield connection
    connection.close()


def on_disk(store: Store) -> list[str]:
    """Return the answers that a killed tutor would leave."""
    with closing(Store(store.path, learner="")) as other:
        return [one.answer for one in other.attempts("l", "")]


def test_recording_does_not_wait_for_a_lock_but_closing_does(
    store: Store, holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._RETRY", 60.0)
    store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
    assert [one.answer for one in store.attempts("l", "")] == ["before", "meanwhile"]
    assert not store.saving
    assert not store.notice, "most locks are released before anybody could read a notice"
    threading.Timer(0.3, holder.close).start()
    store.close()
    assert on_disk(store) == ["before", "meanwhile"]


@pytest.mark.usefixtures("retry_at_once")
def test_a_lasting_lock_is_reported_and_everything_written_after_it(store: Store, holder: sqlite3.Connection) -> None:
    store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
    until(lambda: "another program has locked" in store.notice)
    assert on_disk(store) == ["before"]
    holder.close()
    until(lambda: store.saving)
    assert not store.notice
    assert on_disk(store) == ["before", "meanwhile"], "without another answer"


@pytest.mark.usefixtures("retry_at_once")
def test_an_exclusive_lock_at_the_start_loses_nothing(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._WAIT", 0.1)
    store.record("l", "", AttemptRecord("Z1", "before", "wrong"))
    store.close()
    holder = sqlite3.connect(str(store.path), isolation_level=None)
    holder.execute("pragma locking_mode = exclusive")
    holder.execute("begin exclusive")
    holder.execute("update attempts set answer = answer")
    store = Store(store.path, learner="", now=clock)
    store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
    assert not store.saving
    holder.close()
    until(lambda: store.saving)
    assert on_disk(store) == ["before", "meanwhile"]


def test_progress_lost_to_a_lock_is_reported_at_the_end(
    store: Store, holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._WAIT", 0.1)
    store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
    store.close()
    assert store.unsaved
    assert "could not be saved" in store.notice
    assert "another program has locked it" in store.notice
    assert on_disk(store) == ["before"]


def test_statements_are_plain_sql() -> None:
    """Keys are text and times ISO, and the tables use nothing particular to SQLite: PostgreSQL takes them too."""
    text = "".join((Path(__file__).parents[2] / "tutor/store" / name).read_text() for name in ("schema.py", "store.py"))
    for word in ("autoincrement", "rowid", "insert or ", "glob ", "strftime", "datetime("):
        assert word not in text.lower()


WRITER = """
import sys
from pathlib import Path
from tutor.store import AttemptRecord, Store
store = Store(Path(sys.argv[1]), learner="")
for number in range(int(sys.argv[3])):
    store.record("l", "", AttemptRecord("Z1", f"{sys.argv[2]}-{number}", "wrong"))
    print(number, flush=True)
store.close()
assert store.saving, store.notice
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_several_tutors_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    writers = [writer(path, name, 150) for name in "abc"]
    for one in writers:
        one.communicate(timeout=60)
        assert one.returncode == 0
    answers = [attempt.answer for attempt in Store(path, learner="").attempts("l", "")]
    assert len(answers) == len(set(answers)) == 450
    for name in "abc":
        mine = [answer for answer in answers if answer.startswith(name)]
        assert mine == [f"{name}-{number}" for number in range(150)]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_a_killed_tutor_loses_nothing_that_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    child = writer(path, "a", 100_000)
    assert child.stdout is not None
    reported = [child.stdout.readline() for _ in range(40)]
    child.kill()
    child.stdout.read()
    child.wait()
    store = Store(path, learner="")
    assert not store.notice
    answers = [attempt.answer for attempt in store.attempts("l", "")]
    assert answers[: len(reported)] == [f"a-{number}" for number in range(len(reported))]
    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


TYPIST = """
import sys
from pathlib import Path
from tutor.store import AttemptRecord, Store
store = Store(Path(sys.argv[1]), learner="")
for number in range(int(sys.argv[2]), 10**9):
    store.save_drafts("l", "", {"Z1": str(number), "write": f"{number} " * 200})
    store.set_position("l", "", number)
    if number % 3 == 0:
        store.record("l", "", AttemptRecord("Z1", str(number), "wrong"))
    print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_a_tutor_killed_at_any_moment_loses_at_most_its_last_save(tmp_path: Path) -> None:
    """Kill it six times over one file: every save that it reported is there, complete, and no file is set aside."""
    path = tmp_path / "progress.sqlite3"
    rng = random.Random(7)
    reported = 0
    for _ in range(6):
        command = [sys.executable, "-c", TYPIST, str(path), str(reported + 1)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(rng.randint(1, 60)):
            reported = int(child.stdout.readline())
        child.kill()
        reported = max([reported, *map(int, child.stdout.read().split())])
        child.wait()
        store = Store(path, learner="")
        assert not store.notice
        drafts = store.drafts("l", "")
        kept = int(drafts["write"].split()[0])
        assert kept in (reported, reported + 1), "one save may have been made and not yet reported"
        assert drafts["write"] == f"{kept} " * 200
        assert store.position("l", "") in (reported, reported + 1)
        answers = [int(attempt.answer) for attempt in store.attempts("l", "")]
        assert answers == sorted(answers)
        assert set(range(3, reported + 1, 3)) <= set(answers)
        store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    assert not list(tmp_path.glob("*damaged*"))
