"""An assignment is checked like a lesson and gives every question its points."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in
from tutor.classroom import is_assignment
from tutor.classroom.assignment import AssignmentError, load_assignment, variant_of
from tutor.cli import group
from tutor.lessons import Catalogue


def test_every_question_gets_its_points(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    worth = {question.field: question.points for question in assignment.questions}
    assert worth == {"network:Z1": 1, "network:yhat": 1, "network:delta1": 3, "network:dE/dw1": 1, "network:w1_new": 1,
                     "moves": 1}  # fmt: skip
    assert assignment.total == 8
    assert is_assignment(assignment.path)
    assert not is_assignment(tmp_path / "one-neuron.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("assignment: Week 3, one neuron", "asignment: Week 3", 2, "assignment"),
        ("[one-neuron.yaml]", "[two-neurons.yaml]", 3, "two-neurons"),
        ("due: 2027-03-14T23:59+00:00", "due: 2027-03-14T23:59", 4, "time zone"),
        ("due: 2027-03-14T23:59+00:00", "due: next week", 4, "date"),
        ("credit: 0.5", "credit: 5", 5, "from -1 to 1"),
        ("{delta: 3}", "{delta9: 3}", 7, "delta9"),
        ("one-neuron: {delta: 3}", "one-neutron: {delta: 3}", 7, "one-neutron"),
        ("{delta: 3}", "{w1_nev: 3}", 7, "Did you mean w1_new"),
        ("{delta: 3}", "{xyzzy: 3}", 7, "dE/dw1, w1_new, moves"),
        ("credit: {correct: 1,", "credit: {corect: 1,", 8, "correct"),
    ],
)
def test_an_error_is_reported_at_its_line(tmp_path: Path, old: str, new: str, line: int, word: str) -> None:
    with pytest.raises(AssignmentError) as caught:
        assignment_in(tmp_path, ASSIGNMENT.replace(old, new))
    assert any(f"week3.yaml:{line}:" in each and word in each for each in caught.value.report), caught.value.report


@pytest.mark.parametrize("name", ["backpropagation", "04-backpropagation.yaml"])
def test_a_lesson_of_the_course_needs_no_copy(tmp_path: Path, name: str) -> None:
    path = tmp_path / "week4.yaml"
    path.write_text(f"assignment: Week 4\nlessons: [{name}]\npoints: {{backpropagation: 2}}\n")
    assignment = load_assignment(path)
    assert [lesson.id for lesson in assignment.lessons] == ["backpropagation"]
    assert {question.points for question in assignment.questions} == {2}


def test_an_assignment_is_not_listed_among_the_lessons(tmp_path: Path) -> None:
    assignment_in(tmp_path)
    for glimpse in (True, False):
        found = Catalogue([tmp_path], index=tmp_path / "index.json", glimpse=glimpse).entries
        assert [(each.id, each.error) for each in found] == [("one-neuron", "")]


def test_check_reports_errors_in_assignments(tmp_path: Path) -> None:
    assignment_in(tmp_path)
    path = tmp_path / "week3.yaml"

    def checked(place: Path) -> tuple[int, str]:
        done = CliRunner().invoke(group, ["check", str(place), "--no-run", "--no-torch"], standalone_mode=False)
        return done.return_value, done.output

    assert checked(path) == (0, "1 file, 0 errors, 0 warnings\n")
    path.write_text(ASSIGNMENT.replace("{delta: 3}", "{delta9: 3}"))
    for place, files in ((path, "1 file,"), (tmp_path, "2 files,")):
        status, said = checked(place)
        assert status == 1
        assert f"{path}:7:" in said
        assert files in said


def test_the_variant_is_per_learner_or_shared(tmp_path: Path) -> None:
    own = assignment_in(tmp_path)
    assert own.variant("s1") == "s1"
    assert own.variant("Zoë Núñez") == own.variant("zoë núñez") == variant_of("Zoë Núñez")
    assert own.variant("Ann Lee") != own.variant("Ann-Lee")
    assert assignment_in(tmp_path, ASSIGNMENT + "seed: shared\n").variant("s1") == ""
    assert assignment_in(tmp_path, ASSIGNMENT + "seed: 17\n").variant("s1") == "17"


def test_a_late_hand_in_gets_a_share_unless_there_is_an_extension(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    later = DUE + timedelta(days=2)
    assert assignment.lateness("s1", DUE) == 1
    assert assignment.lateness("s1", later) == 0.5
    assert assignment.lateness("s7", later) == 1
    assert assignment.lateness("s1", DUE + timedelta(days=30)) == 0
