"""Measure how quickly cells respond and how much the tutor slows training: ``python -m benchmarks.labs``.

- from the key to the first output of a cell, without a child process (cold) and with one (warm; goal: within 100 ms of
  the code itself);
- 1,000 epochs of laboratory task 4 inside the tutor, its curve drawn at 10 Hz, against the same script in plain Python
  (goal: within 1.1 times), alternately within one run;
- the longest time for which the application does not respond meanwhile (goal: 50 ms), and how much of it is computing:
  on a busy machine, the rest is waiting for a processor.

A number after the command is the number of training rounds (default 3).

With ``--programs`` it runs the programs in ``tests/labs/programs.yaml`` instead, which are like those of students: how
many right ones are rejected, wrong ones accepted, and wrong ones not explained.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from textual.app import App, ComposeResult

from tests.labs.conftest import TorchChild
from tests.labs.corpus import PROGRAMS, is_explained, lesson_of, programs, run_program
from tutor.labs.kernel import Event, Kernel, Printed
from tutor.labs.lab import lab_kernel
from tutor.labs.progress import Progress, total_in
from tutor.labs.sandbox.level import level
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Lab
from tutor.paths import shipped_lessons
from tutor.ui.widgets.training import Training

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 3


async def first_output(kernel: Kernel, source: str) -> tuple[float, float]:
    """Return the milliseconds from the key to the first output, and the milliseconds of the code itself."""
    begun = time.perf_counter()
    seen: list[float] = []

    def note(event: Event) -> None:
        if isinstance(event, Printed) and not seen:
            seen.append(time.perf_counter())

    result = await kernel.run(source, name="cell 1", on_event=note)
    return 1000 * (seen[0] - begun), 1000 * result.seconds


async def cells() -> None:
    """Measure cold and warm cells."""
    cold, warm, over = [], [], []
    for _ in range(10):
        kernel = Kernel()
        cold.append((await first_output(kernel, "print(1)"))[0])
        for _ in range(10):
            taken, itself = await first_output(kernel, "print(sum(range(1000)))")
            warm.append(taken)
            over.append(taken - itself)
        await kernel.close()
    print(f"first output, cold          {median(cold):7.1f} ms")
    print(
        f"first output, warm          {median(warm):7.1f} ms, {median(over):.1f} ms more than the code itself (goal"
        " 100)"
    )


def plain(source: str, lesson: Lesson, lab: Lab) -> float:
    """Return the seconds that the script takes in plain Python."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").mkdir()
        for path in lab.files:
            (Path(folder) / "data" / path.name).write_bytes((lesson.path.parent / path).read_bytes())
        (Path(folder) / "lab.py").write_text(source)
        # as many threads as the tutor gives it: for a network this small, more would be slower
        threads = str(min(4, os.cpu_count() or 1))
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "lab.py"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": threads},
        )
        return time.perf_counter() - begun


class Curve(App[float]):
    """Trains with the tutor's training view on the screen, and notes how long the application did not respond."""

    def __init__(self, source: str, lesson: Lesson, lab: Lab) -> None:
        super().__init__()
        self.source, self.kernel = source, lab_kernel(lab, lesson)
        self.progress = Progress(total=total_in(source))
        self.seconds = self.longest = self.busiest = 0.0

    def compose(self) -> ComposeResult:
        """Show progress bar, figures and curve, which are drawn at 10 Hz."""
        yield Training(self.progress)

    async def tick(self) -> None:
        """Note the longest gap in a clock that should tick every 5 ms, and the most CPU time in a gap."""
        last, used = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(0.005)
            now, now_used = time.perf_counter(), time.process_time()
            self.longest = max(self.longest, now - last - 0.005)
            self.busiest = max(self.busiest, now_used - used)
            last, used = now, now_used

    async def train(self) -> None:
        """Run the lab's program and note the seconds from the key to its end, including the start of the child."""

        def note(event: Event) -> None:
            if isinstance(event, Printed):
                self.progress.feed(event.text)

        watching = asyncio.create_task(self.tick())
        begun = time.perf_counter()
        result = await self.kernel.run(self.source, name="lab4.py", on_event=note)
        self.seconds = time.perf_counter() - begun
        watching.cancel()
        assert result.is_ok, result
        await self.kernel.close()


async def inside(source: str, lesson: Lesson, lab: Lab) -> tuple[float, float, float]:
    """Return the script's seconds in the tutor, and in milliseconds the longest freeze and the most CPU time in one."""
    app = Curve(source, lesson, lab)
    async with app.run_test(size=(120, 40)):
        await app.train()
    return app.seconds, 1000 * app.longest, 1000 * app.busiest


def students_programs() -> None:
    """Run every program of the tests' collection and print the results."""
    child = TorchChild()
    refused, accepted, unexplained = [], [], []
    right = wrong = 0
    for lab in PROGRAMS:
        lesson = lesson_of(lab)
        for program in programs(lab):
            result = run_program(program, lesson, child if lab != "lab3-numpy" else None)
            name = f"{lab}: {program.name}"
            right, wrong = right + program.is_right, wrong + (not program.is_right)
            if program.is_right and not result.passed:
                refused.append(name)
            elif not program.is_right and result.passed:
                accepted.append(name)
            elif not program.is_right and not is_explained(program, result):
                unexplained.append(name)
    child.end()
    for what, names, total in (
        ("right programs refused", refused, right),
        ("wrong programs accepted", accepted, wrong),
        ("wrong programs not explained", unexplained, wrong),
    ):
        print(f"{what:30} {len(names):3} of {total}" + (f": {'; '.join(names)}" if names else ""))


def main() -> None:
    """Measure and print."""
    if "--programs" in sys.argv:
        students_programs()
        return
    print(level().sentence)
    asyncio.run(cells())
    lesson = load(next(shipped_lessons().glob("09-*.yaml")))
    lab = next(block for block in lesson.blocks if isinstance(block, Lab))
    assert lab.solution is not None
    source = lab.solution.fill().replace("% 50 == 0", "% 1 == 0")  # prints every epoch: the hardest case
    ours, theirs, freezes, busy = [], [], [], []
    for _ in range(ROUNDS):
        theirs.append(plain(source, lesson, lab))
        seconds, freeze, calculated = asyncio.run(inside(source, lesson, lab))
        ours.append(seconds)
        freezes.append(freeze)
        busy.append(calculated)
    ratio = median(mine / plain for mine, plain in zip(ours, theirs, strict=True))
    print(f"1,000 epochs, plain python  {median(theirs):7.2f} s")
    print(f"1,000 epochs, in the tutor  {median(ours):7.2f} s, {ratio:.2f} times as long (goal 1.1)")
    print(f"longest freeze meanwhile    {median(freezes):7.1f} ms (goal 50), of calculating {median(busy):.1f} ms")


if __name__ == "__main__":
    main()
