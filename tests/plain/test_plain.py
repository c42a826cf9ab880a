"""Plain mode, driven as a person or a script drives it: lines in, lines out."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tutor.errors import TutorError
from tutor.lessons import load
from tutor.lessons.blocks.given import GivenView
from tutor.plain import run_plain
from tutor.plain.answers import complete
from tutor.plain.ascii import to_ascii
from tutor.plain.blocks import show
from tutor.plain.markdown import to_lines
from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.store import Store, default_path, default_place
from tutor.verdicts import Verdict

LESSON = r"""
tutor: 1
title: Plainly
id: plainly
network:
  inputs: [1, 0, 1]
  target: 1
  layers:
    - name: hidden
      weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
      bias: {theta1: -0.4, theta2: 0.2}
      activation: relu
    - {name: output, weights: [{w21: -0.3}, {w22: -0.2}], bias: {theta3: 0.1}, activation: relu}
screens:
  - title: Sums
    blocks:
      - text: |
          Add the **products**: $Z_j = \sum_i w_{ij} x_i$. So far {{Z1}}.

          $$\frac{\partial E}{\partial w_{11}} = \delta_1 x_1$$

          - first, see [the site](https://example.org)
          - second, `x = 1`
      - given: network
      - diagram: network
      - ask: [Z1, Z2]
        explain: The bias counts.
      - text: Both are right.
        after: Z2
      - ask: {hidden.H: {prompt: 'The activations, with $Z_1$ = {{Z1}}:'}}
  - title: Others
    blocks:
      - choose: Which layer first?
        id: which
        shuffle: false
        options: [{text: The output, correct: true, why: It is known there.}, {text: The input, why: Not there.}]
      - order: One step
        id: steps
        steps: [one, two, three]
      - fill: |
          loss.____()
          opt.____()
        id: gaps
        language: python
        gaps: [backward, step]
      - write: Why?
        id: why
        model: Because.
      - table: {columns: [a, b], rows: [[1, 2], [30, 4]], caption: Two rows.}
      - plot: (w - 3)^2
        over: {w: [-1, 7]}
        alt: A parabola.
        caption: The curve of $w^2$.
      - run: |
          print(6 * 7)
        id: cell
        output: '42'
      - derive: Z1
"""

Work = Callable[..., str]


@pytest.fixture
def lesson_file(tmp_path: Path) -> Path:
    path = tmp_path / "plainly.yaml"
    path.write_text(LESSON, encoding="utf-8")
    return path


@pytest.fixture
def work(lesson_file: Path, store: Store) -> Work:
    """Type lines into the lesson and return the output."""

    def typed(*lines: str, ascii_only: bool = False) -> str:
        out = io.StringIO()
        run_plain(
            str(lesson_file),
            source=io.StringIO("".join(f"{line}\n" for line in lines)),
            out=out,
            store=store,
            ascii_only=ascii_only,
        )
        return out.getvalue()

    return typed


def test_a_lesson_can_be_worked_from_start_to_end(work: Work, store: Store) -> None:
    offered = work(":goto 2", "1", ":back", ":quit").split("\n")
    order = " ".join(
        next(line.strip()[0] for line in offered if line.endswith(f") {step}")) for step in ("one", "two", "three")
    )
    said = work("-0.7", "0.1", "0 0.1", "", order, "backward, step", "I think", "so", "", "", ":quit")
    assert "Screen 1 of 2: Sums" in said
    assert said.count("✓ correct") == 5
    assert "The bias counts." in said
    assert "Both are right." in said
    assert "It is known there." in "".join(offered)
    assert "Because." in said
    assert "Everything is kept." in said
    assert [one.verdict for one in store.attempts("plainly", "")].count("correct") >= 5


def test_prompts_come_above_a_field_and_captions_under_a_plot(work: Work) -> None:
    said = work("-0.7", "0.1", "0 0.1", *[""] * 9)
    assert said.index("The activations, with Z₁ = −0.7:") < said.index("Cells: H₁, H₂")
    assert said.index("Plot: A parabola.") < said.index("The curve of w².")


def test_text_mathematics_and_drawings_are_readable(work: Work) -> None:
    said = work()
    assert "Add the products: Zⱼ = ∑ᵢ wᵢⱼ xᵢ. So far ?." in said
    assert "    ∂E/∂w₁₁ = δ₁ x₁" in said
    assert "- first, see the site (https://example.org)" in said
    assert "- second, x = 1" in said
    assert "Z₁ = w₁₁·x₁ + w₁₃·x₂ + w₁₅·x₃ + θ₁" in said
    assert "w₁₁ = 0.2" in said
    assert "Z₁ = ?" in said
    assert "-0.7" not in said.replace("−", "-")


def test_every_block_has_a_plain_form(work: Work) -> None:
    said = work(":next", "2", "", "", "", "", "", ":quit")
    assert "a) The output" in said
    assert "Not there." in said
    assert "loss.____()" in said
    assert "30  4" in said
    assert "Plot: A parabola." in said
    assert "print(6 * 7)" in said
    assert "42" in said


def test_an_answer_is_read_back_and_explained(work: Work) -> None:
    said = work("−0,3", ":quit")
    assert "I read −0.3" in said
    assert "✗ wrong" in said
    assert "bias" in said


def test_the_ascii_option_prints_nothing_but_ascii(work: Work) -> None:
    said = work(
        "-0.7",
        "0.2",
        ":hint",
        ":hint",
        ":hint",
        ":hint",
        ":giveup",
        "0 0.1",
        "",
        "1",
        ":worksheet",
        ":quit",
        ascii_only=True,
    )
    assert said.isascii()
    assert "dE/dw11 = delta1 x1" in said
    assert "  correct" in said


def test_a_grid_can_be_typed_cell_by_cell(work: Work) -> None:
    said = work("-0.7", "0.1", "0", "0.1", ":quit")
    assert "H₂: 0.1" in said


MATRICES = {
    "swapped": (["[[2, 8], [4, 10], [6, 12]]"], ["transposed"]),
    "as Python prints it": (["[[2, 4, 6],", "[8, 10, 12]]"], []),
    "as NumPy prints it": (["[[ 2  4  6]", " [ 8 10 12]]"], []),
}


@pytest.mark.parametrize(("lines", "mistakes"), MATRICES.values(), ids=MATRICES)
def test_a_pasted_matrix_is_one_answer(lines: list[str], mistakes: list[str], tmp_path: Path) -> None:
    """A whole one of another shape is marked at once; the rows of one over several lines are put together."""
    (tmp_path / "own.yaml").write_text(
        "title: Own\n"
        "worksheet: {given: {X: [[1, 2, 3], [4, 5, 6]]}, steps: {C: 2*X}}\n"
        "screens: [{blocks: [{ask: C}]}]\n",
        encoding="utf-8",
    )
    session = Session(load(tmp_path / "own.yaml"), Store(None))
    field = session.field(session.field_ids[0])
    following = iter(lines[1:])
    answer = complete(session, field, lines[0], lambda _: next(following), lambda _: None)
    result = session.submit(field.id, answer).result
    assert [each.id for each in result.mistakes] == mistakes
    assert (result.verdict is Verdict.CORRECT) is not bool(mistakes)
    assert next(following, None) is None


def test_commands_answer_or_say_what_they_need(work: Work) -> None:
    said = work(
        ":help",
        ":hint",
        ":h",
        ":nonsense",
        ":goto",
        ":progress",
        ":lookback",
        ":derive nothing",
        ":reset",
        ":goto 2",
        ":back",
        ":quit",
    )
    assert ":lookback" in said
    assert "Hint 1 of 5, free" in said
    assert "There is no command :nonsense" in said
    assert "It could be" in said
    assert "Screen 2 of 2" in said
    assert "no quantity" in said
    assert "reset yes" in said


def test_a_command_without_its_colon_is_not_an_answer(work: Work, store: Store) -> None:
    said = work("hint", "Quit", "-0.7", "0.1", "0 0.1", "help", "what now", ":quit")
    assert "A command begins with a colon: :hint" in said
    assert "A command begins with a colon: :quit" in said
    assert "A command begins with a colon: :help" in said
    assert "Enter alone goes on." in said
    assert "Screen 2" not in said
    assert [one.verdict for one in store.attempts("plainly", "")] == ["correct"] * 3


def test_next_and_back_stop_at_the_last_and_first_screen(work: Work) -> None:
    said = work(":back", ":next", ":next", ":quit")
    assert "This is the first screen." in said
    assert "This is the last screen." in said
    assert said.count("Screen 2 of 2") == 1


def test_skipped_questions_can_be_asked_again(work: Work) -> None:
    said = work("", "", "", "0.1", ":quit")
    assert "Enter alone goes on. :again asks what is open on this screen." in said
    assert said.count("Nothing was typed; the question stays open.") == 3
    assert ":again asks" not in work("-0.7", "0.1", "0 0.1", "0.1", ":quit")


def test_the_cells_of_a_line_are_read_back_before_marking(work: Work) -> None:
    said = work("-0.7", "0.1", "0,1", ":quit")
    assert "  I read H₁ = 0, H₂ = 1\n" in said


def test_hints_and_giving_up_are_announced_and_recorded(work: Work, store: Store) -> None:
    said = work(":hint", ":hint", ":giveup", ":quit")
    assert "(Next hint: Its formula; free.)" in said
    assert "Answer: −0.7" in said
    assert [event.kind for event in store.events("plainly", "")] == ["hint", "hint", "given-up"]


def test_a_lesson_resumes_where_it_was_left(work: Work) -> None:
    work("-0.7", ":quit")
    said = work(":next", ":quit")
    assert "Z₁ (3 decimals): -0.7  (done)" in said
    assert "Screen 2 of 2" in work(":quit")


def test_variant_chooses_the_numbers(work: Work) -> None:
    said = work(":variant 17", ":variant own", ":variant", ":quit")
    assert "Numbers #17." in said
    assert "The lesson's own numbers." in said
    assert "Numbers #1." in said


def test_the_look_back_can_be_exported(work: Work) -> None:
    said = work("-0.3", ":export", ":export html", ":quit")
    assert "# Plainly" in said
    assert "<!doctype html>" in said


def test_the_end_of_input_keeps_everything(work: Work, store: Store) -> None:
    work("-0.7", "0.")
    assert [one.answer for one in store.attempts("plainly", "")] == ["-0.7", "0."]


def test_escape_characters_are_shown_and_not_sent(lesson_file: Path, work: Work) -> None:
    lesson_file.write_text(LESSON.replace("Both are right.", '"\\e[31mred\\a"'), encoding="utf-8")
    said = work("\x1b[2J-0.7", "-0.7", "0.1", ":quit")
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "␛[31mred␇" in said


def test_an_unknown_lesson_is_refused(store: Store) -> None:
    with pytest.raises(TutorError, match="nowhere"):
        run_plain("nowhere", source=io.StringIO(), out=io.StringIO(), store=store)


def test_a_lesson_is_chosen_from_the_list(
    store: Store, lesson_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(lesson_file.parent))
    monkeypatch.setattr("tutor.paths.shipped_lessons", lambda: tmp_path / "none")
    out = io.StringIO()
    run_plain(source=io.StringIO("7\nplainly\n-0.7\n:home\n\n:quit\n"), out=out, store=store)
    said = out.getvalue()
    assert "   1  Plainly  (0 of 7 done)" in said
    assert "There is no lesson '7'." in said
    assert "Enter: go on with Plainly" in said
    assert "(1 of 7 done)" in said


def test_plain_mode_works_through_a_pipe(lesson_file: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "tutor", str(lesson_file), "--plain"]
    done = subprocess.run(
        command, input="-0.7\n0.1\n:quit\n", capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert done.stdout.count("  correct") == 2
    again = io.StringIO()
    run_plain(str(lesson_file), source=io.StringIO(":progress\n"), out=again, store=Store(default_place()))
    assert "2 of 7 done" in again.getvalue()


def test_unsaved_answers_are_not_said_to_be_kept(lesson_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "no-folder"
    folder.touch()
    out = io.StringIO()
    store = Store(folder / "progress.sqlite3", learner="")
    assert run_plain(str(lesson_file), source=io.StringIO("-0.7\n:quit\n"), out=out, store=store) == 1
    assert "Everything is kept" not in out.getvalue()
    assert out.getvalue().split()[-1] == "Goodbye."
    store.close()


def test_a_lock_that_lasts_to_the_end_is_reported(
    lesson_file: Path, monkeypatch: pytest.MonkeyPatch, learner_home: Path
) -> None:
    """The store is already closed when the last line is printed."""
    monkeypatch.setattr("tutor.store.database._WAIT", 0.1)
    Store(default_path()).close()
    out = io.StringIO()
    with closing(sqlite3.connect(default_path(), isolation_level=None)) as other:
        other.execute("begin immediate")
        assert run_plain(str(lesson_file), source=io.StringIO("-0.7\n:quit\n"), out=out) == 1
    assert "could not be saved" in " ".join(out.getvalue().split())


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("a **b** *c* `d*e*f`", ["a b c d*e*f"]),
        ("1. one\n2. two", ["1. one", "2. two"]),
        ("# Title\n\ntext", ["Title", "", "text"]),
        ("costs $5 and $6", ["costs $5 and $6"]),
        ("| a | bb |\n|---|---|\n| 1 | 2 |", ["a  bb", "1  2"]),
        ("```python\nx = [1]\n```", ["    x = [1]"]),
        ("x $\\nosuch{1}$ y", ["x \\nosuch{1} y"]),
        ("2 * 3 * 4 and a_b_c", ["2 * 3 * 4 and a_b_c"]),
    ],
)
def test_markdown_becomes_plain_lines(markdown: str, lines: list[str]) -> None:
    assert to_lines(markdown) == lines


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Z₁ = −0.7", "Z1 = -0.7"),
        ("∂E/∂w₁₁′", "dE/dw11'"),
        ("ŷ δ₃", "yhat delta3"),
        ("x²", "x^2"),
        ("10⁻³", "10^-3"),
        ("¼", "1/4"),
        ("“é”", '"e"'),
    ],
)
def test_mathematics_is_spelt_in_ascii(text: str, plain: str) -> None:
    assert to_ascii(text) == plain


def test_a_changed_lesson_reports_once_which_answers_are_now_wrong(work_on: Callable[..., str]) -> None:
    network = "network: {inputs: [1], target: 1, layers: [{weights: [{w1: 0.5}]}]}"
    lesson = f"title: Changed\nid: changed\n{network}\nscreens:\n  - blocks:\n      - ask: Z1\n"
    assert "Right" in work_on(lesson, "0.5")
    changed = lesson.replace("w1: 0.5", "w1: 0.7")
    assert "Not right any more: Z₁" in " ".join(work_on(changed).split())
    assert "any more" not in work_on(changed)


def test_what_is_given_fits_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix that is too long goes under its name; the comma at a line's end counts too."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((80, 24)))
    matrix = r"W = \begin{pmatrix}" + r" \\ ".join(["w_1 & w_2 & w_3"] * 3) + r"\end{pmatrix}"
    matrix += r" = \begin{pmatrix}" + r" \\ ".join(["0.4414 & 0.4792"] * 3) + r"\end{pmatrix}"
    numbers = (*(f"x_{n} = {n}" for n in range(1, 10)), "a = 1", "b = 12")
    out = io.StringIO()
    show(GivenView("given", ((matrix,), numbers)), Terminal(io.StringIO(), out))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 78
    assert [line.endswith(" =") for line in lines].count(True) == 1
