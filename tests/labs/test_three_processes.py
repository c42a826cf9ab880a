"""A lab's checks run in another process than the program, on its values; the result says where that was impossible."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest.mock import AsyncMock

import pytest

from tests.labs.conftest import TorchChild
from tutor.labs.checker import Checker
from tutor.labs.lab import start_lab
from tutor.labs.sandbox.level import level
from tutor.labs.sandbox.process import SandboxProcess
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Lab
from tutor.session.batch import mark_program
from tutor.session.model import Verdict

pytestmark = pytest.mark.skipif(not level().can_run, reason="this machine has no means to run a program")

LESSON = """
title: A lab
screens:
  - title: One
    blocks:
      - lab: Shift
        id: shift
        starter: ''
        time_limit: 1
        checks:
          - python: |
              {check}
"""


def with_check(folder: Path, check: str) -> tuple[Lab, Lesson]:
    """Write a lesson whose lab has this check, and return the lab and the lesson."""
    path = folder / "lesson.yaml"
    path.write_text(LESSON.replace("{check}", check.replace("\n", "\n" + " " * 14)))
    lesson = load(path)
    return next(block for block in lesson.blocks if isinstance(block, Lab)), lesson


CASES = [
    # the check, the program, whether it passes, whether it ran inside the program, words of the message
    ("assert x == 6, 'x is not 6'", "x = 6", True, False, ""),
    ("assert x == 6, 'x is not 6'", "x = 5", False, False, "x is not 6."),
    ("assert x == 6", "y = 6", False, False, "There is no variable x at the end."),
    ("import math\nassert math.isclose(shift(2.0), 5.5), 'no'", "def shift(v):\n    return v + 3.5", True, False, ""),
    ("assert shift(2.0) == 5.5, 'no'", "def shift(v):\n    return v", False, False, "no."),
    ("assert shift(2) == 5", "def shift(v):\n    return v.x", False, False, "AttributeError: 'int' object has no"),
    ("assert all(f(x) == [2, 4])", "import numpy as np\nx = np.array([1., 2])\nf = lambda v: 2 * v", True, False, ""),
    ("assert made.total() == 6", "class Made:\n    def total(self): return 6\nmade = Made()", True, True, ""),
    ("assert made.total() == 6, 'no'", "class Made:\n    def total(self): return 5\nmade = Made()", False, True, "no."),
    ("import time\ntime.sleep(60)", "x = 6", False, False, "This check could not run."),
    ("import os\nos._exit(0)", "x = 6", False, False, "This check could not run."),
]  # fmt: skip


@pytest.mark.parametrize(("check", "source", "passes", "with_program", "said"), CASES)
def test_a_python_check_runs_on_the_programs_values(
    tmp_path: Path, check: str, source: str, passes: bool, with_program: bool, said: str, torch_child: TorchChild
) -> None:
    lab, lesson = with_check(tmp_path, check)
    shared = torch_child
    result = shared.run(start_lab(lab, source, lesson=lesson, kernel=shared.kernel, checker=shared.checker))
    (found,) = result.checks
    assert (found.passed, found.with_program) == (passes, with_program), found
    assert said in found.message
    assert result.passed is passes


def test_marking_mentions_checks_inside_the_program(tmp_path: Path) -> None:
    check, source = "assert made.total() == 6", "class Made:\n    def total(self): return 6\nmade = Made()"
    lab, lesson = with_check(tmp_path, check)
    result = mark_program(lab, lesson, source)
    assert result.verdict is Verdict.CORRECT
    assert "Checked with the program" in result.message
    assert "Checked with the program" not in mark_program(lab, lesson, source.replace("6", "5")).message


def test_a_check_that_times_out_leaves_no_task_waiting() -> None:
    async def waiting() -> set[asyncio.Task[object]]:
        box = SimpleNamespace(end=None, gone=asyncio.Event(), printed=0, send=lambda *_, **__: None, close=AsyncMock())
        checker = Checker()
        checker._box = cast("SandboxProcess", box)
        assert not (await checker.check("", {}, AsyncMock(), seconds=0.0))["is_answered"]
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert not asyncio.run(waiting())
