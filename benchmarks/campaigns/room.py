"""An exam for a class with codes: ``python -m benchmarks.campaigns.room [--learners 40]``.

Everybody on the class list sends a code, opens a page at the same time, begins the exam and answers. Half-way the
server is killed, as by a power cut, and started again; everybody comes back with the browser's cookie. At the end,
every answer that was reported as saved must be there, once, under the right learner. Pages are sockets without a
browser.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from aiohttp import ClientSession

from benchmarks.campaigns.outcome import Outcome, report
from benchmarks.campaigns.serve import Page
from tests.serve.serving import free_port
from tests.serve.test_room import EXAM, Exam
from tutor.classroom.assignment import load_assignment
from tutor.classroom.collect import collect
from tutor.classroom.report import received

QUESTIONS = 8
WITHIN = 900.0
ENTER = "\r"
LESSON = "tutor: 1\ntitle: Sums\nid: one-neuron\nscreens:\n  - title: Sums\n    blocks:\n" + "".join(
    f"      - {{number: What is {each} and {each}?, answer: {2 * each}}}\n" for each in range(QUESTIONS)
)


@dataclass
class Learner:
    """A learner on the class list: the answers typed, and those reported as saved."""

    name: str
    cookie: str = ""
    typed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@contextmanager
def served(folder: Path, port: int) -> Iterator[Exam]:
    """Serve the exam during the block; it ends as by a power cut."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "TUTOR_STORE")}
    command = [sys.executable, "-m", "tutor", "serve", "midterm.yaml", "--roster", "students.csv", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=folder, env={**kept, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(3)]
            assert f"http://127.0.0.1:{port}" in said[-1], said
            yield Exam(process, port, folder / "midterm-class")
        finally:
            process.kill()


@asynccontextmanager
async def at_a_page(exam: Exam, learner: Learner) -> AsyncIterator[Page]:
    """Open a learner's page, sending the code if there is no cookie yet."""
    if not learner.cookie:
        _, _, learner.cookie = await asyncio.to_thread(exam.send, exam.codes[learner.name])
    url = f"{exam.url}ws/me?width=100&height=50"
    async with (
        ClientSession() as session,
        session.ws_connect(url, headers={"Cookie": learner.cookie}, max_msg_size=0) as connected,
    ):
        yield Page(connected)


async def sit(exam: Exam, learner: Learner, count: int, together: asyncio.Barrier) -> None:
    """Come in, begin or continue, and answer ``count`` questions; stay until everybody is done."""
    async with at_a_page(exam, learner) as page:
        await page.until("You work as")
        await page.type(ENTER)
        if await page.until("45 minutes", "What is") == "45 minutes":
            await page.type("y")
            await page.until("What is")
        await page.until("check")
        await together.wait()
        for _ in range(count):
            answer = f"{learner.name.removeprefix('learner-')}{len(learner.typed):02}"
            learner.typed.append(answer)
            begun = time.monotonic()
            await page.type(answer)
            await page.until(answer)
            await page.type(ENTER)
            left = QUESTIONS - len(learner.typed)
            await page.until(f"{left} question{'s' * (left > 1)} open here" if left else "all done here")
            learner.seconds.append(time.monotonic() - begun)
            learner.kept.append(answer)
        await together.wait()


async def period(exam: Exam, learners: list[Learner], count: int) -> tuple[float, list[int]]:
    """Run everybody at once; return the seconds until all were in, and the memory of each page's processes in MB."""
    together = asyncio.Barrier(len(learners) + 1)
    begun = time.monotonic()
    async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as tasks:
        for learner in learners:
            tasks.create_task(sit(exam, learner, count, together))
        await together.wait()
        came_in = time.monotonic() - begun
        while together.n_waiting < len(learners):
            await asyncio.sleep(0.1)
        memory = [_memory(pid) for pid in _below(exam.process.pid, only_next=True)]
        await together.wait()
    return came_in, memory


def _below(pid: int, *, only_next: bool = False) -> list[int]:
    """Return a process's children, and unless ``only_next`` also their descendants."""
    text = "".join(path.read_text("utf-8") for path in Path(f"/proc/{pid}/task").glob("*/children"))
    found = [int(each) for each in text.split()]
    return found if only_next else [*found, *(below for each in found for below in _below(each))]


def _memory(pid: int) -> int:
    """Return the memory of a process and its descendants in MB, with their share of shared pages."""
    total = 0
    for each in (pid, *_below(pid)):
        lines = Path(f"/proc/{each}/smaps_rollup").read_text("utf-8").splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total // 1024


async def exam(count: int) -> Outcome:
    """Run the whole exam."""
    outcome = Outcome(f"{count} learners with codes, the server killed half-way")
    learners = [Learner(f"learner-{100 + number}") for number in range(count)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one-neuron.yaml").write_text(LESSON, "utf-8")
        (folder / "midterm.yaml").write_text(EXAM, "utf-8")
        (folder / "students.csv").write_text("\n".join(["learner", *(each.name for each in learners)]), "utf-8")
        port = free_port()
        with served(folder, port) as running:
            first, memory = await period(running, learners, QUESTIONS // 2)
        with served(folder, port) as running:
            again, _ = await period(running, learners, QUESTIONS - QUESTIONS // 2)
        what = received(collect([folder / "midterm-class"], load_assignment(folder / "midterm.yaml")))
        found = {each.learner: [entry.answer for entry in each.answers] for each in what.hand_ins}
    for learner in learners:
        outcome.hold(found.get(learner.name) == learner.kept, f"{learner.name}: {found.get(learner.name)}")
    waited = sorted(second for learner in learners for second in learner.seconds)
    outcome.figures = (
        f"({len(waited)} answers; all in after {first:.0f} s, after the restart {again:.0f} s; an answer typed and "
        f"saved in {median(waited):.1f} s, 95 of 100 in {waited[len(waited) * 95 // 100]:.1f} s; "
        f"{median(memory):.0f} MB per page, at most {max(memory)} MB)"
    )
    return outcome


def main() -> int:
    """Run the campaign and print the results; return 1 if an answer is lost."""
    parser = argparse.ArgumentParser(description="An exam for a class with codes.")
    parser.add_argument("--learners", type=int, default=40)
    return report([asyncio.run(exam(parser.parse_args().learners))])


if __name__ == "__main__":
    sys.exit(main())
