"""A kernel's child: names persist, output streams, and stopping keeps what was there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.campaigns.containment import carrying
from tutor.errors import SandboxError
from tutor.labs.ending import Ending
from tutor.labs.kernel import Event, Kernel, Printed, Reported
from tutor.labs.sandbox import process
from tutor.labs.sandbox.launch import Launch
from tutor.labs.sandbox.level import Isolation, level, level_of
from tutor.labs.sandbox.limits import MEGABYTE, Limits

SMALL = Limits(seconds=5.0, memory=300 * MEGABYTE, output=MEGABYTE)


def within(work: Callable[[Kernel], Awaitable[None]], **options: object) -> None:
    """Run a coroutine with a new kernel, and close the kernel whatever happens."""

    async def both() -> None:
        kernel = Kernel(limits=SMALL, **options)  # type: ignore[arg-type]
        try:
            await work(kernel)
        finally:
            await kernel.close()

    asyncio.run(both())


VALUES = [
    ("x = 2", None, ""),
    ("x + 1", "3", ""),
    ("print(x)", None, "2\n"),
    ("print('a'); x", "2", "a\n"),
    ("x;", None, ""),
    ("None", None, ""),
    ("", None, ""),
    ("# nothing", None, ""),
    ("def f(n):\n    return n * x\nf(4)", "8", ""),
    ("'two\\nlines'", "'two\\nlines'", ""),
    ("import sys\nprint('err', file=sys.stderr)", None, "err\n"),
    ("import subprocess\nsubprocess.run(['echo', 'from outside']).returncode", "0", "from outside\n"),
    ("import sys\nsys.exit()", None, ""),
    ("import sys\nsys.exit('bye')", None, "bye\n"),
    ("import os\nif os.fork() == 0: print('child')\nelse: os.wait(); print('parent')", None, "child\nparent\n"),
    ("if __name__ == '__main__': print('main')", None, "main\n"),
    ("f'{x:>3} µ'", "'  2 µ'", ""),
]


def test_cells_share_names_and_show_their_last_value() -> None:
    async def work(kernel: Kernel) -> None:
        for source, value, output in VALUES:
            result = await kernel.run(source)
            assert (result.value, result.output, result.ending) == (value, output, Ending.FINISHED), source

    within(work)


def test_output_comes_while_the_cell_runs() -> None:
    source = """
import time
try:
    print("one")
    time.sleep(60)
except KeyboardInterrupt:
    print("two", end="")
print("!")
"""

    async def work(kernel: Kernel) -> None:
        texts: list[str] = []

        def note(event: Event) -> None:
            assert isinstance(event, Printed)
            if not texts:
                kernel.interrupt()
            texts.append(event.text)

        result = await kernel.run(source, on_event=note)
        assert texts[0].strip() == "one"
        assert "".join(texts) == result.output
        assert result.output.endswith("two!\n")

    within(work)


def test_an_interrupted_cell_keeps_its_names() -> None:
    async def work(kernel: Kernel) -> None:
        def stop(event: Event) -> None:
            if "here" in getattr(event, "text", ""):
                kernel.interrupt()

        result = await kernel.run("n = 0\nwhile True: n += 1; n > 1 or print('here')", on_event=stop)
        assert result.ending is Ending.STOPPED
        assert result.sentence == "Stopped.", "only cells add that their names are still there"
        assert result.failure
        assert result.failure["lines"][-1]["line"] == 2
        assert (await kernel.run("n > 0")).value == "True"

    within(work)


@pytest.mark.parametrize("how_soon", ["before the child is there", "as soon as it has begun"])
def test_a_cell_stopped_early_does_not_run_on(how_soon: str) -> None:
    async def work(kernel: Kernel) -> None:
        if how_soon == "as soon as it has begun":
            await kernel.run("x = 1")
        task = asyncio.create_task(kernel.run("while True: pass"))
        await asyncio.sleep(0)
        kernel.interrupt()
        result = await task
        assert result.ending is Ending.STOPPED
        assert kernel.is_alive
        assert (await kernel.run("1")).value == "1", "the next run is not the one that was stopped"

    within(work)


def test_pausing_a_cell_also_stops_its_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's clock jumps by a hundred seconds in each pause, far beyond the limit.

    On a busy machine the cell may be resumed before it has noticed the pause: then it prints and is paused again.
    """
    passed = 0.0
    monkeypatch.setattr(
        "tutor.labs.kernel.time", SimpleNamespace(monotonic=lambda: time.monotonic() + passed), raising=True
    )
    source = """
import time
gap, last = 0, time.monotonic()
while gap < 0.25:
    print("here", flush=True)
    time.sleep(0.01)
    now = time.monotonic()
    gap, last = now - last, now
"done"
"""

    async def work(kernel: Kernel) -> None:
        def go_on() -> None:
            nonlocal passed
            passed += 100.0
            kernel.go_on()

        def pause(event: Event) -> None:
            if not kernel.is_paused:
                kernel.pause()
                assert kernel.is_paused
                asyncio.get_running_loop().call_later(0.3, go_on)

        result = await kernel.run(source, on_event=pause)
        assert result.value == "'done'"

    within(work)


def test_a_cancelled_run_ends_the_child() -> None:
    async def work(kernel: Kernel) -> None:
        task = asyncio.create_task(kernel.run("import time\ntime.sleep(60)"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await kernel.run("1")).value == "1"

    within(work)


@pytest.mark.parametrize("waits", [0.0, 0.01, 0.05, 0.1])
def test_cancelling_a_run_while_its_child_starts_ends_the_child(waits: float, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[asyncio.subprocess.Process] = []

    async def noted(started: Launch) -> asyncio.subprocess.Process:
        begun.append(await begin(started))
        return begun[-1]

    begin = process._begin
    monkeypatch.setattr(process, "_begin", noted)

    async def work(kernel: Kernel) -> None:
        await asyncio.to_thread(level)
        task = asyncio.create_task(kernel.run("1"))
        while not begun:
            await asyncio.sleep(0)
        await asyncio.sleep(waits)
        task.cancel()
        await asyncio.wait([task])
        await kernel.close()
        assert begun[0].returncode is not None

    within(work)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc to find stray processes")
def test_processes_left_by_a_child_that_dies_early_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Like bubblewrap killed while it sets up the sandbox: its inner process has left the group and holds the pipes."""

    begun: list[Launch] = []

    async def orphaned(started: Launch) -> asyncio.subprocess.Process:
        begun.append(started)
        return await begin(replace(started, command=("sh", "-c", "setsid sleep 600 & kill -9 $$")))

    begin = process._begin
    monkeypatch.setattr(process, "_begin", orphaned)
    monkeypatch.setattr(process, "_START_TIMEOUT", 0.2)

    async def work(kernel: Kernel) -> None:
        with pytest.raises(SandboxError):
            await kernel.run("1")

    within(work)
    assert carrying(begun[0].token) == []


def test_a_failure_to_copy_files_is_reported_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    data = tmp_path / "a.csv"
    data.write_text("1,2\n")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr("shutil.copyfile", full)
    for module in ("level", "launch"):
        monkeypatch.setattr(f"tutor.labs.sandbox.{module}.is_root", lambda: False)

    async def work(kernel: Kernel) -> None:
        with pytest.raises(SandboxError, match="no space left"):
            await kernel.run("1")
        assert not list((tmp_path / "temporary").iterdir())

    within(work, files={"a.csv": data}, at_level=level_of(Isolation.LIMITS))


def test_runs_wait_for_one_another() -> None:
    async def work(kernel: Kernel) -> None:
        first = kernel.run("import time\ntime.sleep(0.1)\nx = 'first'")
        results = await asyncio.gather(first, kernel.run("x"))
        assert results[1].value == "'first'"

    within(work)


def test_a_cell_sees_the_terminals_active_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/home/a/.venv")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)

    async def work(kernel: Kernel) -> None:
        result = await kernel.run("import os\n[os.environ.get(name) for name in ('VIRTUAL_ENV', 'CONDA_PREFIX')]")
        assert result.value == "['/home/a/.venv', None]"

    within(work)


def test_a_restart_forgets_all_names() -> None:
    async def work(kernel: Kernel) -> None:
        await kernel.run("x = 1")
        await kernel.restart()
        result = await kernel.run("x")
        assert result.failure
        assert result.failure["type"] == "NameError"

    within(work)


def test_reported_epochs_arrive_in_batches() -> None:
    async def work(kernel: Kernel) -> None:
        events: list[Event] = []
        source = """
from tutor_progress import report
for epoch in range(1, 301):
    report(epoch, loss=1 / epoch, total=300)
report(301, loss=float("nan"))
"""
        result = await kernel.run(source, on_event=events.append)
        points = [point for event in events if isinstance(event, Reported) for point in event.points]
        assert result.output == ""
        assert [point["epoch"] for point in points] == list(range(1, 302))
        assert points[9] == {"epoch": 10, "total": 300, "figures": {"loss": 0.1}}
        assert len(events) < 50

    within(work)


def test_a_lessons_files_are_in_the_cells_folder(tmp_path: Path) -> None:
    data = tmp_path / "a.csv"
    data.write_text("1,2\n")

    async def work(kernel: Kernel) -> None:
        result = await kernel.run("open('data/a.csv').read(), open('own.txt', 'w').write('mine')")
        assert result.value == "('1,2\\n', 4)"
        assert (await kernel.run("open('own.txt').read()")).value == "'mine'"

    within(work, files={"data/a.csv": data})


def test_a_missing_file_is_reported_before_anything_runs(tmp_path: Path) -> None:
    async def work(kernel: Kernel) -> None:
        with pytest.raises(SandboxError, match=r"b\.csv is missing"):
            await kernel.run("1")

    within(work, files={"b.csv": tmp_path / "b.csv"})


@pytest.mark.skipif(level().isolation is Isolation.LIMITS, reason="the other tests already run with limits alone")
def test_a_kernel_works_with_limits_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without isolation. Root would be refused, so the test hides it: these programs are harmless."""
    for module in ("level", "launch"):
        monkeypatch.setattr(f"tutor.labs.sandbox.{module}.is_root", lambda: False)

    async def work(kernel: Kernel) -> None:
        assert (await kernel.run("6 * 7")).value == "42"
        assert (await kernel.run("while True: pass", seconds=0.2)).ending is Ending.TIME
        result = await kernel.run("x = bytearray(10**9)")
        assert result.failure
        assert result.failure["type"] == "MemoryError"

    within(work, at_level=level_of(Isolation.LIMITS))


def test_look_answers_questions_about_remaining_values() -> None:
    async def work(kernel: Kernel) -> None:
        await kernel.run(
            "losses = [3.0, 2.0]\ndef double(x): return 2 * x\ndef stuck():\n    import time; time.sleep(60)"
        )
        asked = [
            {"ask": "value", "source": "losses[-1]"},
            {"ask": "value", "source": "double(losses)"},
            {"ask": "value", "source": "nothing"},
            {"ask": "python", "source": "assert losses[0] > 5, 'too small'"},
            {"ask": "facts"},
        ]
        last, doubled, nothing, python, facts = await kernel.look(asked)
        assert last["value"]["cells"] == [2.0]
        assert doubled["value"]["shape"] == [4]
        assert nothing["error"]["type"] == "NameError"
        assert python["error"]["message"] == "too small"
        assert facts["names"] == ["double", "losses", "stuck"]
        assert await kernel.look([{"ask": "value", "source": "stuck()"}], seconds=0.2) == []
        assert not kernel.is_alive

    within(work)
