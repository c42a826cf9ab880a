"""Cells and labs in plain mode, as somebody who listens to the output works with them."""

from __future__ import annotations

import io
import itertools
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.labs import installing
from tutor.labs.extras import Extra
from tutor.labs.installing import Place, Progress
from tutor.labs.kernel import Printed
from tutor.labs.output import MOST_LINES
from tutor.plain.programs import LAST_LINES, Printing, Programs
from tutor.plain.terminal import Terminal
from tutor.store import Store

LESSON = """
tutor: 1
title: Programs
id: programs
screens:
  - title: One
    blocks:
      - run: |
          total = 6 * 7
          print(total)
        id: cell
        output: '42'
      - lab: Add $1 + 2$
        id: sum
        starter: |
          total = 0
        checks: [{variable: total, equals: 3}, {variable: other, equals: 4}]
        solution: |
          total = 1 + 2
          other = 4
        explain: "A *sum* of $x_1$."
"""

Work = Callable[..., str]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text("total = 3\nother = 4\nprint('done')\n", encoding="utf-8")
    return path


def test_a_cell_runs_and_other_words_do_not_leave_it(work_on: Work) -> None:
    said = work_on(LESSON, "rnu", "hint", ":run", "run", ":quit")
    assert said.count("    42") == 3  # as recorded, and twice as run
    assert "Enter alone goes on." in said
    assert "A command begins with a colon: :hint" in said
    assert "Add 1 + 2" not in said


def test_a_lab_reports_each_check_then_shows_a_solution(work_on: Work, store: Store, program: Path) -> None:
    said = work_on(LESSON, "", ":run", f":code {program}", ":quit")
    assert "1. total equals 3" in said
    assert "1. failed: total equals 3" in said
    assert "2. passed: other equals 4" in said
    assert "    done" in said
    assert "All checks passed." in said
    assert said.index("All checks passed.") < said.index("A sum of x₁.") < said.index("total = 1 + 2")
    assert [one.verdict for one in store.attempts("programs", "") if one.field == "sum"] == ["wrong", "correct"]


def test_a_finished_lab_shows_its_solution_and_still_runs(work_on: Work, program: Path) -> None:
    work_on(LESSON, "", f":code {program}", ":quit")
    said = work_on(LESSON, "", ":run", "", ":quit")
    assert "(done)" in said
    assert "A sum of x₁." in said
    assert "other = 4" in said
    assert "All checks passed." in said


def test_giving_up_a_lab_shows_its_solution(work_on: Work) -> None:
    said = work_on(LESSON, "", ":giveup", ":quit")
    assert "One solution:" in said
    assert "A sum of x₁." in said
    assert "(given up)" in work_on(LESSON, "", ":quit")


def test_an_error_in_a_program_is_reported_once(work_on: Work, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("input()\n", encoding="utf-8")
    said = work_on(LESSON, "", f":code {broken}", ":quit")
    assert said.count("EOFError") == 1
    assert said.index("EOFError") < said.index("Nothing was checked: the program has to reach its end.")
    assert "not reached" not in said
    assert "stopped before its end" not in said


def test_a_failed_check_is_reported_though_the_program_stopped(work_on: Work, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("total = 5\ninput()\n", encoding="utf-8")
    said = work_on(LESSON.replace(", {variable: other, equals: 4}", ""), "", f":code {wrong}", ":quit")
    assert "1. failed: total equals 3" in said
    assert "Nothing was checked" not in said


@pytest.mark.parametrize(
    ("argument", "words"),
    [("", "the name of your program's file"), (" nowhere.py", "no such file"), (" .", "is a directory")],
)
def test_a_program_file_that_cannot_be_read_is_refused(work_on: Work, argument: str, words: str) -> None:
    said = work_on(LESSON, "", f":code{argument}", ":quit")
    assert words in said
    assert "Errno" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals")
def test_output_appears_at_once_and_ctrl_c_stops_only_the_program(tmp_path: Path) -> None:
    lesson, endless = tmp_path / "lesson.yaml", tmp_path / "endless.py"
    lesson.write_text(LESSON, encoding="utf-8")
    endless.write_text("print('begun')\nwhile True:\n    pass\n", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tutor", "--plain", str(lesson)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tutor:
        assert tutor.stdin is not None
        assert tutor.stdout is not None
        tutor.stdin.write(f"\n:code {endless}\n")
        tutor.stdin.flush()
        before = list(itertools.takewhile(lambda line: line != "    begun\n", tutor.stdout))
        assert "It prints:\n" in before
        assert not any("Stopped" in line for line in before)
        tutor.send_signal(signal.SIGINT)
        said, _ = tutor.communicate(":progress\n:quit\n", timeout=60)
    assert tutor.returncode == 0
    assert "begun" not in said
    assert "Stopped" in said
    assert "0 of 1 done" in said
    assert "Everything is kept. Goodbye." in said


def test_long_output_is_cut_in_the_middle(work_on: Work, tmp_path: Path) -> None:
    chatty = tmp_path / "chatty.py"
    chatty.write_text("for n in range(20_000):\n    print('line', n)\nprint('end', end='')\n", encoding="utf-8")
    lines = work_on(LESSON, f":code {chatty}", ":quit").partition("Running")[2].splitlines()
    begin = lines.index("    line 0")
    assert lines[begin + MOST_LINES - 1] == f"    line {MOST_LINES - 1}"
    last = begin + MOST_LINES + 1
    assert lines[last - 1] == f"    … ({20_001 - MOST_LINES - LAST_LINES:,} more lines left out)"
    assert lines[last + LAST_LINES - 2 : last + LAST_LINES] == ["    line 19999", "    end"]


def test_an_overwritten_line_is_printed_once_without_escapes(work_on: Work, tmp_path: Path) -> None:
    bar = tmp_path / "bar.py"
    bar.write_text("print('10 %\\r20 %\\r\\x1b[31m30 %')\nprint('x' * 3_000)\n", encoding="utf-8")
    said = work_on(LESSON, f":code {bar}", ":quit").partition("Running")[2]
    assert "    30 %\n" in said
    assert "10 %" not in said
    assert "(1,000 more characters in this line)" in said


def test_a_program_is_stopped_when_its_reader_is_gone() -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    stopped: list[bool] = []
    Printing(Terminal(io.StringIO(), Closed()), lambda: stopped.append(True))(Printed("a line\n"))
    assert stopped == [True]


def test_the_value_of_a_cells_last_line_is_printed(work_on: Work, tmp_path: Path) -> None:
    value = tmp_path / "value.py"
    value.write_text("total = 6 * 7\ntotal + 1\n", encoding="utf-8")
    assert "    43\n" in work_on(LESSON, f":code {value}", ":quit")


CELLS = "title: Cells\nid: cells\nscreens: [{title: One, blocks: [{run: x = 3}, {run: print(x + 1)}]}]\n"


def test_earlier_cells_run_again_after_a_restart(work_on: Work, program: Path) -> None:
    assert "It ran, and printed nothing." in work_on(CELLS, ":run", "", ":quit")
    said = work_on(CELLS, "", ":run", ":run", ":quit")
    assert said.count("    4\n") == 2
    assert said.count("Running cell 1 first, because") == 1
    assert "printed nothing" not in said


def test_a_failed_cell_is_not_run_again_unasked(work_on: Work, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("y = 1/0\n", encoding="utf-8")
    said = work_on(CELLS, f":code {broken}", "", ":run", ":run", ":quit")
    assert "because this cell may need its names" not in said
    assert said.count("ZeroDivisionError") == 1


def test_a_cell_that_never_ran_is_not_run_unasked(work_on: Work) -> None:
    said = work_on(CELLS, "", ":run", ":quit")
    assert "x is made in cell 1, which has not run yet" in said


def test_listing_writes_a_program_to_a_file(work_on: Work, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    said = work_on(LESSON, "", f":listing {path}", f":listing {path}", f":code {path}", ":quit")
    assert path.read_text(encoding="utf-8") == "total = 0\n"
    assert f"Written to {path}." in said
    assert "file exists" in said
    assert "1. failed: total equals 3" in said


def test_programs_are_closed_after_an_interrupt(work_on: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Programs] = []
    close = Programs.close

    def note(self: Programs) -> None:
        closed.append(self)
        close(self)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Programs, "close", note)
    monkeypatch.setattr("tutor.plain.asking.Asker._say_after", interrupt)
    said = work_on(LESSON, ":run", ":quit")
    assert "Stopped. Everything is kept." in said
    assert len(closed) == 1


def test_the_learners_program_is_kept_and_starter_restores_the_first(
    work_on: Work, store: Store, program: Path
) -> None:
    work_on(LESSON, f":code {program}", ":quit")
    said = work_on(LESSON, ":listing", ":run", ":starter", ":run", ":quit")
    assert "(Your program is kept" in said
    assert "    print('done')" in said.partition(":listing\n")[2]
    assert "    done" in said.partition("Running")[2]
    assert "    42" in said.partition(":starter")[2].partition("Running")[2]
    assert "(Your program is kept" not in work_on(LESSON, ":quit")


def test_a_missing_package_is_installed_after_asking(work_on: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = LESSON.replace("total = 6 * 7", "raise ModuleNotFoundError(\"No module named 'torch'\")")
    installed = []

    async def install(extra: Extra, where: Place, tell: Callable[[Progress], None]) -> None:
        installed.append(extra.module)
        tell(Progress("Downloading torch-2.9.0", 1, 2))

    monkeypatch.setattr(installing, "place", lambda _: Place("/env/python", "/env", "/env/lib", "/env/lib"))
    monkeypatch.setattr(installing, "check", lambda *_: None)
    monkeypatch.setattr(installing, "install", install)
    monkeypatch.setattr("tutor.labs.extras.has_card", lambda: True)  # pip need not be asked for its settings
    said = work_on(lesson, ":install", "run", ":install", "no", ":quit")
    assert "No program here has stopped because of a missing package." in said
    assert "-m pip install torch" in said
    assert "/env/python -m pip install torch" in said
    assert not installed
    said = work_on(lesson, "run", ":install", "yes", ":quit")
    assert installed == ["torch"]
    assert "Downloading torch-2.9.0" in said
    assert said.count("Running. Ctrl+C stops it.") == 2, "it runs again after the installation"
