"""A learner works on an assignment: typing a name once, getting numbers, taking an exam, handing in."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in
from tutor.classroom.assignment import load_assignment
from tutor.classroom.hand_in import CLASS_NAME, differences, make, read
from tutor.classroom.marking import mark_hand_in
from tutor.classroom.taking import AssignmentRun, assignment_at
from tutor.errors import TutorError
from tutor.lessons.blocks.explore import ExploreView
from tutor.plain import run_plain
from tutor.session import Session
from tutor.store import Store

EXAM = ASSIGNMENT + "exam: {minutes: 45}\n"


class Clock:
    def __init__(self) -> None:
        self.moment = DUE - timedelta(days=1)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


def started(folder: Path, clock: Clock, text: str = ASSIGNMENT, name: str = "s1") -> AssignmentRun:
    run = AssignmentRun(assignment_in(folder, text), Store(None, learner="", now=clock), now=clock)
    if name:
        run.take_name(name)
    return run


def answer(session: Session, *names: str, off: float = 0.0) -> None:
    for name in names:
        session.submit(f"network:{name}", f"{session.lesson.graph().values[name] + off:.6f}")


def test_the_name_is_asked_once_and_decides_the_numbers(tmp_path: Path, clock: Clock) -> None:
    run = started(tmp_path, clock, name="")
    assert run.needs_name
    with pytest.raises(TutorError, match="class list"):
        run.open("one-neuron")
    with pytest.raises(TutorError, match="class list"):
        run.take_name("  ")
    run.take_name(" s1 ")
    assert not run.needs_name
    assert run.open("one-neuron").variant == "s1"
    assert not AssignmentRun(run.assignment, run.store).needs_name
    shared = started(tmp_path, clock, ASSIGNMENT + "seed: shared\n", name="")
    assert not shared.needs_name
    assert shared.open("one-neuron").variant == ""


def test_the_list_shows_due_date_progress_and_points(tmp_path: Path, clock: Clock) -> None:
    run = started(tmp_path, clock)
    answer(run.open("one-neuron"), "Z1", "yhat")
    (line,) = run.lines()
    assert (line.done, line.total, line.points) == (2, 6, 8)
    assert "14 March 2027" in run.head()
    assert "2 of 6 questions done, 8 points" in run.head()
    clock.moment = DUE + timedelta(days=1)
    assert "50%" in run.head()
    assert "18 March" in started(tmp_path, clock, name="s7").head()


def test_the_hand_in_is_written_and_marked_like_the_work(tmp_path: Path, clock: Clock) -> None:
    run = started(tmp_path, clock)
    with pytest.raises(TutorError, match="nothing"):
        run.hand_in(tmp_path)
    answer(run.open("one-neuron"), "Z1", "delta1")
    path = run.hand_in(tmp_path)
    assert path == tmp_path / "week3.s1.tutor"
    assert str(path) in run.state()
    handed_in = read(path.read_bytes(), path.name)
    assert differences(handed_in, run.assignment) == ()
    assert mark_hand_in(handed_in, run.assignment).points == 4


@pytest.mark.parametrize("change", ["cut", "time"])
def test_a_hand_in_cut_short_or_with_a_changed_time_is_reported(tmp_path: Path, clock: Clock, change: str) -> None:
    run = started(tmp_path, clock)
    answer(run.open("one-neuron"), "Z1", "delta1")
    made = make(run.assignment, run.store, now=clock(), learner="s1")
    update = {"entries": made.entries[:-2]} if change == "cut" else {"made_at": clock() - timedelta(days=9)}
    assert [each.kind for each in differences(made.model_copy(update=update), run.assignment)] == ["edited"]


def test_an_exam_starts_on_request_and_its_clock_runs_on(tmp_path: Path, clock: Clock) -> None:
    run = started(tmp_path, clock, EXAM)
    assert run.is_to_begin
    assert "45 minutes" in run.rules()
    with pytest.raises(TutorError, match="begun"):
        run.open("one-neuron")
    run.begin()
    session = run.open("one-neuron")
    assert session.is_sealed
    answer(session, "Z1")
    clock.moment += timedelta(minutes=40)
    run.begin()  # it has begun already: the clock is not reset
    again = AssignmentRun(run.assignment, run.store, now=clock)
    assert again.clock() == "5:00 left"
    clock.moment += timedelta(minutes=6)
    assert again.clock() == ""
    assert "over" in again.state()
    assert "over" in session.submit("network:yhat", "1").result.message
    assert not again.open("one-neuron").is_sealed


def test_handing_in_ends_the_exam_and_first_answers_count(tmp_path: Path, clock: Clock) -> None:
    run = started(tmp_path, clock, EXAM)
    before = Session(run.assignment.lessons[0], run.store, now=clock)
    run.begin()
    session = run.open("one-neuron")
    answer(session, "Z1", off=1)
    answer(session, "Z1")
    answer(session, "delta1")
    assert before.variant == ""
    path = run.hand_in(tmp_path)
    assert not run.is_on
    marked = mark_hand_in(read(path.read_bytes(), path.name), run.assignment)
    assert (marked.points, marked.notes) == (3, ())
    verdicts = {mark.field: mark.verdict for mark in marked.marks}
    assert (verdicts["network:Z1"], verdicts["network:delta1"]) == ("wrong", "correct")


def test_answers_added_after_the_end_do_not_count(tmp_path: Path, clock: Clock) -> None:
    run = started(tmp_path, clock, EXAM)
    run.begin()
    answer(run.open("one-neuron"), "Z1")
    clock.moment += timedelta(minutes=50)
    loose = Store(None, learner="s1", now=clock)  # a tutor that does not know about the exam
    answer(Session(run.open("one-neuron").lesson, loose, now=clock), "delta1")
    late = make(run.assignment, loose, now=clock(), learner="s1").entries[:-1]
    made = make(run.assignment, run.store, now=clock(), learner="s1")
    joined = made.model_copy(update={"entries": (*made.entries[:-1], *late)})
    assert mark_hand_in(joined, run.assignment).points == 1
    own = make(run.assignment, loose, now=clock(), learner="s1")
    assert "no-exam" in {each.kind for each in differences(own, run.assignment)}


def test_a_lesson_is_not_taken_for_an_assignment(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    assert assignment_at(str(assignment.path), Store(None)) is not None
    assert assignment_at(str(tmp_path / "one-neuron.yaml"), Store(None)) is None


def plain(folder: Path, store: Store, text: str, *typed: str) -> str:
    path = assignment_in(folder, text).path
    out = io.StringIO()
    run_plain(str(path), source=io.StringIO("".join(f"{line}\n" for line in typed)), out=out, store=store)
    return out.getvalue()


def test_an_assignment_works_in_plain_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(None, learner="")
    said = plain(tmp_path, store, ASSIGNMENT, "", "s1", "1", "7", ":home", "h", "q")
    assert "class list" in said
    assert "numbers #s1" in said
    assert f"Handed in: {tmp_path / 'week3.s1.tutor'}" in said
    assert (tmp_path / "week3.s1.tutor").exists()
    assert store.setting(CLASS_NAME, "") == "s1"
    assert "class list" not in plain(tmp_path, store, ASSIGNMENT, "q")


def test_an_exam_works_in_plain_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(None, learner="s1")
    lines = ("1", "no", "1", "yes", ":hint", ":giveup", ":derive", ":worksheet", ":program numpy", ":check",
             "Z1 = 7", "", ":variant 17", "7", ":home", "h", "yes", "q")  # fmt: skip
    said = plain(tmp_path, store, EXAM, *lines)
    assert said.count("45 minutes") == 2
    assert "kept: Kept." in said
    assert "left" in said
    assert "The exam is over." in said
    assert all(word not in said for word in ("wrong", "follows", "✗"))


def test_playing_is_not_possible_in_an_exam(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path, EXAM)
    path = tmp_path / "one-neuron.yaml"
    path.write_text(path.read_text().replace("      - ask: Z1", "      - {explore: yhat, id: turn}\n      - ask: Z1"))
    lines = ("1", "yes", ":play", ":play turn", ":play yes", "q", "q")
    out = io.StringIO()
    store = Store(None, learner="s1")
    run_plain(str(assignment.path), source=io.StringIO("".join(f"{line}\n" for line in lines)), out=out, store=store)
    assert "play>" not in out.getvalue()
    assert out.getvalue().count("Playing is not possible") == 3
    session = AssignmentRun(load_assignment(assignment.path), store).open("one-neuron")
    assert not any(isinstance(block, ExploreView) for block in session.screen(0).blocks)
