"""A hand-in is marked again from its answers; what was changed in it is named and never believed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in, work
from tutor.classroom.bulk import mark_all
from tutor.classroom.hand_in import HandIn, HandInError, differences, read, to_bytes
from tutor.classroom.marking import mark_hand_in


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
def test_points(tmp_path: Path, wrong: str, points: float, mistakes: set[str]) -> None:
    assignment = assignment_in(tmp_path)
    marked = mark_hand_in(work(assignment, "s1", wrong=wrong), assignment)
    assert marked.points == pytest.approx(points)
    assert {each.mistakes[0][0] for each in marked.marks if each.mistakes} == mistakes


def test_late_hand_ins_have_their_share(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    late = work(assignment, "s1", handed_in=DUE + timedelta(days=1))
    assert mark_hand_in(late, assignment).points == 4


def test_half_a_hundredth_goes_up(tmp_path: Path) -> None:
    assignment = assignment_in(
        tmp_path, ASSIGNMENT.replace("{delta: 3}", "{delta: 5.25}").replace("default: 1", "default: 2")
    )
    late = mark_hand_in(work(assignment, "s1", handed_in=DUE + timedelta(days=1)), assignment)
    assert late.points == 7.63  # half of 15.25


def test_a_verdict_that_was_edited_is_not_believed_and_is_named(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    data = json.loads(to_bytes(work(assignment, "s1", wrong="sign")))
    for entry in data["entries"]:
        entry["verdict"] = "correct"
    edited = HandIn.model_validate(data)
    assert mark_hand_in(edited, assignment).points == 5
    assert [each.kind for each in differences(edited, assignment)] == ["edited"]


def test_an_untouched_file_reads_back_as_it_was(tmp_path: Path) -> None:
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
def test_a_file_that_cannot_be_marked_is_named(tmp_path: Path, change: Any, said: str) -> None:
    made = to_bytes(work(assignment_in(tmp_path), "s1"))
    with pytest.raises(HandInError, match=said):
        read(change(made), "a.tutor")


def test_another_lesson_and_other_numbers_are_named(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    made = work(assignment, "s1")
    (tmp_path / "other").mkdir()
    other = assignment_in(tmp_path / "other", ASSIGNMENT + "seed: 17\n")
    assert {each.kind for each in differences(made, other)} == {"other-numbers"}
    lesson = tmp_path / "one-neuron.yaml"
    lesson.write_text(lesson.read_text().replace("0.5}", "0.6}"))
    from tutor.classroom.assignment import load_assignment

    assert "other-lesson" in {each.kind for each in differences(made, load_assignment(assignment.path))}


def test_one_mistake_in_several_answers_costs_once_where_that_is_said(tmp_path: Path) -> None:
    text = ASSIGNMENT + "same_mistake: once\n"
    assignment = assignment_in(tmp_path, text)
    assert mark_hand_in(work(assignment, "s1", wrong="sign"), assignment).points == 5


def test_many_are_marked_once_and_kept(tmp_path: Path) -> None:
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
