"""The command line starts without heavy imports, suggests what was meant, and explains errors with a hint."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor import __version__
from tutor.cli import COMMANDS, group, main

LESSON = """
tutor: 1
title: One neuron
network:
  inputs: [1]
  target: 1
  layers: [{weights: [{w: 0.5}], bias: {b: 0.1}, activation: sigmoid}]
screens:
  - title: One
    blocks: [{ask: Z1}]
"""
HEAVY = ("numpy", "sympy", "pydantic", "yaml", "torch", "textual", "rich", "sqlite3", "fsrs", "aiohttp")


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a new process has loaded after ``tutor ARGUMENTS``."""
    program = (
        "import sys\nfrom tutor.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('\\0' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.rpartition("\0")[2].split()}


@pytest.mark.parametrize("option", ["--version", "--help", "-h"])
def test_the_version_and_help_load_nothing_heavy(option: str) -> None:
    assert not loaded_by(option).intersection(HEAVY)


LIGHT = (
    "cli", "session", "store", "network", "formulas", "mathtext",
    "marking", "hints", "reading", "lessons", "plain", "practice",
)  # fmt: skip


def test_light_parts_load_nothing_heavy() -> None:
    program = "\n".join(f"import sys, tutor.{part}; print('{part}', *sys.modules)" for part in LIGHT)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    for line in done.stdout.splitlines():
        part, *modules = line.split()
        heavy = {name.partition(".")[0] for name in modules} & {*HEAVY} - {"sqlite3", "fsrs", "aiohttp"}
        assert not heavy, f"tutor.{part}"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version")[1].strip() == f"tutor, version {__version__}"


def test_every_command_is_listed_and_has_help() -> None:
    runner = CliRunner()
    shown = runner.invoke(group, ["--help"]).output
    for name in COMMANDS:
        if name != "open":
            assert name in shown
        done = runner.invoke(group, [name, "--help"])
        assert done.exit_code == 0, (name, done.output)
        assert "Usage:" in done.output


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    shown = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), shown.out, shown.err


@pytest.mark.parametrize(
    ("typed", "meant"), [("chekc", "check"), ("solv", "solve"), ("marks", "mark"), ("derve", "derive")]
)
def test_a_misspelt_command_is_suggested(capsys: pytest.CaptureFixture[str], typed: str, meant: str) -> None:
    for arguments in ([typed], [typed, "file.yaml", "--json"]):
        code, _, said = run(capsys, *arguments)
        assert code == 2
        assert f"Did you mean: tutor {meant}?" in said


def test_a_misspelt_option_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = run(capsys, "--plian")
    assert code == 2
    assert "--plain" in said


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, said = run(capsys, "mark", str(tmp_path / "no.yaml"), "--answers", "x.yaml")
    assert code == 2
    assert "This lesson cannot be used" in said
    assert "Traceback" not in said


def test_all_errors_of_a_lesson_are_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("tutor: 1\ntitel: x\nscreens:\n  - title: A\n    blokcs: []\n", encoding="utf-8")
    code, _, said = run(capsys, str(path), "--plain")
    assert code == 2
    assert "bad.yaml:2:1" in said
    assert "title" in said
    assert "blocks" in said


def test_a_file_name_with_a_hash_can_be_followed_by_a_variant(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    path = tmp_path / "week#3.yaml"
    network = "{inputs: [1], layers: [{weights: [[0.5]], bias: [0.1], activation: relu}]}"
    path.write_text(f"title: Week 3\nnetwork: {network}\nscreens: [{{blocks: [ask: Z1]}}]\n", encoding="utf-8")
    for name in (str(path), f"{path}#17"):
        code, said, wrong = run(capsys, name, "--plain")
        assert (code, wrong) == (0, "")
        assert "Week 3" in said


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([{"quantity": "y", "answer": "1"}] * 300), encoding="utf-8")
    network = tmp_path / "network.yaml"
    network.write_text("worksheet: {given: {a: 1}, steps: {y: a}}\n", encoding="utf-8")
    command = f"{sys.executable} -m tutor mark {network} --answers {answers} --json | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("{")
    assert not done.stderr


def test_plain_mode_ends_quietly_when_its_output_is_closed() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tutor", "--plain"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as tutor:
        assert tutor.stdin is not None
        assert tutor.stdout is not None
        assert tutor.stderr is not None
        tutor.stdout.readline()
        tutor.stdout.close()
        tutor.stdin.write(b"?\n" * 10)
        tutor.stdin.close()
        assert not tutor.stderr.read()
        assert tutor.wait(60) == 0


@pytest.mark.skipif(os.name == "nt", reason="the shell's <&- is needed to close it")
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("--plain", 0, "Everything is kept"),
        ("", 0, "Everything is kept"),
        ("mark FILE --answers -", 2, "A list of answers is expected"),
    ],
)
def test_a_closed_standard_input_counts_as_empty(tmp_path: Path, arguments: str, status: int, said: str) -> None:
    lesson = tmp_path / "lesson.yaml"
    lesson.write_text(LESSON, encoding="utf-8")
    command = f"exec {sys.executable} -m tutor {arguments.replace('FILE', str(lesson))} <&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == status
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_terminal_plain_mode_is_used() -> None:
    command = [sys.executable, "-m", "tutor", "forward-pass"]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "The forward pass" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sheet", "FILE", "-o", "FILE", "--format", "text"), "is the lesson itself"),
        (("sheet", "FILE", "-o", "sheet.pdf"), "A sheet cannot be a .pdf file."),
        (("sheet", "FILE", "-o", "nowhere/sheet.md"), "cannot be written: no such file or directory."),
        (("sheet", "FILE", "--for", "EMPTY", "-o", "EMPTY"), "cannot be made: not a directory."),
        (("new", "empty.json/mine", "--yes"), "The folder empty.json cannot be made: file exists."),
        (("schema", "-o", "FILE"), "would be a lesson"),
        (("new", "FILE", "--yes"), "exists already"),
        (("new", "other", "--yes", "--inputs", "0"), "0 is not in the range"),
        (("new", "other", "--yes", "--inputs", "7"), "1 to 6 inputs"),
        (("preview", "FILE"), "needs a terminal"),
        (("preview", "FOLDER"), "is a folder"),
        (("grade", "FOLDER", "FILE"), "has no lab"),
        (("mark", "FILE", "--answers", "FOLDER"), "These answers cannot be marked"),
        (("mark", "FILE", "--answers", "EMPTY"), "There is no answer in the list."),
    ],
)
def test_an_impossible_command_is_refused_and_overwrites_nothing(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    lesson, empty = tmp_path / "lesson.yaml", tmp_path / "empty.json"
    lesson.write_text(LESSON, encoding="utf-8")
    empty.write_text("[]", encoding="utf-8")
    places = {"FILE": str(lesson), "FOLDER": str(tmp_path), "EMPTY": str(empty)}
    code, _, said = run(capsys, *(places.get(each, each) for each in arguments))
    assert code == 2
    assert message in said
    assert lesson.read_text(encoding="utf-8") == LESSON
    assert {path.name for path in tmp_path.iterdir()} <= {"lesson.yaml", "empty.json"}


def test_the_doctor_reports_that_progress_cannot_be_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "file" / "home"))
    from tutor.cli.doctor import _store

    (finding,) = _store()
    assert finding.is_ok is False
    assert "cannot be saved" in finding.found
