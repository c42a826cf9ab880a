"""Progress on a PostgreSQL server: many learners at once, a server that is down or full for a while, versions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from tests.classroom.simulated import assignment_in
from tests.store.postgres import Proxy, Server
from tests.store.test_store import until
from tutor.classroom.collect import collect
from tutor.classroom.taking import AssignmentRun
from tutor.errors import StoreError
from tutor.store import AttemptRecord, Store
from tutor.store.schema import MIGRATIONS

pytestmark = [pytest.mark.needs("postgres"), pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")]


@pytest.fixture
def url(server: Server) -> str:
    return server.fresh()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(Store(url, learner="Ada")) as made:
        made.record("l", "", AttemptRecord("Z1", "before", "wrong"))
        assert made.saving, made.notice
        yield made


def answers(url: str, learner: str = "Ada") -> list[str]:
    with closing(Store(url, learner=learner)) as other:
        return [one.answer for one in other.attempts("l", "")]


def test_a_server_that_is_down_for_a_while_loses_nothing(
    server: Server, url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._RETRY", 0.05)
    server.stop()
    try:
        store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
        assert [one.answer for one in store.attempts("l", "")] == ["before", "meanwhile"]
        assert "does not answer" in store.notice
        assert store.notice.count(".") == 2, "one sentence says what happened, one what to do"
        late = Store(url, learner="Grace")  # a learner who starts meanwhile can work too
        late.record("l", "", AttemptRecord("Z1", "hers", "wrong"))
        assert "does not answer" in late.notice
    finally:
        server.start()
    until(lambda: store.saving and late.saving)
    assert not store.notice
    late.close()
    assert answers(url) == ["before", "meanwhile"]
    assert answers(url, "Grace") == ["hers"]


def test_a_restart_between_two_answers_goes_unnoticed(server: Server, url: str, store: Store) -> None:
    server.stop()
    server.start()
    store.record("l", "", AttemptRecord("Z1", "after", "wrong"))
    assert store.saving
    assert not store.notice
    assert answers(url) == ["before", "after"]


def test_a_server_with_a_full_disk_loses_nothing(
    server: Server, url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._RETRY", 0.05)
    server.execute(
        url,
        "create function refuse() returns trigger as $$ begin raise exception 'no room' using errcode = 'disk_full';"
        " end $$ language plpgsql; create trigger full_disk before insert on attempts execute function refuse()",
    )
    store.record("l", "", AttemptRecord("Z1", "meanwhile", "wrong"))
    assert "has no room left" in store.notice
    assert [one.answer for one in store.attempts("l", "")] == ["before", "meanwhile"]
    server.execute(url, "drop trigger full_disk on attempts")
    until(lambda: store.saving)
    assert answers(url) == ["before", "meanwhile"]


def test_an_answer_takes_two_round_trips(server: Server, url: str, tmp_path: Path) -> None:
    """One to ask whether another page has written, one to write; a server may be far away."""
    Store(url, learner="Grace").close()
    with closing(Proxy(server, tmp_path)) as proxy, closing(Store(proxy.url(url), learner="Ada")) as far:
        assert proxy.trips <= 8, "round trips to open the store"
        far.record("l", "", AttemptRecord("Z1", "first", "wrong"))
        before = proxy.trips
        far.record("l", "", AttemptRecord("Z1", "second", "wrong"))
        assert proxy.trips == before + 2
    assert answers(url) == ["first", "second"]


def test_a_refused_write_leaves_nothing_and_the_next_one_is_stored(server: Server, url: str) -> None:
    with closing(Store(url, learner="Ada", strict=True)) as strict:
        server.execute(url, "alter table drafts add constraint none_of_these check (answer <> 'refused')")
        with pytest.raises(StoreError):
            strict.record("l", "", AttemptRecord("Z1", "refused", "wrong"))
    with closing(Store(url, learner="Ada", strict=True)) as strict:
        strict.record("l", "", AttemptRecord("Z1", "taken", "wrong"))
    assert answers(url) == ["taken"]


def test_many_at_once_lose_nothing(url: str) -> None:
    """The tables are made once, and no learner's answers mix with another's, though each has two pages open."""

    def work(name: str) -> None:
        with closing(Store(url, learner=name.partition("-")[0])) as store:
            for number in range(20):
                store.record("l", "", AttemptRecord("Z1", f"{name}-{number}", "wrong"))

    threads = [Thread(target=work, args=(f"{learner}-{page}",)) for learner in "abcd" for page in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for learner in "abcd":
        found = answers(url, learner)
        assert len(found) == len(set(found)) == 40
        for page in range(2):
            mine = [one for one in found if one.startswith(f"{learner}-{page}-")]
            assert mine == [f"{learner}-{page}-{number}" for number in range(20)]


def test_the_version_changes_only_when_another_page_writes(url: str, store: Store) -> None:
    before = store.version
    store.record("l", "", AttemptRecord("Z1", "own", "wrong"))
    assert store.version == before
    with closing(Store(url, learner="Ada")) as other:
        other.record("l", "", AttemptRecord("Z1", "other", "wrong"))
    with closing(Store(url, learner="Grace")) as another:
        another.record("l", "", AttemptRecord("Z1", "hers", "wrong"))
    assert store.version != before


def test_tables_of_the_first_version_are_upgraded(server: Server, url: str) -> None:
    for statement in MIGRATIONS[0]:
        server.execute(url, statement)
    server.execute(url, "create table form (version integer not null); insert into form values (1)")
    server.execute(url, "insert into attempts values ('1', 'Ada', 'l', '', 'Z1', '1', 'wrong', '[]', '', '2026-01-01')")
    with closing(Store(url, learner="Ada")) as store:
        store.record("l", "", AttemptRecord("Z1", "2", "wrong", cells=(("correct", ""),)))
        assert [(one.answer, one.cells) for one in store.attempts("l")] == [("1", ()), ("2", (("correct", ""),))]


def test_tables_of_a_later_version_are_read_but_not_written(server: Server, url: str, store: Store) -> None:
    server.execute(url, "update form set version = 900")
    with closing(Store(url, learner="Ada")) as old:
        assert "later version" in old.notice
        old.record("l", "", AttemptRecord("Z1", "new", "wrong"))
        assert [one.answer for one in old.attempts("l")] == ["before", "new"]
        assert old.unsaved
    assert answers(url) == ["before"]


def test_the_password_is_never_shown() -> None:
    with closing(Store("postgresql://ada:secret@127.0.0.1:1/class", learner="")) as store:
        assert "secret" not in store.notice + store.name
        assert "127.0.0.1/class does not answer" in store.notice


def test_a_report_collects_a_class_from_the_server(url: str, tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    for learner, typed in (("s1", "1"), ("s2", "2")):
        with closing(Store(url, learner=learner)) as store:
            AssignmentRun(assignment, store).open("one-neuron").submit("network:Z1", typed)
    found = {each.name: each.hand_in for each in collect([url], assignment)}
    assert {name: [one.answer for one in each.answers] for name, each in found.items() if each is not None} == {
        "database: s1": ["1"],
        "database: s2": ["2"],
    }


def test_a_server_that_does_not_answer_is_named_in_a_report(tmp_path: Path) -> None:
    address = f"postgresql://somebody:secret@/class?host={tmp_path}&connect_timeout=1"
    (found,) = collect([address], assignment_in(tmp_path))
    assert found.hand_in is None
    assert found.error.startswith("database: ")
    assert "secret" not in found.error
