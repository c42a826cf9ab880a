"""Answers that an older version stored become evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.learning.index import load_index
from tutor.learning.replay import carry_over
from tutor.lessons import load
from tutor.paths import shipped_lessons
from tutor.session import Session
from tutor.store import Store

FILE = shipped_lessons() / "03-laboratory-task-2.yaml"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Answers without evidence, as an earlier version stored them."""
    store = Store(tmp_path / "progress.sqlite3", learner="")
    with monkeypatch.context() as before:
        before.setattr(Store, "observe", lambda self, evidence: None)
        session = Session(load(FILE), store)
        session.submit("lab2:Z1", "-0.3")
        session.submit("lab2:Z1", "-0.7")
        session.give_up("lab2:Z2")
        session.submit("lab2:Z3", "0.08")
    return store


def test_old_answers_become_evidence_once(store: Store) -> None:
    index = load_index([FILE])
    assert carry_over(store, index) == 2
    assert carry_over(store, index) == 0
    assert [(each.field, each.right) for each in store.evidence()] == [("lab2:Z1", False), ("lab2:Z3", True)]


def test_answers_wait_until_their_lesson_is_in_the_index(store: Store) -> None:
    assert carry_over(store, load_index([])) == 0
    assert list(store.evidence()) == []
    assert carry_over(store, load_index([FILE])) == 2


def test_an_answer_with_evidence_is_not_carried_over(tmp_path: Path) -> None:
    store = Store(tmp_path / "progress.sqlite3", learner="")
    Session(load(FILE), store).submit("lab2:Z1", "-0.7")
    assert carry_over(store, load_index([FILE])) == 0
    assert len(store.evidence()) == 1
