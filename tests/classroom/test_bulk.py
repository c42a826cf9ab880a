"""Marking many hand-ins gives each the same marks as marking it alone, exactly once, whatever happens to the workers.

Programs run only in a sandbox.
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import Executor, Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in, work
from tutor.classroom import bulk
from tutor.classroom.assignment import Assignment, load_assignment
from tutor.classroom.bulk import mark_all
from tutor.classroom.collect import Spool
from tutor.classroom.hand_in import HandIn, make, to_bytes
from tutor.classroom.marking import mark_hand_in
from tutor.classroom.replay import LessonReplay
from tutor.cli import main
from tutor.errors import TutorError
from tutor.labs.sandbox.level import level
from tutor.practice import vary
from tutor.session import Session
from tutor.session.model import Result, Verdict
from tutor.store import Store

WRONG = ("", "sign", "bias", "half", "hints", "nothing")

LESSON = """\
tutor: 1
title: Conditions and programs
id: mixed
network:
  inputs: [1, 2]
  target: 1
  layers: [{weights: [{w1: 0.5}, {w2: -0.3}], bias: {b: 0.2}, activation: relu}]
screens:
  - title: One
    blocks:
      - ask: Z1
      - choose: The unit is
        id: dead
        options: [{text: alive, correct: Z1 > 0}, {text: dead, correct: Z1 <= 0}]
      - lab: Add two numbers
        id: adding
        starter: total = 0
        checks: [{variable: total, equals: 3}]
"""


def mixed(folder: Path) -> Assignment:
    (folder / "mixed.yaml").write_text(LESSON)
    (folder / "week.yaml").write_text("assignment: Mixed\nlessons: [mixed.yaml]\npoints: {labs: 5}\n")
    return load_assignment(folder / "week.yaml")


@pytest.mark.parametrize("seed", ["", "seed: shared\n"], ids=["a variant each", "one variant"])
def test_reusing_a_replay_for_the_next_learner_changes_no_mark(tmp_path: Path, seed: str) -> None:
    assignment = assignment_in(tmp_path, ASSIGNMENT + seed)
    replays: dict[str, LessonReplay] = {}
    for other in WRONG:
        mark_hand_in(work(assignment, f"before-{other}", wrong=other), assignment, replays)
    for number, wrong in enumerate(WRONG):
        learner = f"s{number}"
        hand_in = work(assignment, learner, wrong=wrong)
        marked = mark_hand_in(hand_in, assignment, replays)
        assert marked == mark_hand_in(hand_in, assignment), wrong
        lesson = assignment.lessons[0] if seed else vary(assignment.lessons[0], learner)
        session = Session(lesson, Store(None, learner=learner))
        for entry in hand_in.answers:
            session.submit(entry.field, ("0",) if entry.field == "moves" else entry.answer)
        for mark in marked.marks:
            state = session.state(mark.field)
            follows = state.result is not None and state.result.verdict is Verdict.FOLLOWS
            assert mark.is_right == (state.solved or follows), (wrong, mark.field)


@pytest.mark.parametrize("learner", [f"s{number}" for number in range(6)])
def test_conditional_options_are_marked_with_each_learners_numbers(tmp_path: Path, learner: str) -> None:
    assignment = mixed(tmp_path)
    store = Store(None, learner=learner)
    session = Session(vary(assignment.lessons[0], learner), store)
    alive = session.lesson.graph().values["Z1"] > 0
    session.submit("dead", ("0",) if alive else ("1",))
    marked = mark_hand_in(make(assignment, store, now=DUE), assignment)
    assert {mark.field: mark.verdict for mark in marked.marks}["dead"] == "correct"


def with_program(folder: Path, source: str) -> tuple[HandIn, Assignment]:
    assignment = mixed(folder)
    store = Store(None, learner="s1")
    session = Session(vary(assignment.lessons[0], "s1"), store)
    session.finish("adding", source, Result(Verdict.CORRECT, "the learner's own tutor says so"))
    return make(assignment, store, now=DUE), assignment


@pytest.mark.parametrize(("source", "points"), [("total = 1 + 2", 5), ("total = 4", 0), ("total = open('/etc/x')", 0)])
def test_a_program_is_run_again_with_its_checks(tmp_path: Path, source: str, points: float) -> None:
    if not level().is_isolated:
        pytest.skip("this machine has no sandbox")
    hand_in, assignment = with_program(tmp_path, source)
    assert mark_hand_in(hand_in, assignment).points == points


def test_without_a_sandbox_programs_are_not_run_and_a_note_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in, assignment = with_program(tmp_path, "total = 1 + 2")
    monkeypatch.setattr("tutor.labs.sandbox.level.level", lambda: SimpleNamespace(is_isolated=False))
    monkeypatch.setattr("tutor.session.batch.mark_program", lambda *_: pytest.fail("it was run"))
    marked = mark_hand_in(hand_in, assignment)
    assert (marked.points, {mark.field: mark.verdict for mark in marked.marks}["adding"]) == (0, "not-run")
    assert any("not run" in note for note in marked.notes)


def test_killing_workers_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_CHUNK", 1)
    assignment = assignment_in(tmp_path)
    hand_ins = [work(assignment, f"s{number}", wrong="sign" if number % 2 else "") for number in range(6)]
    kept, places = tmp_path / "marks.jsonl", []
    for outcome in mark_all(hand_ins, assignment, workers=2, kept=kept):
        assert outcome.marked is not None
        assert outcome.marked.points == (5 if outcome.place % 2 else 8)
        places.append(outcome.place)
        if len(places) == 1:  # all workers of a pool end with the one that is killed; new ones take over
            multiprocessing.active_children()[0].kill()
    assert sorted(places) == list(range(6))
    assert len(kept.read_text().splitlines()) == 6


class Cluster(Executor):
    """An executor that loses the work on some hand-ins."""

    def __init__(self, lost: str) -> None:
        self.lost = lost

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.lost in str(args):
            future.set_exception(RuntimeError("KilledWorker"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_hand_ins_that_a_cluster_loses_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_CHUNK", 1)
    assignment = assignment_in(tmp_path)
    hand_ins = [work(assignment, f"s{number}") for number in range(3)]
    found = {each.place: each for each in mark_all(hand_ins, assignment, executor=Cluster('"s1"'))}
    assert found[1].marked is None
    assert "KilledWorker" in found[1].error
    assert found[0].marked is not None
    assert found[2].marked is not None


class Silent(Executor):
    """An executor that never finishes anything."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


class Dropping(Executor):
    """An executor without its scheduler: it cancels the work under way and soon accepts no more."""

    taken = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.taken += 1
        if self.taken > 2:
            raise RuntimeError("the client is closed")
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


class Late(Executor):
    """An executor that finishes a chunk only after this machine has begun to help."""

    def __init__(self) -> None:
        self.given: list[tuple[Future[Any], Any, Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if len(self.given) == 2:
            first, does, of = self.given[1]
            first.set_result(does(*of))
        self.given.append((future, fn, args))
        return future


@pytest.mark.parametrize("cluster", [Silent, Dropping, Late])
def test_hand_ins_that_a_cluster_does_not_finish_are_marked_here_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: type[Executor]
) -> None:
    monkeypatch.setattr(bulk, "_CHUNK", 1)
    monkeypatch.setattr(bulk, "_UNDER_WAY", 2)
    monkeypatch.setattr(bulk, "_PATIENCE", 0.01)
    assignment = assignment_in(tmp_path)
    hand_ins = [work(assignment, f"s{number}") for number in range(4)]
    said: list[str] = []
    kept = tmp_path / "marks.jsonl"
    outcomes = list(mark_all(hand_ins, assignment, executor=cluster(), kept=kept, tell=said.append))
    assert len(said) == 1
    assert sorted(each.place for each in outcomes) == [0, 1, 2, 3]
    assert all(each.marked is not None and each.marked.points == 8 for each in outcomes)
    assert len(kept.read_text().splitlines()) == 4


def test_a_changed_assignment_is_read_again(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    hand_in = work(assignment, "s1")
    assert [each.marked.points for each in mark_all([hand_in], assignment, workers=1) if each.marked] == [8]
    path = tmp_path / "week3.yaml"
    path.write_text(path.read_text().replace("{delta: 3}", "{delta: 30}"))
    again = load_assignment(path)
    assert [each.marked.points for each in mark_all([hand_in], again, workers=1) if each.marked] == [35]


def test_hand_ins_are_marked_from_disk_and_their_marks_kept(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    hand_ins = [work(assignment, "s1"), work(assignment, "é2", wrong="sign")]
    spool = Spool()
    assert [spool.add(each) for each in hand_ins] == [0, 1]
    assert spool[:] == hand_ins
    outcomes = list(mark_all(spool, assignment, workers=1, kept=tmp_path / "marks.jsonl"))
    assert [each.marked.points for each in outcomes if each.marked] == [8, 5]
    assert list(mark_all(spool, assignment, workers=1, kept=tmp_path / "marks.jsonl")) == outcomes


def test_a_worker_with_other_lessons_marks_nothing(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    with pytest.raises(TutorError, match="differ from those"):
        bulk.mark_chunk([], str(assignment.path), "another hash")


class Broken(Executor):
    """An executor whose workers cannot mark anything."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("no tutor is installed here"))
        return future


class Dask:
    """The part of Dask's client that the report uses."""

    def __init__(self, address: str, timeout: float) -> None:
        if "there" not in address:
            raise OSError("Timed out")

    def __enter__(self) -> Dask:
        return self

    def __exit__(self, *_: object) -> None: ...

    def get_executor(self) -> Executor:
        return Broken()


def test_a_cluster_that_is_missing_or_useless_is_reported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Dask))
    assignment = assignment_in(tmp_path)
    for number in range(7):
        (tmp_path / f"s{number}.tutor").write_bytes(to_bytes(work(assignment, f"s{number}")))
    report = ["report", str(tmp_path), "--assignment", str(assignment.path), "-o", str(tmp_path / "report")]
    for address, status in (("tcp://nowhere:1", 2), ("tcp://there:1", 0)):
        with pytest.raises(SystemExit) as ended:
            main([*report, "--cluster", address])
        assert ended.value.code == status
    first, *rest = capsys.readouterr().err.split("Left out: ")
    assert "tcp://nowhere:1" in first
    assert len(rest) == 1
    assert rest[0].startswith("s0, s1, s2")
    assert "no tutor is installed here" in rest[0]
