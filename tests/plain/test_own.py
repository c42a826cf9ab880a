"""The learner's own network in plain mode: entered, corrected where it is wrong, worked on and checked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.cli import group
from tutor.lessons import load
from tutor.paths import own_lessons
from tutor.plain import run_plain
from tutor.store import Store

NUMBERS = ["W1 =", "0.2 -0.3", "0.4 0,1", "-0.5 0.2", "b1 = -0.4 0.2", "W2 = -0.3 -0.2", "b2 = 0.1"]


def output_of(*lines: str, own: str | None = "") -> str:
    out = io.StringIO()
    source = io.StringIO("".join(f"{line}\n" for line in lines))
    run_plain(own=own, source=source, out=out, store=Store(None, learner=""))
    return out.getvalue()


def test_a_network_is_entered_and_homework_checked() -> None:
    text = output_of(
        "Sheet 3", "3-2-1", *NUMBERS, ".", "0.4 0.1", "1 0", "1", "re", "sig", "", "", "1 0 1",
        "", ":check", "Z1 = -0.7", "Z2 = 0.2", "H2 = 0.2", "Z9 = 1", "no", "", ":q",
    )  # fmt: skip
    assert "line 3, column 6" in text
    assert "3 are needed" in text
    assert "The first wrong number: Z₂." in text
    assert "1 follows from a wrong one" in text
    assert "Did you mean Z" in text
    lesson = load(next(own_lessons().iterdir()))
    assert lesson.title == "Sheet 3"


@pytest.mark.parametrize(
    "lines",
    [
        ["Mine", "1-1", "random", "2", "1", "", "", "mse", "0.5"],
        ["Mine", "", "{'0.weight': [[0.5]]}", ".", "2", "1", "", "", "", "-"],
        ["Mine", "", "network: {inputs: [1], layers: [{weights: [[2]]}]}", "."],
        ["Mine", "x-1", "1-1", "W1 = 1 2", ".", "sizes", "2-1", "2 3", "", "", "", "", ""],
        ["Mine", "1-1", "W1 = 1 2", ".", "all", "W1 = 1", ".", "3", "", "zz", "", "", "", ""],
        ["Mine", "1-1", ".", "W1 = 1", ".", "3", "", "", "", "", ""],
        ["Mine", "", "random", "2-1", "random", "1 2", "1", "", "", "", ""],
    ],
)
def test_only_a_wrong_line_is_asked_again(lines: list[str]) -> None:
    text = output_of(*lines, ":q")
    assert load(own_lessons() / "own-mine.yaml").screens, text


def test_leaving_at_any_question_writes_nothing() -> None:
    for at in range(4):
        output_of(*["Mine", "1-1", "W1 = 1"][:at], "q")
    assert not own_lessons().exists()


def test_the_saved_network_is_listed_among_the_lessons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = ["n", "Mine", "1-1", "W1 = 1", ".", "3", "1", "", "", "", "", ":home", "q"]
    text = output_of(*lines, own=None)
    assert "Your own networks" in text.partition("Saved as")[2]


def test_numbers_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "w.txt"
    file.write_text("W1 = [[0.5], [1]]\nx = [1, 2]\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["own", str(file)], input="Mine\n\n1\n\n\n\n\n:q\n")
    assert result.exit_code == 0, result.output
    assert load(own_lessons() / "own-mine.yaml").title == "Mine"
    missing = CliRunner().invoke(group, ["own", str(tmp_path / "none.txt")])
    assert "cannot be read" in str(missing.exception)
