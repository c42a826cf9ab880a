"""The cells of a lesson as a learner runs them; the cells of the course print what their lessons say."""

from __future__ import annotations

import importlib.util
import os
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.labs.conftest import TorchChild
from tutor.authoring.programs import same_output
from tutor.labs.cells import Cells
from tutor.labs.notebook import CellState
from tutor.labs.usage import Meter, memory_by_ps, processes_of_mine
from tutor.lessons import load
from tutor.lessons.blocks import Run
from tutor.paths import shipped_lessons

LESSON = """
title: Cells
files: [data/a.csv]
screens:
  - title: One
    blocks:
      - run: x = open('data/a.csv').read()
        id: read
      - run: x.strip()
        id: strip
      - run: |
          import time
          time.sleep(9)
        id: slow
        time_limit: 0.2
"""


@pytest.fixture
def cells(tmp_path: Path) -> Cells:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1,2\n")
    path = tmp_path / "cells.yaml"
    path.write_text(LESSON)
    return Cells.of_lesson(load(path))


async def test_cells_share_names_become_stale_and_stop_at_their_limit(cells: Cells) -> None:
    early = await cells.run("strip")
    assert early.trouble is not None
    assert early.trouble.explanation == "x is made in cell 1, which has not run yet: run it first."
    assert cells.state("strip") is CellState.FAILED
    assert (await cells.run("read")).run.is_ok
    assert (await cells.run("strip")).run.value == "'1,2'"
    cells.edit("read", "x = ' other '")
    assert cells.state("strip") is CellState.STALE
    await cells.run("read")
    assert (await cells.run("strip")).run.value == "'other'"
    slow = await cells.run("slow")
    assert slow.run.sentence.startswith("Stopped after 0.2 seconds")
    assert slow.trouble is None
    await cells.close()


async def test_after_a_crash_no_cell_has_run(cells: Cells) -> None:
    await cells.run("read")
    cells.edit("strip", "import os\nos._exit(1)")
    assert "ended its own process" in (await cells.run("strip")).run.sentence
    assert {cells.state(cell) for cell in ("read", "strip")} == {CellState.NOT_RUN}
    await cells.close()


async def test_an_interrupted_import_restarts_the_process() -> None:
    """PyTorch, interrupted while it loads, cannot be imported again in the same process."""
    write = "import sys; sys.path.insert(0, '.'); open('slow.py', 'w').write('import time; time.sleep(9)')"
    cells = Cells(
        {"write": write, "load": "import slow", "loop": "while True: pass"},
        seconds={"load": 0.3, "loop": 0.2},
    )
    assert (await cells.run("write")).run.is_ok
    stopped = await cells.run("load")
    assert "the cells begin afresh" in stopped.run.sentence
    assert not cells.kernel.is_alive
    assert cells.state("write") is CellState.NOT_RUN
    await cells.run("loop")
    assert cells.kernel.is_alive
    await cells.close()


async def test_a_stopped_cell_keeps_its_names_and_says_so(cells: Cells) -> None:
    cells.edit("read", "n = 1\nprint('here', flush=True)\nwhile True: pass")
    shown = await cells.run("read", lambda _: cells.kernel.interrupt())
    assert shown.run.sentence == "Stopped. What the program had made until then is still there."
    cells.edit("read", "n")
    assert (await cells.run("read")).run.value == "1"
    await cells.close()


@pytest.mark.parametrize(("made", "last", "is_ok"), [("1.5", "", False), ("T()", "1 / 0", False), ("T()", "", True)])
async def test_a_result_thrown_away_gets_advice_even_if_the_cell_fails_elsewhere(
    made: str, last: str, is_ok: bool
) -> None:
    cells = Cells({"only": f"class T:\n    def to(self, d): return self\nx = {made}\nx.to('cpu')\n{last}"})
    shown = await cells.run("only")
    assert shown.run.is_ok is is_ok
    assert ["Write x = x.to('cpu')." in advice for advice in shown.advice] == ([] if made == "1.5" else [True])
    await cells.close()


def course() -> list[Path]:
    """Return the lessons of the course that have cells with recorded output."""
    found = []
    for path in sorted(shipped_lessons().glob("*.yaml")):
        if any(isinstance(block, Run) and block.output is not None for block in load(path).blocks):
            found.append(path)
    return found


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_the_courses_cells_print_their_recorded_output(torch_child: TorchChild) -> None:
    async def work() -> list[str]:
        wrong = []
        for path in course():
            lesson = load(path)
            cells = Cells.of_lesson(lesson)
            cells.kernel = torch_child.kernel
            await cells.kernel.restart()
            for block in (block for block in lesson.blocks if isinstance(block, Run)):
                result = await cells.run(block.id)
                if bool(result.run.fit) != (".step()" in block.code.fill()):
                    wrong.append(f"{path.name} {block.id}: only cells that train should have a fit")
                said = result.run.output + (result.run.value or "")
                if block.output is not None and not same_output(block.output, said, block.within):
                    wrong.append(f"{path.name} {block.id}: it prints {said!r}, not {block.output!r}")
                if result.trouble or result.advice:
                    wrong.append(f"{path.name} {block.id}: {result.trouble} {result.advice}")
        return wrong

    assert torch_child.run(work()) == []


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_the_courses_look_at_this_python_finds_its_pytorch(torch_child: TorchChild) -> None:
    async def work() -> str:
        cells = Cells.of_lesson(load(shipped_lessons() / "07-pytorch-set-up.yaml"))
        cells.kernel = torch_child.kernel
        await cells.kernel.restart()
        return (await cells.run("environment-check")).run.output

    assert f"PyTorch: {version('torch')}" in torch_child.run(work())


def test_usage_is_measured_with_and_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Meter(os.getpid()).memory(1 << 40)
    assert held > 5_000_000
    assert memory_by_ps(os.getpgid(0)) == 0 or memory_by_ps(os.getpgid(0)) > 5_000_000
    assert processes_of_mine() >= 1
    monkeypatch.setattr("tutor.labs.usage.HAS_PROC", False)
    assert processes_of_mine() >= 0
