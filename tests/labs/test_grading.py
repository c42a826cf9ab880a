"""Grading many people's labs: run separately, reported check by check, refused without isolation."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tutor.cli import main
from tutor.errors import SandboxError, TutorError
from tutor.labs import grading
from tutor.labs.grading import Graded, GradedCheck, Journal, as_csv, as_json, grade, people, read_program
from tutor.labs.lab import LabResult, start_lab
from tutor.labs.sandbox.level import Isolation, level, level_of
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Lab

LESSON = """
title: Doubling
id: doubling
screens:
  - title: One
    blocks:
      - lab: Double it
        id: double
        starter: x = 3
        checks: [{variable: x, equals: 6}, {prints: done}]
        solution: |
          x = 6
          print("done")
        time_limit: 0.5
"""
HANDED_IN = {
    "anna": "x = 6\nprint('done')",
    "ben": "x = 5\nprint('done')",
    "eve": "import time\ntime.sleep(60)",
    "=cmd()": "x = 6",
    "oscar": "x = (",
}
isolated = pytest.mark.skipif(not level().is_isolated, reason="this machine has no means to isolate a program")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name, source in HANDED_IN.items():
        (tmp_path / "work" / name).mkdir(parents=True)
        (tmp_path / "work" / name / "double.py").write_text(source)
    (tmp_path / "work" / "nobody").mkdir()
    (tmp_path / "work" / "mallory").mkdir()
    (tmp_path / "secret.py").write_text("x = 6\nprint('done')")
    (tmp_path / "work" / "mallory" / "double.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "work" / ".git").mkdir()
    (tmp_path / "lesson.yaml").write_text(LESSON)
    return tmp_path


@isolated
def test_the_command_writes_every_persons_outcome_and_can_be_repeated(course: Path) -> None:
    from tutor.cli.grade import command

    arguments = [str(course / "work"), str(course / "lesson.yaml")]
    result = CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    assert not (course / "work" / "grades.csv.partial").exists()
    assert result.return_value == 1
    assert "✓ anna" in result.output
    assert "1 of 7 passed" in result.output
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO((course / "work" / "grades.csv").read_text()))}
    assert set(rows) == {"anna", "ben", "eve", "'=cmd()", "oscar", "nobody", "mallory"}
    assert (rows["anna"]["passed"], rows["anna"]["x equals 6"], rows["anna"]["prints done"]) == ("yes", "pass", "pass")
    assert (rows["ben"]["checks passed"], rows["ben"]["x equals 6"], rows["ben"]["prints done"]) == (
        "1",
        "fail",
        "pass",
    )
    assert "time limit" in rows["eve"]["said"]
    assert rows["nobody"]["said"] == "no file double.py"
    assert "another folder" in rows["mallory"]["said"]
    told = {each["name"]: each for each in json.loads((course / "work" / "grades.json").read_text())["labs"]}
    assert told["ben"]["checks"][0] == {
        "check": "x equals 6",
        "passed": False,
        "message": "x is 5, which is not right.",
        "with_program": False,
    }
    assert told["oscar"]["ending"] == "failed"
    CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    again = {row["name"]: row for row in csv.DictReader(io.StringIO((course / "work" / "grades.csv").read_text()))}
    for name, row in again.items():
        assert {**row, "seconds": ""} == {**rows[name], "seconds": ""}


def test_without_isolation_nothing_is_graded(course: Path) -> None:
    from tutor.lessons import load

    lesson = load(course / "lesson.yaml")
    with pytest.raises(SandboxError, match="only in real isolation"):
        asyncio.run(grade(course / "work", lambda _: lesson, at_level=level_of(Isolation.LIMITS)))


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="is not a folder"):
        people(tmp_path / "missing")


def test_a_program_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("#" * (2 << 20))
    with pytest.raises(OSError, match="larger than 1 MB"):
        read_program(tmp_path, "a.py")


def test_reports_may_be_empty() -> None:
    assert as_csv(()).startswith("name,lab,passed")
    assert json.loads(as_json(())) == {"labs": []}


def test_a_missing_or_empty_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Double.py").write_text("x = 6")
    (tmp_path / "empty.py").write_text("\n\n")
    with pytest.raises(OSError, match=r"no file double\.py; there is Double\.py, empty\.py"):
        read_program(tmp_path, "double.py")
    with pytest.raises(OSError, match=r"empty\.py is empty"):
        read_program(tmp_path, "empty.py")


def test_a_folder_without_hand_ins_shows_the_expected_layout(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "loose").mkdir()
    (course / "loose" / "double.py").write_text("x = 6")
    with pytest.raises(SystemExit) as ended:
        main(["grade", str(course / "loose"), str(course / "lesson.yaml")])
    assert ended.value.code == 2
    assert "NAME/double.py" in capsys.readouterr().err


@isolated
def test_a_failure_for_one_person_does_not_affect_the_others(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load(course / "lesson.yaml")

    def lesson_of(person: str) -> Lesson:
        if person == "ben":
            raise TutorError("No such numbers.")
        return lesson

    async def start(lab: Lab, source: str, **more: Any) -> LabResult:
        if source == HANDED_IN["oscar"]:
            raise SandboxError("No box.")
        if source == HANDED_IN["eve"]:
            raise RecursionError("too deep")
        return await start_lab(lab, source, **more)

    monkeypatch.setattr(grading, "start_lab", start)
    found = {one.person: one for one in asyncio.run(grade(course / "work", lesson_of))}
    assert (found["ben"].lab, found["ben"].problem) == ("double", "No such numbers.")
    assert found["oscar"].problem == "No box."
    assert found["eve"].problem == "could not be graded: RecursionError: too deep"
    assert [one.person for one in found.values() if one.is_ours] == ["eve", "oscar"]
    assert found["anna"].passed
    assert len(found["ben"].outcomes) == len(found["anna"].outcomes)


def row(person: str, **more: Any) -> Graded:
    return Graded(person, "double", (GradedCheck("x equals 6", True),), ending="finished", key="k", **more)


STEERING = [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    (" =1+1", "' =1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("@sum", "'@sum"),
    ("\t=1", "'    =1"),
    ("\r=1", "'=1"),
    ("\n=1", "' =1"),
    ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
    ("\x1b[31mred", "␛[31mred"),
    ("\x9b31m", "\ufffd31m"),
    ("a\u202eb", "ab"),
    ("\udcff.py", "\ufffd.py"),
    ("Anna  B", "Anna  B"),
]


@pytest.mark.parametrize(("name", "shown"), STEERING)
def test_a_table_is_safe_for_terminals_and_spreadsheets(name: str, shown: str) -> None:
    said = row(name, said=name, problem="")
    table = as_csv([said])
    table.encode()
    (found,) = csv.DictReader(io.StringIO(table))
    assert (found["name"], found["said"]) == (shown, shown)
    as_json([said]).encode()


def test_checks_run_inside_the_program_are_marked_as_such() -> None:
    believed = Graded(
        "eve", "double", (GradedCheck("x", True), GradedCheck("y", True, with_program=True)), ending="finished"
    )
    assert (believed.seems_passed, believed.passed) == (True, False)
    (found,) = csv.DictReader(io.StringIO(as_csv([believed])))
    assert (found["passed"], found["with the program"]) == ("with the program", "1")
    assert (found["x"], found["y"]) == ("pass", "pass, checked with the program")
    assert json.loads(as_json([believed]))["labs"][0]["passed"] is False


def test_a_journal_keeps_rows_and_skips_damaged_lines(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv.partial"
    first = row("anna", advice=("scale it",), seconds=0.5)
    Journal(path).add(first)
    with path.open("ab") as file:
        file.write(b'{"person": "ben", "lab": "dou')
    Journal(path).add(row("eve"))
    path.write_bytes(path.read_bytes() + b"null\n[]\n\xff\n")
    again = Journal(path)
    assert again.find(row("anna")) == first
    assert again.find(row("eve")) is not None
    assert again.find(row("ben")) is None
    assert again.find(Graded("anna", "double", (), key="another")) is None
    again.remove()
    assert not path.exists()


class BrokenOffError(BaseException):
    """An exception that no part of the tutor catches."""


@isolated
def test_an_interrupted_run_continues_where_it_stopped(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load(course / "lesson.yaml")
    path = course / "grades.csv.partial"
    ran: list[str] = []

    async def start(lab: Lab, source: str, **more: Any) -> LabResult:
        ran.append(source)
        if len(ran) == 3:
            raise BrokenOffError
        return await start_lab(lab, source, **more)

    monkeypatch.setattr(grading, "start_lab", start)
    with pytest.raises(BaseExceptionGroup):
        asyncio.run(grade(course / "work", lambda _: lesson, workers=1, journal=Journal(path)))
    kept = path.read_bytes().count(b'"person"')
    assert kept == 2
    (course / "work" / "ben" / "double.py").write_text("x = 2 * 3\nprint('done')")  # handed in again in the meantime
    ran[:] = [""] * 9
    found = {one.person: one for one in asyncio.run(grade(course / "work", lambda _: lesson, journal=Journal(path)))}
    assert set(found) == {*HANDED_IN, "nobody", "mallory"}
    assert HANDED_IN["anna"] not in ran
    assert [name for name, one in found.items() if one.passed] == ["anna", "ben"]


def test_an_interrupt_says_how_to_continue(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor.cli.grade import command

    async def stopped(*_: Any, **__: Any) -> tuple[Graded, ...]:
        raise KeyboardInterrupt

    monkeypatch.setattr(grading, "grade", stopped)
    result = CliRunner().invoke(command, [str(course / "work"), str(course / "lesson.yaml")])
    assert "The same command continues from here." in result.output
    assert result.exit_code != 0


def test_a_persons_folder_must_not_be_a_link(course: Path) -> None:
    work = course / "work"
    (work / "zoe").symlink_to(work / "anna")
    assert "zoe" in people(work)
    with pytest.raises(OSError, match="the folder zoe is a link"):
        read_program(work / "zoe", "double.py")


@pytest.mark.parametrize("taken", ["grades.csv", "grades.json", "grades.csv.partial"])
def test_a_folder_in_place_of_the_grades_is_refused_before_grading(course: Path, taken: str) -> None:
    from tutor.cli.grade import command

    (course / "work" / taken).mkdir()
    with pytest.raises(TutorError, match=rf"{taken} cannot be written"):
        CliRunner().invoke(
            command, [str(course / "work"), str(course / "lesson.yaml")], standalone_mode=False, catch_exceptions=False
        )


@isolated
def test_a_full_disk_while_grading_is_reported(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutor.cli.grade import command

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "add", full)
    with pytest.raises(TutorError, match="no space left"):
        CliRunner().invoke(
            command, [str(course / "work"), str(course / "lesson.yaml")], standalone_mode=False, catch_exceptions=False
        )
