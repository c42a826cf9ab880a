"""A hand-in is marked again from its answers; edited verdicts are reported and ignored."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in, work
from tutor.classroom.assignment import load_assignment
from tutor.classroom.bulk import mark_all
from tutor.classroom.hand_in import HandIn, HandInError, differences, make, read, to_bytes
from tutor.classroom.marking import mark_hand_in
from tutor.session import Session
from tutor.store import Store


@pytest.mark.parametrize(
    ("wrong", "points", "mistakes"),
    [
        ("", 8, set()),
        ("sign", 5, {"difference-reversed"}),
        ("bias", 7, {"bias-left-out"}),
        ("half", 2, set()),
        ("hints", 7.7, set()),
        ("nothing", 0, set()),
    ],
)
def test_answers_hints_and_mistakes_decide_the_points(
    tmp_path: Path, wrong: str, points: float, mistakes: set[str]
) -> None:
    assignment = assignment_in(tmp_path)
    marked = mark_hand_in(work(assignment, "s1", wrong=wrong), assignment)
    assert marked.points == pytest.approx(points)
    assert {each.mistakes[0][0] for each in marked.marks if each.mistakes} == mistakes


def test_a_late_hand_in_gets_half_the_points(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    late = work(assignment, "s1", handed_in=DUE + timedelta(days=1))
    assert mark_hand_in(late, assignment).points == 4


def test_half_a_hundredth_is_rounded_up(tmp_path: Path) -> None:
    assignment = assignment_in(
        tmp_path, ASSIGNMENT.replace("{delta: 3}", "{delta: 5.25}").replace("default: 1", "default: 2")
    )
    late = mark_hand_in(work(assignment, "s1", handed_in=DUE + timedelta(days=1)), assignment)
    assert late.points == 7.63  # half of 15.25


def test_an_edited_verdict_is_ignored_and_reported(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    data = json.loads(to_bytes(work(assignment, "s1", wrong="sign")))
    for entry in data["entries"]:
        entry["verdict"] = "correct"
    edited = HandIn.model_validate(data)
    assert mark_hand_in(edited, assignment).points == 5
    assert [each.kind for each in differences(edited, assignment)] == ["edited"]


def test_an_untouched_hand_in_reads_back_unchanged(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    made = work(assignment, "s1")
    again = read(to_bytes(made), "a.tutor")
    assert again == made
    assert differences(again, assignment) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:200], "damaged"),
        (lambda data: b"\xff\xfe\x00", "damaged"),
        (lambda data: b"[]", "not a hand-in"),
        (lambda data: data.replace(b'"version": 1', b'"version": 9'), "later"),
        (lambda data: data.replace(b'"made_at"', b'"made_when"'), "damaged"),
        (lambda data: b"[" * 100_000, "damaged"),
    ],
)
def test_an_unreadable_hand_in_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    made = to_bytes(work(assignment_in(tmp_path), "s1"))
    with pytest.raises(HandInError, match=said):
        read(change(made), "a.tutor")


def test_another_lesson_or_variant_is_reported(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    made = work(assignment, "s1")
    (tmp_path / "other").mkdir()
    other = assignment_in(tmp_path / "other", ASSIGNMENT + "seed: 17\n")
    assert {each.kind for each in differences(made, other)} == {"other-numbers"}
    lesson = tmp_path / "one-neuron.yaml"
    lesson.write_text(lesson.read_text().replace("0.5}", "0.6}"))
    assert "other-lesson" in {each.kind for each in differences(made, load_assignment(assignment.path))}


@pytest.mark.parametrize(("setting", "points"), [("", 0), ("same_mistake: once\n", 1)])
def test_the_same_mistake_costs_points_once_if_the_assignment_says_so(
    tmp_path: Path, setting: str, points: float
) -> None:
    layer = "{name: hidden, weights: [[0.5, -0.3]], bias: [0.1, 0.2], activation: sigmoid}"
    network = f"{{inputs: [2], layers: [{layer}, {{weights: [[1], [1]]}}]}}"
    (tmp_path / "two.yaml").write_text(f"title: Two\nnetwork: {network}\nscreens: [{{blocks: [ask: 'Z1, Z2']}}]\n")
    (tmp_path / "week.yaml").write_text(f"assignment: Week\nlessons: [two.yaml]\nseed: shared\n{setting}")
    assignment = load_assignment(tmp_path / "week.yaml")
    store = Store(None, learner="s1")
    session = Session(assignment.lessons[0], store)
    for field, without_bias in (("network:Z1", "1"), ("network:Z2", "-0.6")):
        session.submit(field, without_bias)
    marked = mark_hand_in(make(assignment, store, now=DUE), assignment)
    assert {mark.mistakes[0][0] for mark in marked.marks} == {"bias-left-out"}
    assert marked.points == points


def test_marks_are_kept_and_not_made_twice(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    hand_ins = [work(assignment, f"s{number}", wrong="sign" if number % 2 else "") for number in range(4)]
    kept = tmp_path / "marks.jsonl"
    first = {each.place: each.marked for each in mark_all(hand_ins, assignment, kept=kept, workers=1)}
    assert [first[place].points for place in range(4)] == [8, 5, 8, 5]  # type: ignore[union-attr]
    with kept.open("a") as file:
        file.write('{"key": "cut')  # a run that was killed while it wrote
    again = {each.place: each.marked for each in mark_all(hand_ins, assignment, kept=kept, workers=1)}
    assert again == first
    assert len(kept.read_text().splitlines()) == 5
