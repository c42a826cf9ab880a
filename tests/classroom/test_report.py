"""The report on a class: who handed in, which mistakes were made, and the gradebooks of Moodle and Canvas."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in, work
from tutor.classroom.assignment import Assignment
from tutor.classroom.collect import Found, collect
from tutor.classroom.gradebooks import fill_canvas, fill_moodle
from tutor.classroom.hand_in import make, to_bytes
from tutor.classroom.marking import MarkedHandIn, mark_hand_in
from tutor.classroom.report import Received, learners_csv, make_report, questions_csv, received
from tutor.classroom.report_html import page, write_report
from tutor.classroom.roster import Person, RosterError, read_roster
from tutor.classroom.statistics import cronbach_alpha, discrimination, point_biserial
from tutor.classroom.taking import AssignmentRun
from tutor.cleaning import cell
from tutor.cli import group
from tutor.errors import TutorError
from tutor.store import Store

MOODLE = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 11","Ann Lee",s1@example.org,"Submitted, for grading",,10.00,Yes,"Monday, 1 March 2027",-,\r\n'
    '"Participant 12","Bo Li",s2@example.org,"No submission",,10.00,Yes,-,-,"old words"\r\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Week 2 (4710),Week 3 (4711)\n"
    "    Points Possible,,,,,10,16\n"
    '"Lee, Ann",1,100,s1,A,7,\n'
    '"Li, Bo",2,200,s2,A,,\n'
)


def marks_of(folder: Path) -> tuple[MarkedHandIn, ...]:
    assignment = assignment_in(folder)
    return tuple(mark_hand_in(work(assignment, f"s{n}", wrong="sign" if n == 2 else ""), assignment) for n in (1, 2))


def test_the_simulated_mistakes_are_counted(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    wrongs = ["sign"] * 7 + ["bias"] * 5 + [""] * 9 + ["half"]
    hand_ins = [work(assignment, f"s{place}", wrong=wrong) for place, wrong in enumerate(wrongs)]
    found = received([])
    report = make_report(assignment, [mark_hand_in(each, assignment) for each in hand_ins], found)
    counts = {(name, count) for name, _, count in report.figures.mistakes}
    assert {("difference-reversed", 7), ("bias-left-out", 5)} <= counts
    delta = next(each for each in report.figures.questions if each.field == "network:delta1")
    assert (delta.answered, delta.right) == (21, 14)
    assert delta.discrimination is not None
    assert report.figures.alpha is not None


def test_hand_ins_are_collected_from_folders_archives_and_downloads(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    files = tmp_path / "in"
    (files / "Ann Lee_12345_assignsubmission_file_").mkdir(parents=True)
    early, late = work(assignment, "s1", wrong="sign"), work(assignment, "s1", handed_in=DUE)
    (files / "Ann Lee_12345_assignsubmission_file_" / "week3.s1.tutor").write_bytes(to_bytes(early))
    (files / "annlee_1_2_week3.s1.tutor").write_bytes(to_bytes(late))
    (files / "broken.tutor").write_bytes(to_bytes(late)[:99])
    (files / "notes.txt").write_text("not ours")
    elsewhere = work(assignment, "s3").model_copy(update={"assignment": "week9", "lessons": ()})
    (files / "week9.s3.tutor").write_bytes(to_bytes(elsewhere))
    with zipfile.ZipFile(files / "all.zip", "w") as archive:
        archive.writestr("../../evil.tutor", to_bytes(work(assignment, "s2")))
        archive.writestr("bomb.tutor", b" " * 30_000_000, zipfile.ZIP_DEFLATED)
        link = zipfile.ZipInfo("link.tutor")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(tmp_path / "outside.tutor"))
    (tmp_path / "outside.tutor").write_bytes(to_bytes(work(assignment, "s9")))
    (files / "link.tutor").symlink_to(tmp_path / "outside.tutor")
    (files / "folder").symlink_to(tmp_path)
    what = received(collect([files], assignment))
    assert {each.learner for each in what.hand_ins} == {"s1", "s2"}
    assert {each.made_at for each in what.hand_ins if each.learner == "s1"} == {DUE}
    assert [(learner, len(names)) for learner, names, _ in what.twice] == [("s1", 2)]
    assert len(what.damaged) == 4
    assert any("week9" in why for _, why in what.damaged)
    assert not (tmp_path.parent / "evil.tutor").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("learner,name\ns1,Ann\ns2,Bo\n", ["s1", "s2"]),
        ("\ufeffNombre completo;Nombre de usuario\r\nAnn Lee;s1\r\nBo Li;s2\r\n", ["s1", "s2"]),
        ("s1\ns2\n", ["s1", "s2"]),
        ("Name\tEmail\nAnn\ta@x\n", ["a@x"]),
        ("\ufeffNombre;Apellido(s);Dirección de correo\nAnn;Lee;a@x\n", ["a@x"]),
        ('"First name","Last name","ID number"\nAnn,Lee,s1\n', ["s1"]),
    ],
)
def test_class_lists_are_read_in_the_usual_formats(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    people = read_roster(path)
    assert [person.learner for person in people] == expected
    assert people[0].name in ("Ann Lee", "Ann", "")
    assert ("Lee" in text) == ("Lee" in people[0].name)


@pytest.mark.parametrize("names", ["Ann\nAnn", "Ann\nANN"])
def test_a_class_list_with_one_name_twice_is_refused(tmp_path: Path, names: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"learner\n{names}\n")
    with pytest.raises(RosterError, match="lines 2 and 3"):
        read_roster(path)


def test_missing_learners_and_strangers_are_listed(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    hand_ins = [work(assignment, "s1"), work(assignment, "x9", handed_in=DUE + timedelta(days=1))]
    roster = tmp_path / "roster.csv"
    roster.write_text("learner\ns1\ns2\n")
    what = received(Found(each.learner, each) for each in hand_ins)
    report = make_report(assignment, [mark_hand_in(each, assignment) for each in hand_ins], what, read_roster(roster))
    assert [person.learner for person in report.missing] == ["s2"]
    assert report.strangers == ("x9",)


def test_namesakes_are_told_apart_and_keep_their_grades(tmp_path: Path) -> None:
    """Two learners typed "Ann Lee"; a third Ann Lee typed her login, and the class list has her name."""
    assignment = assignment_in(tmp_path)
    files = tmp_path / "in"
    for number, learner, wrong in ((11, "Ann Lee", "sign"), (12, "Ann Lee", ""), (13, "s3", "bias")):
        place = files / f"Ann Lee_{number}_assignsubmission_file_"
        place.mkdir(parents=True)
        (place / "week3.tutor").write_bytes(to_bytes(work(assignment, learner, wrong=wrong)))
    what = received(collect([files], assignment))
    assert (what.people, [len(names) for _, names in what.namesakes]) == (("moodle:11", "moodle:12", "moodle:13"), [2])
    assert what.twice == ()
    marks = [
        replace(mark_hand_in(each, assignment), person=person)
        for each, person in zip(what.hand_ins, what.people, strict=True)
    ]
    people = (Person("s3", "Ann Lee", "third@example.org"),)
    rows = ["Participant 12,Ann Lee,x@example.org", "Participant 11,Ann Lee,y@example.org"]
    header = "Identifier,Full name,Email address,Maximum grade,Grade,Feedback comments"
    path = tmp_path / "grades.csv"
    path.write_text(
        "\n".join([header, *(f"{row},8,," for row in rows), "Participant 99,Ann Lee,third@example.org,8,,"])
    )
    after = fill_moodle(path, marks, people=people).content.decode().splitlines()
    assert [line.split(",")[4] for line in after[1:]] == ["8", "5", "7"]
    # without numbers or addresses no name is guessed
    nobody = [replace(each, person="") for each in marks]
    assert set(fill_moodle(path, nobody).missing) == {"Ann Lee (2 people)", "s3"}
    gradebook = tmp_path / "gradebook.csv"
    gradebook.write_text('Student,ID,SIS Login ID,Section,Week 3 (1)\n   Points Possible,,,,8\n"Lee, Ann",5,,A,\n')
    found = fill_canvas(gradebook, [replace(marks[2], learner="ann lee")], "Week 3", people=())
    assert found.content.decode().endswith(",A,7\n")
    assert fill_canvas(gradebook, [replace(marks[2], learner="5")], "Week 3").written == ("5",)


def test_equal_wrong_answers_to_different_numbers_are_reported(tmp_path: Path) -> None:
    def alike(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
        assignment = assignment_in(tmp_path, text)
        hand_ins = [
            make(assignment, answered(assignment, learner, said), now=DUE)
            for learner, said in (("s1", "41.375"), ("s2", "41.375"), ("s3", "17.2"))
        ]
        report = make_report(assignment, [mark_hand_in(each, assignment) for each in hand_ins], received([]))
        assert ("s1, s2" in page(report)) is bool(report.figures.alike)
        return list(report.figures.alike)

    def answered(assignment: Assignment, learner: str, said: str) -> Store:
        store = Store(None, learner=learner)
        AssignmentRun(assignment, store).open("one-neuron").submit("network:Z1", said)
        return store

    assert alike(ASSIGNMENT) == [("Z₁", "41.375", ("s1", "s2"))]
    assert alike(ASSIGNMENT + "seed: shared\n") == [], "with the same numbers equal wrong answers mean nothing"


def test_work_in_a_store_and_in_a_file_counts_once(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    folder = tmp_path / "class"
    folder.mkdir()
    for learner, more in (("s1", False), ("s2", True)):
        store = Store(folder / "progress.sqlite3", learner=learner)
        run = AssignmentRun(assignment, store)
        session = run.open("one-neuron")
        session.submit("network:Z1", "1")
        run.hand_in(folder)
        if more:
            session.submit("network:yhat", "0.5")
        store.close()
    what = received(collect([folder], assignment))
    assert {each.learner: len(each.answers) for each in what.hand_ins} == {"s1": 1, "s2": 2}
    assert [learner for learner, _, _ in what.twice] == ["s2"]


def test_unexpected_columns_are_refused_and_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("Aa,Bb,Cc,Dd,Ee,Ff,Gg\nP 1,Ann,s1@x,sent,10,,\n")
    with pytest.raises(RosterError, match="Column 6") as told:
        fill_moodle(path, marks_of(tmp_path))
    assert "--columns" in told.value.hint
    filled = fill_moodle(path, marks_of(tmp_path), {"maximum": 4, "grade": 5, "email": 2, "feedback": 6})
    assert filled.content.decode().splitlines()[1].startswith("P 1,Ann,s1@x,sent,10,10,")


def test_only_the_grades_of_moodles_worksheet_change(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_bytes(MOODLE.encode())
    filled = fill_moodle(path, marks_of(tmp_path))
    before, after = MOODLE.split("\r\n"), filled.content.decode().split("\r\n")
    assert after[0] == before[0]
    assert after[1] == before[1].replace(",,10.00", ",10,10.00").removesuffix(",") + ",8 of 8 points."
    assert ",6.25,10.00" in after[2]
    assert "δ" in after[2]
    assert filled.missing == ()


def test_only_one_column_of_canvas_gradebook_changes(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    path.write_text(CANVAS)
    filled = fill_canvas(path, marks_of(tmp_path), "week 3")
    assert filled.content.decode() == CANVAS.replace("s1,A,7,\n", "s1,A,7,16\n").replace("s2,A,,\n", "s2,A,,10\n")
    with pytest.raises(RosterError, match="Week 9"):
        fill_canvas(path, marks_of(tmp_path), "Week 9")


def test_names_are_escaped_in_html_and_csv(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    name = '=cmd|"/c calc"!A1<script>\x1b[31m'
    report = make_report(assignment, [mark_hand_in(work(assignment, name), assignment)], received([]))
    assert "<script>" not in page(report)
    assert "\x1b" not in page(report) + learners_csv(report)
    assert all(not cell.startswith("=") for line in learners_csv(report).splitlines() for cell in line.split(","))
    assert cell("-0.7") == "'-0.7"
    assert len(write_report(report, tmp_path / "out")) == 4
    (tmp_path / "taken" / "index.html").mkdir(parents=True)
    with pytest.raises(TutorError, match="cannot be written: is a directory"):
        write_report(report, tmp_path / "taken")


def test_negative_figures_are_numbers_and_the_top_links_to_the_lists(tmp_path: Path) -> None:
    assignment = assignment_in(tmp_path)
    late = work(assignment, "s1", wrong="sign", handed_in=DUE + timedelta(days=1))
    what = Received((), damaged=(("s2.tutor", "s2.tutor is cut off"),))
    report = make_report(assignment, [mark_hand_in(late, assignment)], what)
    questions = tuple(replace(each, discrimination=-0.234) for each in report.figures.questions)
    report = replace(report, figures=replace(report.figures, questions=questions))
    rows = list(csv.DictReader(questions_csv(report).splitlines()))
    assert {row["discrimination"] for row in rows} == {"-0.23"}
    shown = page(report)
    assert "−0.23" in shown
    assert (
        shown.index('<a href="#list-1">Could not be read</a> (1)') < shown.index("<table") < shown.index('id="list-1"')
    )
    assert "Late: 50%" in shown


def test_statistics_agree_with_values_by_hand() -> None:
    right = [False] * 10 + [True] * 10
    assert discrimination(right, list(range(20))) == 1.0
    assert point_biserial(right, list(map(float, right))) == pytest.approx(1.0)
    assert discrimination(right[:5], [0] * 5) is None
    assert cronbach_alpha([]) is None


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--assignment", "one-neuron.yaml"], "not an assignment"),
        (["--assignment", "week3.yaml", "-o", "week3.yaml"], "cannot be made"),
        (["--assignment", "week3.yaml", "--moodle", "canvas.csv"], "Column 6"),
        (["--assignment", "week3.yaml", "--canvas", "moodle.csv"], "No column"),
    ],
)
def test_unusable_options_are_refused_before_marking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tutor.classroom.bulk.mark_all", lambda *_, **__: pytest.fail("it was marked"))
    (tmp_path / "s1.tutor").write_bytes(to_bytes(work(assignment_in(tmp_path), "s1")))
    (tmp_path / "moodle.csv").write_text(MOODLE)
    (tmp_path / "canvas.csv").write_text(CANVAS)
    with pytest.raises(TutorError, match=word):
        CliRunner().invoke(group, ["report", "s1.tutor", *arguments], catch_exceptions=False)
    assert not (tmp_path / "report" / "index.html").exists()


def test_a_missing_path_is_reported(tmp_path: Path) -> None:
    (found,) = collect([tmp_path / "nothing.zip"], assignment_in(tmp_path))
    assert found.error.startswith("There is no file or folder")
