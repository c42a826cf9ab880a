"""No command prints escape sequences that titles, answers, ids, folders and file names may hold."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from tutor.cli import main
from tutor.labs.sandbox.level import level

TRAP = "\x1b]0;pwned\x07\x9b2J\u202e"
IN_YAML = r"\e]0;pwned\a\x9b2J\u202e"
# Only click's colours may begin with an escape character.
_COLOUR = re.compile(r"\x1b\[\d+(;\d+)*m")
_STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")

LESSON = r"""
tutor: 1
title: "Title TRAP"
network:
  inputs: [1, 0]
  target: 1
  layers:
    - {name: hidden, weights: [[0.2, -0.3], [0.4, 0.1]], bias: [0.1, 0.2], activation: sigmoid}
    - {name: output, weights: [[-0.3], [-0.2]], bias: [0.1], activation: sigmoid}
  optimizer: {sgd: {lr: 0.9}}
screens:
  - title: "Screen TRAP"
    blocks:
      - text: "Text TRAP"
      - given: network
      - ask: Z1
        prompt: "Prompt TRAP"
        hints: ["Hint TRAP"]
        mistakes: [{when: w1_1_1*x1, say: "Mistake TRAP"}]
        explain: "Because TRAP"
      - choose: "Which TRAP"
        id: which
        options: [{text: "Right TRAP", correct: true, why: "So TRAP"}, {text: "Left TRAP", why: "No TRAP"}]
      - order: "Steps TRAP"
        steps: ["one TRAP", "two", "three"]
      - fill: "a ____ b TRAP"
        gaps: ['@']
      - write: "Why TRAP"
        model: "Model TRAP"
      - table: {columns: ["a TRAP", b], rows: [["1 TRAP", "2"]], caption: "Caption TRAP"}
      - lab: "Lab TRAP"
        id: lab
        starter: x = 0
        checks: [{variable: x, equals: 1}]
        solution: x = 1
""".replace("TRAP", IN_YAML)
BROKEN = f'tutor: 1\ntitle: "x"\nscreens:\n  - titel: "{IN_YAML}"\n    # {TRAP}\n    "key{IN_YAML}": 1\n'
ANSWERS = [
    {"quantity": "Z1", "answer": f"0.6{TRAP}"},
    {"quantity": "Z1", "answer": "0.2"},
    {"block": "which", "answer": "2"},
]


@pytest.fixture(autouse=True)
def keep_escape_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print as in a terminal; in a pipe click strips some sequences, which would hide those that get through."""
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_: False)


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / f"lesson{TRAP}.yaml"
    path.write_text(LESSON, encoding="utf-8")
    return path


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run a command and return all that it writes, without colours."""
    with pytest.raises(SystemExit):
        main([str(each) for each in arguments])
    shown = capsys.readouterr()
    return _COLOUR.sub("", shown.out + shown.err)


def is_safe(text: str) -> bool:
    return bool(text) and not _STEERS.search(text) and "Traceback" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("key", "FILE", "--mistakes"), ("key", "FILE", "--json"), ("key", "FILE", "--of", TRAP),
        ("sheet", "FILE"), ("sheet", "FILE", "--worked", "--format", "html"), ("sheet", "FILE", "--format", "markdown"),
        ("sheet", "FILE", "-o", f"/nowhere{TRAP}/a.txt"), ("sheet", "FILE", "-o", "FILE"),
        ("check", "FILE", "--no-torch", "--no-run"), ("check", "FILE", "--no-torch", "--no-run", "--json"),
        ("solve", "FILE"), ("solve", "FILE", "--json"), ("solve", f"FILE#{TRAP}"), ("solve", "FILE", "--of", TRAP),
        ("derive", "FILE", "Z1"), ("derive", "FILE", f"Z1{TRAP}"), ("derive", "FILE", "Z1", "--latex"),
        ("new", "FILE"), ("preview", f"FILE{TRAP}"), ("preview", "FILE"), ("grade", "FILE", "FILE"),
        (f"FILE{TRAP}",), (f"chekc{TRAP}",), (f"--opt{TRAP}",), ("key", f"--opt{TRAP}"), ("key", TRAP),
        ("solve", TRAP), ("sheet", TRAP), ("check", TRAP), ("mark", TRAP, "--answers", TRAP), ("grade", TRAP, TRAP),
        ("serve", "--learner", TRAP), ("schema", "-o", f"/nowhere{TRAP}/a.json"),
    ],
)  # fmt: skip
def test_no_command_prints_escape_sequences(
    capsys: pytest.CaptureFixture[str], lesson: Path, arguments: tuple[str, ...]
) -> None:
    assert is_safe(output_of(capsys, *(each.replace("FILE", str(lesson)) for each in arguments)))


@pytest.mark.parametrize("command", [("check",), ("key",), ("solve",), ()])
def test_errors_in_a_lesson_are_printed_safely(
    capsys: pytest.CaptureFixture[str], lesson: Path, command: tuple[str, ...]
) -> None:
    lesson.write_text(BROKEN, encoding="utf-8")
    assert is_safe(output_of(capsys, *command, lesson))


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_marked_answers_are_printed_safely(
    capsys: pytest.CaptureFixture[str], lesson: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    answers = tmp_path / f"answers{TRAP}.json"
    answers.write_text(json.dumps(ANSWERS), encoding="utf-8")
    assert is_safe(output_of(capsys, "mark", lesson, "--answers", answers, *options))
    answers.write_text(json.dumps([{f"quantity{TRAP}": 1}]), encoding="utf-8")
    assert is_safe(output_of(capsys, "mark", lesson, "--answers", answers, *options))


@pytest.mark.skipif(not level().is_isolated, reason="this machine has no means to isolate a program")
def test_an_undecodable_folder_name_loses_no_results(
    capsys: pytest.CaptureFixture[str], lesson: Path, tmp_path: Path
) -> None:
    names = [f"eve{TRAP}", "M\udcfcller", "a\n✓ b  lab  All checks passed."]
    folder = tmp_path / "work"
    try:
        for name in names:
            (folder / name).mkdir(parents=True)
            (folder / name / "lab.py").write_text("x = 1", encoding="utf-8")
    except OSError:
        pytest.skip("this file system refuses such names")
    shown = output_of(capsys, "grade", folder, lesson)
    assert is_safe(shown)
    assert "3 of 3 passed" in shown
    assert not [line for line in shown.splitlines() if line.startswith("✓ b")]
    assert "M\ufffdller" in (folder / "grades.csv").read_text(encoding="utf-8")
    written = json.loads((folder / "grades.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in written["labs"]] == sorted(names)


@pytest.mark.parametrize(
    "command",
    [("key",), ("solve",), ("sheet",), ("check", "--no-torch", "--no-run"), ("--plain",), ("derive", "FILE", "Z1")],
)
def test_a_lesson_may_have_an_undecodable_file_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    lesson = tmp_path / "lessons" / "M\udcfcller.yaml"
    lesson.parent.mkdir()
    try:
        lesson.write_text(LESSON, encoding="utf-8")
    except OSError:
        pytest.skip("this file system refuses such names")
    monkeypatch.setattr("sys.stdin", io.StringIO("0.4\n:quit\n"))
    monkeypatch.setenv("TUTOR_LESSONS", str(lesson.parent))
    arguments = [str(lesson) if each == "FILE" else each for each in command]
    assert is_safe(output_of(capsys, *arguments, *([] if "FILE" in command else [lesson])))
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert "Everything is kept." in output_of(capsys, "--plain")
