"""No program outlives the tutor or evades its limits, however the tutor ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from benchmarks.campaigns import containment
from benchmarks.campaigns.bombs import BOMBS, PROBES
from benchmarks.campaigns.containment import carrying
from tests.labs.test_containment import SMALL, at_every_level, levels, run, run_each
from tutor.labs.ending import Ending
from tutor.labs.sandbox import bubblewrap, leftovers
from tutor.labs.sandbox.inside import folder
from tutor.labs.sandbox.inside.confine import Plan
from tutor.labs.sandbox.inside.sharing import descendants
from tutor.labs.sandbox.inside.supervisor import Questions
from tutor.labs.sandbox.launch import launch
from tutor.labs.sandbox.level import Isolation, Level
from tutor.labs.sandbox.limits import MEGABYTE, Limits
from tutor.labs.sandbox.python import Python, python

pytestmark = pytest.mark.skipif(not levels(), reason="this machine has no means to isolate a program")

_TUTOR = """
import asyncio, sys
from tutor.labs.kernel import Kernel
from tutor.labs.sandbox.level import Isolation, level, level_of
from tutor.labs.sandbox.limits import Limits

async def run(name):
    at = level() if name == "bubblewrap" else level_of(Isolation(name))
    kernel = Kernel(at_level=at, limits=Limits(processes=24))
    await kernel.start()
    print(kernel._box.token, flush=True)
    await kernel.run(sys.argv[1], seconds=60, on_event=lambda event: print(event.text, flush=True))
    await asyncio.sleep(60)

async def work():
    await asyncio.gather(*map(run, sys.argv[2:]))

asyncio.run(work())
"""
_SLEEPERS = """
import ctypes, os, time
ctypes.CDLL(None).prctl(1, 0)  # outlives its parent, if that is allowed
for _ in range(3):
    if os.fork() == 0:
        try: os.setsid()
        except OSError: pass
        if os.fork() == 0:
            for fd in range(20):
                try: os.close(fd)
                except OSError: pass
            time.sleep(90)
        os._exit(0)
print("running", flush=True)
time.sleep(90)
"""
_FORK_BOMB = """
import os
print("running", flush=True)
while True:
    try: os.fork()
    except OSError: pass
"""
_IDLE = 'print("running", flush=True)'


def _obey_hang_up() -> None:
    """Restore the default for SIGHUP, which nohup makes its children ignore."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def begun(tutor: subprocess.Popen[str], count: int) -> list[str]:
    """Wait until the programs of a tutor run, and return their tokens."""
    assert tutor.stdout is not None
    tokens: list[str] = []
    running = 0
    while running < count:
        line = tutor.stdout.readline()
        assert line, "the tutor has ended"
        running += line.strip() == "running"
        tokens += [line.strip()] if line.strip() not in ("", "running") else []
    return tokens


def kill_tutor(at: list[Level], program: str, number: signal.Signals) -> dict[str, list[int]]:
    """Run a program at several levels in a new tutor, kill that tutor, and return for each token the processes that
    remain."""
    command = [sys.executable, "-c", _TUTOR, program, *(each.isolation.value for each in at)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=_obey_hang_up
    ) as tutor:
        tokens = begun(tutor, len(at))
        time.sleep(0.1)
        tutor.send_signal(number)
        tutor.wait(timeout=10)
    return {token: survivors(token) for token in tokens}


def survivors(token: str, seconds: float = 5.0) -> list[int]:
    """Wait up to some seconds until no process carries a token; kill and return those that still do."""
    end = time.monotonic() + seconds
    while (left := carrying(token)) and time.monotonic() < end:
        time.sleep(0.05)
    for process in left:  # a failing test must not leave them running
        os.kill(process, signal.SIGKILL)
    return left


@pytest.mark.parametrize(
    ("program", "number"),
    [(_SLEEPERS, signal.SIGTERM), (_FORK_BOMB, signal.SIGKILL), (_IDLE, signal.SIGHUP)],
    ids=["sleepers, SIGTERM", "fork bomb, SIGKILL", "idle, SIGHUP"],
)
def test_nothing_outlives_the_tutor(program: str, number: signal.Signals) -> None:
    """The campaign ``benchmarks.campaigns.containment`` ends a tutor in every way under every program."""
    left = kill_tutor(levels(), program, number)
    assert not any(left.values()), left
    assert len(left) == len(levels())
    end = time.monotonic() + 5.0
    while (folders := sum(map(containment.folders_of, left))) and time.monotonic() < end:
        time.sleep(0.05)
    assert folders == 0


def test_folders_and_processes_of_a_dead_tutor_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They remain only if the supervisor was killed too, or the machine lost power."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = leftovers.mark()
    namespace, process, begun = mine.split("-")
    dead = f"{namespace}-{process}-{int(begun) - 1}"
    for name in (f"tutor-{mine}-abc", f"tutor-{dead}-abc", f"tutor-1{dead}-abc", "tutor-unrelated"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen(sleeper, env={leftovers.TOKEN: f"{dead}-abc"}) as lost,
        subprocess.Popen(sleeper, env={leftovers.TOKEN: f"{mine}-abc"}) as alive,
    ):
        wait_for_environment(lost.pid, alive.pid)
        leftovers.sweep()
        assert lost.wait(timeout=10) == -signal.SIGKILL
        assert alive.poll() is None
        alive.kill()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"tutor-{mine}-abc", f"tutor-1{dead}-abc", "tutor-unrelated"]
    )


@at_every_level
def test_a_fork_bomb_without_a_supervisor_is_swept(at: Level) -> None:
    """The supervisor was killed together with the tutor or before it."""
    if at.isolation is Isolation.BUBBLEWRAP:
        pytest.skip("the namespace ends with its first process")
    command = [sys.executable, "-c", _TUTOR, _FORK_BOMB, at.isolation.value]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tutor:
        (token,) = begun(tutor, 1)
        time.sleep(0.1)
        supervisor = descendants(tutor.pid)[1]
        for process in (supervisor, tutor.pid):
            os.kill(process, signal.SIGSTOP)
        for process in (supervisor, tutor.pid):
            os.kill(process, signal.SIGKILL)
        tutor.wait(timeout=10)
    before = carrying(token)
    leftovers.sweep()
    assert before
    assert survivors(token) == []


def wait_for_environment(*processes: int) -> None:
    """Wait until the processes have replaced the copy of this program by their own."""
    while not all(leftovers.TOKEN.encode() in Path(f"/proc/{each}/environ").read_bytes() for each in processes):
        time.sleep(0.01)


# -- folders ----------------------------------------------------------------------------------------------------------


@at_every_level
def test_nested_folders_do_not_stop_the_clock(at: Level) -> None:
    ran = run(at, BOMBS["nested folders"], seconds=0.5)
    assert ran.result.ending in (Ending.TIME, Ending.FOLDER)
    assert ran.left == []
    assert not [name for name in os.listdir("/tmp") if name.startswith(f"tutor-{leftovers.mark()}")]


@at_every_level
def test_a_program_ends_when_its_watcher_fails(at: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter(range(1000))
    monkeypatch.setattr("tutor.labs.usage.Meter.memory", lambda *_: 1 // abs(next(turns) - 10))
    ran = run(at, "import time\ntime.sleep(60)", seconds=30)
    assert ran.result.ending is Ending.STOPPED


def nest(top: Path, depth: int) -> None:
    """Create nested folders whose path is longer than the system allows."""
    before = os.getcwd()
    try:
        os.chdir(top)
        for _ in range(depth):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
        Path("file").write_text("x")
    finally:
        os.chdir(before)


def test_any_folder_can_be_measured_and_removed(tmp_path: Path) -> None:
    enough = 1 << 30
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "file").write_bytes(bytes(10_000))
    assert 10_000 <= folder.size(str(tmp_path), enough) <= 40_000
    deep = tmp_path / "deep"
    deep.mkdir()
    nest(deep, 1500)
    (deep / "closed" / "inner").mkdir(parents=True)
    (deep / "closed" / "inner" / "file").write_text("x")
    (deep / "link").symlink_to(tmp_path / "few")
    os.mkfifo(deep / "pipe")
    (deep / "closed" / "inner").chmod(0)
    (deep / "closed").chmod(0)
    assert folder.size(str(deep), enough) > enough
    assert folder.remove(str(deep))
    assert not deep.exists()
    assert (tmp_path / "few" / "file").exists()


# -- memory and files that belong to no visible process --------------------------------------------------------------

HIDDEN = ("shared pages", "shared pages that were given back", "nameless memory", "files without a name")


@pytest.mark.parametrize("name", HIDDEN)
@at_every_level
def test_hidden_memory_and_files_are_counted(at: Level, name: str) -> None:
    limits = replace(SMALL, memory=400 * MEGABYTE, all_memory=400 * MEGABYTE, folder=40 * MEGABYTE)
    ran = run(at, BOMBS[name], seconds=8, limits=limits)
    assert ran.result.ending in (Ending.MEMORY, Ending.FOLDER, Ending.FAILED)


# -- calls ------------------------------------------------------------------------------------------------------------


@at_every_level
def test_probes_find_no_way_out(at: Level) -> None:
    for name, ran in zip(PROBES, run_each(at, PROBES.values()), strict=True):
        assert ran.result.value == "[]", name


def test_a_short_run_of_the_campaign() -> None:
    """Run a bomb as this user, at one level because tests above run it at each, and probes as another user if root."""
    this, *other = containment.people()
    outcomes = [
        *containment.matrix([this], containment.levels()[-1:], ["files without a name"], seed=1, kills=1),
        *containment.matrix(other, containment.levels(), ["calls that lead out"], seed=1, kills=0),
    ]
    assert [outcome.broken for outcome in outcomes] == [[]] * len(outcomes)
    assert all(outcome.tried for outcome in outcomes)


@at_every_level
def test_other_files_keep_their_rights_and_times(at: Level, tmp_path: Path) -> None:
    """Landlock does not restrict calls that change a file's metadata."""
    for folder_above in (tmp_path, *tmp_path.parents[:2]):
        folder_above.chmod(0o755)
    file = tmp_path / "homework"
    file.write_text("mine")
    file.chmod(0o640)
    before = file.stat()
    source = f"""
import contextlib, os, shutil
path = {str(file)!r}
for work in (
    lambda: os.chmod(path, 0o777), lambda: os.utime(path, (1, 1)), lambda: os.truncate(path, 0),
    lambda: os.setxattr(path, "user.x", b"y"), lambda: os.chown(path, -1, os.getgid()),
):
    with contextlib.suppress(OSError): work()
open("a", "w").write("copied")
shutil.copy2("a", "b")
open("b").read()
"""
    assert run(at, source).result.value == "'copied'"
    after = file.stat()
    assert (after.st_mode, after.st_mtime, after.st_ctime, after.st_size) == (
        before.st_mode, before.st_mtime, before.st_ctime, before.st_size,
    )  # fmt: skip


def test_under_root_a_sandbox_has_another_user() -> None:
    if os.geteuid():
        pytest.skip("not root")
    at = next(each for each in levels() if each.isolation is not Isolation.LIMITS)
    assert int(run(at, "import os\nos.getuid()").result.value or 0) not in (0, os.getuid())


_FAR = """
import resource, threading, time
before = resource.getrlimit(resource.RLIMIT_NPROC)[0]
try: resource.setrlimit(resource.RLIMIT_NPROC, (before + 1, before + 1))
except (OSError, ValueError): pass
after = resource.getrlimit(resource.RLIMIT_NPROC)[0]
before, after, after - before
"""


@at_every_level
def test_the_number_of_processes_cannot_be_raised_from_inside(at: Level) -> None:
    value = run(at, _FAR).result.value
    assert value
    assert value.endswith(", 0)")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="under root each program has another user")
def test_other_programs_of_the_user_leave_room_for_the_learner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser with hundreds of threads, started after the child, does not use up the child's processes."""
    monkeypatch.setattr("tutor.labs.sandbox.process._FOLLOW_EVERY", 2)
    at = next((each for each in levels() if each.isolation is Isolation.LANDLOCK), None)
    if at is None:
        pytest.skip("no Landlock here")
    source = """
import resource, time
before = resource.getrlimit(resource.RLIMIT_NPROC)[0]
print("started", flush=True)
time.sleep(2)
resource.getrlimit(resource.RLIMIT_NPROC)[0] - before
"""
    stop = threading.Event()
    others = [threading.Thread(target=stop.wait) for _ in range(100)]

    def start_others(*_: object) -> int:
        for each in others:
            each.start()
        return 0

    threading.Timer(0.8, start_others).start()
    try:
        assert int(run(at, source, seconds=5).result.value or 0) >= 90
    finally:
        stop.set()


# -- the Python of TUTOR_PYTHON --------------------------------------------------------------------------------------


def test_a_python_inside_a_home_does_not_expose_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a launcher in a home nor an interpreter whose prefix is a home exposes the other files there."""
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "secret").write_text("marks")
    monkeypatch.setenv("HOME", str(home))
    launcher = home / "bin" / "python"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    launcher.chmod(0o755)
    found = python(str(launcher))
    assert found.executable == sys.executable
    assert not shows(found, home / "secret")
    told = {
        "executable": str(launcher),
        "prefixes": [str(home)] * 4,
        "packages": [str(home / "lib" / "python3.11" / "site-packages")],
        "library": [str(home / "lib" / "python3.11")],
    }
    (home / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    (home / "lib" / "libpython3.11.so").write_text("")
    launcher.write_text(f"#!/bin/sh\necho '{json.dumps(told)}'\n")
    python.cache_clear()
    found = python(str(launcher))
    python.cache_clear()
    assert found.folders == (str(home / "lib" / "python3.11"),)
    assert set(found.files) == {str(launcher), str(home / "lib" / "libpython3.11.so")}


def shows(interpreter: Python, path: Path) -> bool:
    """Return whether a sandbox for the interpreter exposes a path."""
    return any(path.is_relative_to(shown) for shown in (*interpreter.folders, *interpreter.files))


# -- memory of several processes --------------------------------------------------------------------------------------

_SEVERAL = """
import os, time
def fill():
    kept = []
    try:
        while True: kept.append(b"x" * 10**6)
    except MemoryError:
        return len(kept)
begin = time.monotonic() + 0.5
for _ in range(4):
    if os.fork() == 0:
        time.sleep(begin - time.monotonic())
        fill()
        time.sleep(0.5)
        os._exit(7)
ends = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(4)]
end = time.monotonic() + 5
while (alone := fill()) < 80 and time.monotonic() < end:
    time.sleep(0.05)
ends, alone >= 80
"""


@at_every_level
def test_processes_share_the_memory_limit_and_a_single_one_gets_it_all(at: Level) -> None:
    ran = run(at, _SEVERAL, seconds=20, limits=replace(SMALL, memory=120 * MEGABYTE))
    assert ran.result.ending is Ending.FINISHED, ran.result
    assert ran.result.value == "([7, 7, 7, 7], True)"


_FROM_THE_START = """
import os, resource, time
kinds = (resource.RLIMIT_DATA, resource.RLIMIT_NOFILE)
found = [[resource.getrlimit(kind)[0] for kind in kinds]]
for _ in range(3):
    here, there = os.pipe()
    if os.fork() == 0:
        os.write(there, " ".join(str(resource.getrlimit(kind)[0]) for kind in kinds).encode())
        time.sleep(20)
        os._exit(0)
    found.append([int(each) for each in os.read(here, 99).split()])
found
"""


@at_every_level
def test_a_new_process_is_limited_to_its_share_at_once(at: Level) -> None:
    ran = run(at, _FROM_THE_START, seconds=10, limits=replace(SMALL, memory=120 * MEGABYTE))
    alone, *began = json.loads(ran.result.value or "")
    assert alone[0] == 120 * MEGABYTE
    data, files = zip(*began, strict=True)
    assert data == tuple(sorted(data, reverse=True))
    assert data[-1] < alone[0]
    assert files[-1] < alone[1]


@pytest.mark.parametrize("has_come", [True, False])
def test_memory_is_shared_even_if_the_kernel_sends_no_notifications(has_come: bool) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        questions = Questions(Plan(all_memory=MEGABYTE, memory=MEGABYTE, open_files=64), ours)
        assert questions.wait is None
        assert not questions.answer(has_come=has_come)
    assert questions.wait is not None


# -- the start --------------------------------------------------------------------------------------------------------


def test_the_code_in_the_sandbox_is_compiled_once_for_all_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing may be written there: without compiled files, each start would compile it again. What is no Python, such
    as the file that macOS puts beside each one on a foreign disk, stops nothing."""
    inside = tmp_path / "inside"
    shutil.copytree(bubblewrap.INSIDE, inside, ignore=shutil.ignore_patterns("__pycache__"))
    sources = list(inside.rglob("*.py"))
    (inside / "._child.py").write_bytes(b"\0\5\26\7\xff")
    (inside / "gone.py").symlink_to(tmp_path / "gone")
    monkeypatch.setattr(bubblewrap, "INSIDE", inside)
    started = launch(levels()[0], Limits(), {})
    if started.folder is not None:
        folder.remove(str(started.folder))
    assert len(sources) > 10
    assert [path.name for path in sources if not Path(cache_from_source(path)).is_file()] == []
