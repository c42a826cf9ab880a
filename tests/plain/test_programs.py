"""Cells and labs on plain lines, as somebody who hears them works with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.plain.programs import Programs
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


def test_a_cell_runs_and_other_words_do_not_go_on(work_on: Work) -> None:
    said = work_on(LESSON, "rnu", "hint", ":run", "run", ":quit")
    assert said.count("    42") == 3  # as recorded, and twice as run
    assert "Enter alone goes on." in said
    assert "As a command it has a colon in front: :hint" in said
    assert "Add 1 + 2" not in said


def test_a_lab_says_what_each_check_said_then_its_solution(work_on: Work, store: Store, program: Path) -> None:
    said = work_on(LESSON, "", ":run", f":code {program}", ":quit")
    assert "1. total equals 3" in said
    assert "1. failed: total equals 3" in said
    assert "2. passed: other equals 4" in said
    assert "    done" in said
    assert "All checks passed." in said
    assert said.index("All checks passed.") < said.index("A sum of x₁.") < said.index("total = 1 + 2")
    assert [one.verdict for one in store.attempts("programs", "") if one.field == "sum"] == ["wrong", "correct"]


def test_a_lab_that_is_done_keeps_its_solution_and_still_runs(work_on: Work, program: Path) -> None:
    work_on(LESSON, "", f":code {program}", ":quit")
    said = work_on(LESSON, "", ":run", "", ":quit")
    assert "(done)" in said
    assert "A sum of x₁." in said
    assert "other = 4" in said
    assert "All checks passed." in said


def test_a_lab_that_is_given_up_shows_its_solution(work_on: Work) -> None:
    said = work_on(LESSON, "", ":giveup", ":quit")
    assert "One solution:" in said
    assert "A sum of x₁." in said
    assert "(given up)" in work_on(LESSON, "", ":quit")


def test_a_program_that_fails_says_so_once(work_on: Work, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("input()\n", encoding="utf-8")
    said = work_on(LESSON, "", f":code {broken}", ":quit")
    assert "1. not reached: total equals 3" in said
    assert said.count("EOFError") == 1
    assert "stopped before its end" not in said


@pytest.mark.parametrize(
    ("argument", "words"),
    [("", "the name of your program's file"), (" nowhere.py", "no such file"), (" .", "is a directory")],
)
def test_a_file_that_cannot_be_taken(work_on: Work, argument: str, words: str) -> None:
    said = work_on(LESSON, "", f":code{argument}", ":quit")
    assert words in said
    assert "Errno" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_ctrl_c_stops_the_program_and_not_the_tutor(tmp_path: Path) -> None:
    lesson, endless = tmp_path / "lesson.yaml", tmp_path / "endless.py"
    lesson.write_text(LESSON, encoding="utf-8")
    endless.write_text("while True:\n    pass\n", encoding="utf-8")
    started = tmp_path / "started"
    # the program itself can't say that it runs: the tutor's own side does, when the child has been given it
    program = (
        "import sys, pathlib\n"
        "from tutor.labs.kernel import Kernel\n"
        "run = Kernel.run\n"
        "async def noted(self, *args, **more):\n"
        f"    pathlib.Path({str(started)!r}).touch()\n"
        "    return await run(self, *args, **more)\n"
        "Kernel.run = noted\n"
        "from tutor.cli import main\n"
        f"main(['--plain', {str(lesson)!r}])\n"
    )
    environment = {**os.environ, "TUTOR_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as tutor:
        assert tutor.stdin is not None
        tutor.stdin.write(f"\n:code {endless}\n")
        tutor.stdin.flush()
        while not started.exists() and tutor.poll() is None:
            time.sleep(0.02)
        tutor.send_signal(signal.SIGINT)
        said, _ = tutor.communicate(":progress\n:quit\n", timeout=60)
    assert tutor.returncode == 0
    assert "Stopped" in said
    assert "0 of 1 done" in said
    assert "Everything is kept. Goodbye." in said


def test_programs_end_on_every_way_out(work_on: Work, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_ones_own_program_is_there_and_the_first_one_comes_back(work_on: Work, store: Store, program: Path) -> None:
    work_on(LESSON, f":code {program}", ":quit")
    said = work_on(LESSON, ":listing", ":run", ":starter", ":run", ":quit")
    assert "(Your program is kept" in said
    assert "    print('done')" in said.partition(":listing\n")[2]
    assert "    done" in said.partition("Running")[2]
    assert "    42" in said.partition(":starter")[2].partition("Running")[2]
    assert "(Your program is kept" not in work_on(LESSON, ":quit")
