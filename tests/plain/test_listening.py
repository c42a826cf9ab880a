"""Plain mode says what the screen shows, in words that can be read aloud, and no input line crashes it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.plain import run_plain
from tutor.plain.markdown import in_line, one_line, to_lines
from tutor.plain.terminal import Terminal
from tutor.store import Store

LESSON = r"""
tutor: 1
title: The $\delta_1$ of *it*
id: heard
networks:
  a: {inputs: [1], target: 1, layers: [{weights: [{w: 0.5}], bias: {b: 0.1}, activation: sigmoid}],
      optimizer: {sgd: {lr: 0.1}}}
  z: {inputs: [2], target: 1, layers: [{weights: [{w: 0.25}], bias: {b: 0.1}, activation: sigmoid}],
      optimizer: {sgd: {lr: 0.1}}}
screens:
  - title: Shown
    blocks:
      - derive: z:Z1
      - table: {columns: ["$w_1$", "**b**"], rows: [["$\\frac{1}{2}$", "`x`"], ["3", "4"]], caption: "*Weights*"}
      - diagram: a
      - plot: w^2
        over: {w: [-1, 1]}
        alt: A parabola that is lowest in its middle, and a description that is rather longer than forty columns.
  - title: Asked
    of: a
    blocks:
      - order: Which goes $1$st?
        id: steps
        steps: [one, two, three]
      - ask: dE/dw
      - ask: [Z1]
      - fill: |
          loss.____()
          opt.____()
        id: gaps
        gaps: [backward, step]
      - write: Why?
        id: why
"""

Work = Callable[..., str]


def test_a_derivation_uses_the_network_that_its_block_names(work_on: Work) -> None:
    said = work_on(LESSON, ":derive z:Z1", ":quit")
    assert "type :derive z:Z1" in said
    assert "0.25" in said.partition(":derive z:Z1\n")[2]


def test_tables_and_titles_show_mathematics_in_words(work_on: Work) -> None:
    said = work_on(LESSON, ":quit")
    assert "The δ₁ of it" in said
    assert "    w₁   b" in said
    assert "    1/2  x" in said
    assert "Weights" in said
    assert "$" not in said


def test_a_table_is_in_columns_in_ascii_too(work_on: Work) -> None:
    table = "- table: {columns: [\"$\\\\delta_{1}$\", b], rows: [[ŷ, x], ['1', y]]}"
    said = work_on(
        LESSON.split("screens:")[0] + f"screens:\n  - title: T\n    blocks:\n      {table}\n", ascii_only=True
    )
    rows = [line for line in said.split("\n") if line.startswith("    ")]
    assert rows == ["    delta1  b", "    yhat    x", "    1       y"]


def test_a_drawing_lists_what_is_drawn(work_on: Work) -> None:
    said = work_on(LESSON, ":quit")
    assert "Z₁ = ?" in said
    assert "∂Z₁/∂" not in said  # no drawing has the factors of the chain
    assert "∂E/∂w" not in said  # and a gradient only where it is known, or asked


def test_lines_fit_a_narrow_terminal(work_on: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for ascii_only in (False, True):
        said = work_on(LESSON, "", ":help", ":quit", ascii_only=ascii_only)
        assert max(map(len, said.split("\n"))) <= 40


def test_a_step_typed_twice_is_refused(work_on: Work, store: Store) -> None:
    said = work_on(LESSON, ":goto 2", "1 2 2", ":quit")
    assert "each once" in said
    assert not store.attempts("heard", "")


def test_thousands_of_unreadable_answers_are_refused_one_by_one(work_on: Work) -> None:
    said = work_on(LESSON, ":goto 2", *["zz"] * 2000)
    assert said.count("Type letters from a to c") == 2000
    assert "Everything is kept." in said


@pytest.mark.parametrize("text", ["\ue0005\ue001", "\udcff", "a\u2028b", "\x1b]0;x\x07", "\x9b2J"])
def test_any_text_may_be_an_answer_and_none_steers_the_terminal(work_on: Work, store: Store, text: str) -> None:
    said = work_on(LESSON, ":goto 2", ":skip", text, ":skip", text, text, text, text, "", "", ":lookback", ":export")
    assert "Everything is kept." in said
    assert "\x1b" not in said
    assert "\x9b" not in said
    said.encode()
    assert store.attempts("heard", "")


def test_private_characters_in_a_text_are_dropped() -> None:
    assert to_lines("a \ue0007\ue001 $x$") == ["a 7 x"]


@pytest.mark.parametrize("encoding", ["utf-8:strict", "utf-8:surrogateescape", "ascii:strict"])
def test_a_byte_that_is_not_a_character_is_reported(tmp_path: Path, store: Store, encoding: str) -> None:
    lesson = tmp_path / "heard.yaml"
    lesson.write_text(LESSON, encoding="utf-8")
    name, _, errors = encoding.partition(":")
    typed, shown = io.BytesIO(b":goto 2\n:skip\n\xff\n:quit\n"), io.BytesIO()
    source, out = (io.TextIOWrapper(stream, name, errors) for stream in (typed, shown))
    assert run_plain(str(lesson), source=source, out=out, store=store) == 0
    assert b"not read" in shown.getvalue()


def test_the_cost_of_a_hint_is_said_before_it_is_taken(work_on: Work, store: Store) -> None:
    said = work_on(LESSON, ":goto 2", ":skip", ":skip", ":skip", ":hint", ":quit")
    assert "counts as found with help" in said
    assert "Hint 1" not in said
    assert not store.events("heard", "")
    said = work_on(LESSON, ":skip", ":skip", ":skip", ":hint", ":hint", ":quit")
    assert "Hint 1 of 1, counts as found with help" in said


def test_the_hint_that_shows_the_answer_ends_the_question(work_on: Work) -> None:
    said = work_on(LESSON, ":goto 2", ":skip", ":skip", *[":hint"] * 5, ":quit")
    assert said.count("Z₁ (3 decimals): ") == 5
    assert "Gap 1 of 2: :quit" in said


@pytest.mark.parametrize("leaving", [(":goto 1",), (":quit",), (":home",), ()])
def test_an_unfinished_answer_is_kept(work_on: Work, leaving: tuple[str, ...]) -> None:
    work_on(LESSON, ":goto 2", ":skip", ":skip", ":skip", "backward", *leaving)
    assert "(Your last answer here: backward" in work_on(LESSON, ":goto 2", ":skip", ":skip", ":skip", ":quit")
    work_on(LESSON, ":goto 2", ":skip", ":skip", ":skip", ":skip", "only words", *leaving)
    assert "(Your last answer here: only words" in work_on(LESSON, ":goto 2", *[":skip"] * 5, ":quit")


def test_a_smiley_is_not_a_command(work_on: Work, store: Store) -> None:
    work_on(LESSON, ":goto 2", *[":skip"] * 4, ":-) because", "", ":quit")
    assert [one.answer for one in store.attempts("heard", "")] == [":-) because"]


def test_skip_moves_on_at_the_end_of_a_screen(work_on: Work) -> None:
    said = work_on(LESSON, ":skip", ":quit")
    assert "Screen 2 of 2" in said


def test_a_syntax_error_shows_where_reading_stopped(work_on: Work) -> None:
    said = work_on(LESSON, ":goto 2", ":skip", ":skip", "0.2 + * 3", ":quit")
    assert "    Reading stopped at: * 3" in said


def test_the_look_back_can_be_read_and_exported(work_on: Work, tmp_path: Path) -> None:
    path = tmp_path / "answers.md"
    said = work_on(LESSON, ":goto 2", "1 2 3", ":lookback", f":export {path}", f":export {path}", ":export", ":quit")
    assert "Which goes 1st?: " in said
    assert f"Written to {path}." in said
    assert "file exists" in said
    assert "Which goes 1st?" in path.read_text(encoding="utf-8")
    assert "\\\\" not in said


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\mathrm{W}_{output}", "W_output"),
        ("w_{ij}", "wᵢⱼ"),
        ("x^2", "x²"),
        ("e^{-z}", "e^(−z)"),
        (r"\square", "?"),
        (r"\theta_{hidden}", "θ_hidden"),
    ],
)
def test_subscripts_and_powers_are_readable(latex: str, words: str) -> None:
    assert in_line(latex) == words


def test_lines_are_wrapped_after_they_are_spelt_in_ascii() -> None:
    assert one_line("ŷ² ≥ $\\delta_1$", ascii_only=True) == "yhat^2 >= delta1"
    assert max(map(len, to_lines("δ " * 100, 40, ascii_only=True))) <= 40


@pytest.mark.parametrize("fix", [":fix", ":mend", ":me"])
def test_fix_goes_to_the_answer_to_correct(work_on: Work, fix: str) -> None:
    said = work_on(LESSON, fix, ":goto 2", ":skip", ":skip", "7", ":back", fix, ":quit")
    assert "No answer here has to be corrected." in said
    assert "Screen 2 of 2" in said.rpartition(f"{fix}\n")[2]


def test_a_line_of_the_worksheet_can_be_answered(work_on: Work, store: Store) -> None:
    said = work_on(LESSON, ":worksheet z", ":worksheet z:Z1", "0.6", ":worksheet z", ":worksheet z:x1", ":quit")
    assert "  Z₁ = ?" in said
    assert "  Z₁ = 0.6" in said
    assert "  x₁ = 2" in said
    assert [one.verdict for one in store.attempts("heard", "")] == ["correct"]


def test_the_network_can_be_listed_as_a_program(work_on: Work) -> None:
    said = work_on(LESSON, ":program", ":program numpy", ":program pytorch yes", ":quit")
    assert "Type :program numpy or :program pytorch." in said
    assert "even those still to be found" in " ".join(said.split())
    assert "    import torch" in said
    assert "    import numpy" not in said


def test_windows_line_endings_are_accepted(work_on: Work) -> None:
    said = work_on(LESSON, ":goto 2\r", ":skip\r", ":skip\r", "0.6\r", ":quit\r")
    assert "␍" not in said
    assert "✓ correct" in said


def test_a_comma_within_brackets_does_not_separate_gaps(work_on: Work, store: Store) -> None:
    work_on(LESSON, ":goto 2", *[":skip"] * 3, "f(1, 2)", "step", ":quit")
    assert [one.answer for one in store.attempts("heard", "")] == ['["f(1, 2)", "step"]']


def test_points_are_sorted_and_include_the_lowest_and_the_highest(work_on: Work, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        "x,y\n" + "".join(f"{x},{abs(x - 13)}\n" for x in [*range(20, 30), *range(20)]), encoding="utf-8"
    )
    plot = "      - plot: points.csv\n        x: x\n        y: y\n        alt: Points.\n"
    said = work_on(LESSON.split("screens:")[0] + f"screens:\n  - title: T\n    blocks:\n{plot}", ":quit")
    rows = [line.split() for line in said.partition("Plot: ")[2].split("\n") if line.startswith("    ")][1:-1]
    assert ["13", "0"] in rows
    assert rows == sorted(rows, key=lambda row: int(row[0]))
    assert "(8 of 30 points)" in said


def test_lines_are_wrapped_to_the_terminals_new_width(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    terminal = Terminal(io.StringIO(), out)
    for columns in ("24", "60"):
        monkeypatch.setenv("COLUMNS", columns)
        terminal.say_filled("One two three four five six seven.")
    assert out.getvalue().split("\n") == [
        "One two three four",
        "five six seven.",
        "One two three four five six seven.",
        "",
    ]
