"""A store of last week starts with what it shows."""

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


def test_old_answers_become_evidence_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "progress.sqlite3", learner="")
    with monkeypatch.context() as before:
        before.setattr(Store, "observe", lambda self, evidence: None)  # as an earlier version did
        session = Session(load(FILE), store)
        session.submit("lab2:Z1", "-0.3")
        session.submit("lab2:Z1", "-0.7")
        session.give_up("lab2:Z2")
        session.submit("lab2:Z3", "0.08")
    index = load_index([FILE])
    assert carry_over(store, index) == 2
    assert carry_over(store, index) == 0
    assert [(each.field, each.right) for each in store.evidence()] == [("lab2:Z1", False), ("lab2:Z3", True)]


def test_a_lesson_that_is_gone_waits(tmp_path: Path) -> None:
    store = Store(tmp_path / "progress.sqlite3", learner="")
    Session(load(FILE), store).submit("lab2:Z1", "-0.7")
    assert carry_over(store, load_index([])) == 0
    assert len(store.evidence()) == 1
