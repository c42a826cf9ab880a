"""Hostile programs: each ends with a clear message, changes nothing outside, and leaves nothing running."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import tutor
from benchmarks.campaigns.containment import carrying
from tutor.errors import SandboxError
from tutor.labs.ending import Ending
from tutor.labs.explain import explain
from tutor.labs.kernel import Kernel, RunResult
from tutor.labs.sandbox.inside import landlock, seccomp
from tutor.labs.sandbox.level import Isolation, Level, level, level_of
from tutor.labs.sandbox.limits import MEGABYTE, Limits
from tutor.paths import shipped_lessons

SMALL = Limits(
    seconds=3.0,
    memory=200 * MEGABYTE,
    all_memory=160 * MEGABYTE,
    output=MEGABYTE // 2,
    file_size=2 * MEGABYTE,
    folder=4 * MEGABYTE,
    processes=20,
)


def levels() -> list[Level]:
    """Return the levels of real isolation that this machine offers."""
    found = [level()] if level().isolation is Isolation.BUBBLEWRAP else []
    if landlock.version() >= 1 and seccomp.is_supported():
        found.append(level_of(Isolation.LANDLOCK))
    return found


pytestmark = pytest.mark.skipif(not levels(), reason="this machine has no means to isolate a program")


def levels_that_run() -> list[Level]:
    """Return those levels and, where it can run, limits alone, which is only for the learner's own programs."""
    return [*levels(), *(each for each in (level_of(Isolation.LIMITS),) if each.can_run)]


at_every_level = pytest.mark.parametrize("at", levels(), ids=lambda at: at.isolation.value)


@dataclass
class Ran:
    result: RunResult
    left: list[int]
    is_usable: bool

    @property
    def told(self) -> str:
        """All that a learner is told about the run."""
        failure = self.result.failure
        trouble = explain(failure, {self.result.name: self.result.source}).text if failure else ""
        return f"{self.result.sentence}\n{trouble}"


def run(
    at: Level, source: str, *, seconds: float = 3.0, limits: Limits = SMALL, files: dict[str, Path] | None = None
) -> Ran:
    """Run a program in a new kernel, then see whether the kernel still works and what is left after closing it."""
    return run_each(at, [source], seconds=seconds, limits=limits, files=files)[0]


def run_each(
    at: Level,
    sources: Iterable[str],
    *,
    seconds: float = 3.0,
    limits: Limits = SMALL,
    files: dict[str, Path] | None = None,
) -> list[Ran]:
    """Run programs in one new kernel, one after another; see as above what each leaves.

    A kernel whose child has ended would start another, which shows nothing about the first.
    """

    async def all_of_them() -> list[Ran]:
        kernel = Kernel(at_level=at, limits=limits, files=files)
        tokens, ran = set(), []
        for source in sources:
            await kernel.start()
            assert kernel._box is not None
            tokens.add(kernel._box.token)
            result = await kernel.run(source, name="hostile.py", seconds=seconds)
            is_usable = not kernel.is_alive or (await kernel.run("1 + 1")).value == "2"
            ran.append(Ran(result, [], is_usable))
        await kernel.close()
        left = [process for token in tokens for process in carrying(token)]
        return [replace(each, left=left) for each in ran]

    return asyncio.run(all_of_them())


ENDS = [
    # name, program, seconds it may take, how it ends, words of the message
    ("endless loop", "while True: pass", 0.1, Ending.TIME, "the time limit"),
    (
        "endless loop that catches everything",
        "while True:\n    try:\n        for n in range(10**9): str(n)\n    except BaseException: pass",
        0.1,
        Ending.TIME,
        "the time limit",
    ),
    ("memory hog", "x = bytearray(10**9)", 3, Ending.FAILED, "more memory than it may have"),
    (
        "memory hog of many",
        # copying pages that existed before a fork stays within the limit on data; only the total stops it
        "import os, time\nx = bytearray(52 * 10**6)\ndef fill():\n    for at in range(0, len(x), 4096): x[at] = 1\n"
        "fill()\nfor _ in range(2):\n    if os.fork() == 0: break\nfill()\ntime.sleep(9)",
        5,
        Ending.MEMORY,
        "more memory than the 160 MB",
    ),
    (
        "processes that could need more together",
        "import os, time\nx = bytearray(b'x' * 60 * 10**6)\nfor _ in range(8):\n    if os.fork() == 0: time.sleep(9)",
        5,
        Ending.FAILED,
        "Another process would need more memory",
    ),
    ("endless printing", "while True: print('y' * 50)", 3, Ending.OUTPUT, "printed more than 0.5 MB"),
    ("a line of 10 MB", "print('x' * 10_000_000)", 3, Ending.OUTPUT, "printed more than 0.5 MB"),
    ("a segfault", "import ctypes\n\nctypes.string_at(0)", 3, Ending.CRASHED, "crashed in hostile.py, line 3"),
    ("os._exit", "import os\nos._exit(0)", 3, Ending.GONE, "ended its own process"),
    ("os.abort", "import os\nos.abort()", 3, Ending.CRASHED, "Python itself crashed"),
    ("recursion", "def f(n): return f(n + 1)\nf(0)", 3, Ending.FAILED, "needs a case in which it returns"),
    ("waiting for a keyboard", "name = input('Name? ')", 3, Ending.FAILED, "no keyboard"),
    (
        "a file without end",
        "with open('big', 'wb') as f:\n    while True: f.write(bytes(2**16))",
        3,
        Ending.FAILED,
        "reached their size limit",
    ),
]


each_of_them = pytest.mark.parametrize(
    ("source", "seconds", "ending", "said"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS]
)


@pytest.mark.parametrize("at", levels_that_run(), ids=lambda at: at.isolation.value)
@each_of_them
def test_a_hostile_program_ends_with_a_message(
    at: Level, source: str, seconds: float, ending: Ending, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.labs.kernel._GRACE", 0.2)  # one of them catches the interrupt, and loops until it ends
    ran = run(at, source, seconds=seconds)
    assert (ran.result.ending, ran.left, ran.is_usable) == (ending, [], True)
    assert said in ran.told
    assert len(ran.result.output) < 2 * SMALL.output


@at_every_level
def test_a_fork_bomb_cannot_start_more_processes_than_allowed(at: Level) -> None:
    source = """
import os, time
n = 0
while True:
    if os.fork() == 0:
        time.sleep(9)
    n += 1
    print(n, flush=True)
"""
    ran = run(at, source, limits=replace(SMALL, all_memory=1024 * MEGABYTE))
    assert ran.result.ending is Ending.FAILED
    assert "may not start more processes" in ran.told
    assert 1 <= int(ran.result.output.split()[-1]) <= SMALL.processes
    assert (ran.left, ran.is_usable) == ([], True)


@at_every_level
def test_an_exponential_fork_bomb_ends_and_leaves_nothing(at: Level) -> None:
    ran = run(at, "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", seconds=0.2)
    assert ran.result.ending in (Ending.TIME, Ending.MEMORY)
    assert ran.left == []


@at_every_level
def test_after_a_fork_bomb_names_are_kept_and_its_processes_gone(at: Level) -> None:
    async def work() -> tuple[Ending, str | None, int]:
        kernel = Kernel(at_level=at, limits=replace(SMALL, all_memory=1024 * MEGABYTE))
        await kernel.run("x = 42")
        bomb = await kernel.run("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", seconds=0.3)
        after = await kernel.run("x")
        assert kernel._box is not None
        left = len(carrying(kernel._box.token))
        await kernel.close()
        return bomb.ending, after.value, left

    ending, value, left = asyncio.run(work())
    assert (ending, value) == (Ending.TIME, "42")
    assert left <= 3  # the child and bubblewrap's two processes


@at_every_level
def test_a_daemon_does_not_survive(at: Level) -> None:
    source = """
import os, time
pid = os.fork()
if pid == 0:
    try: os.setsid()
    except OSError: pass
    if os.fork() == 0:
        for fd in (0, 1, 2): os.close(fd)
        time.sleep(60)
    os._exit(0)
os.waitpid(pid, 0)
print("started")
"""
    ran = run(at, source)
    assert ran.result.output == "started\n"
    assert ran.left == []


@at_every_level
def test_files_of_others_cannot_be_read(at: Level, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("marks")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    paths = (secret, Path("/etc/shadow"), Path("/etc/passwd"), Path(__file__))
    for ran in run_each(at, [f"print(open({str(path)!r}).read())" for path in paths]):
        assert ran.result.ending is Ending.FAILED, ran.result.source
        assert ran.result.failure
        assert ran.result.failure["type"] in ("FileNotFoundError", "PermissionError")
        assert "Python and its own folder" in ran.told
        assert ran.result.output == ""


@at_every_level
def test_the_tutor_itself_cannot_be_imported_or_read(at: Level) -> None:
    """The tutor's lessons contain the solutions."""
    roomy = replace(SMALL, memory=1024 * MEGABYTE)
    imported, found = run_each(at, ["import tutor.labs.checks", FIND_SOLUTIONS], limits=roomy)
    assert imported.result.failure
    assert imported.result.failure["type"] == "ModuleNotFoundError"
    assert found.result.ending is Ending.FINISHED, found.told
    assert found.result.output == "none\n"


FIND_SOLUTIONS = f"""
import os, sys, numpy
found = []
places = [f"{{top}}/tutor" for top in sys.path] + [os.path.dirname(numpy.__file__) + "/../tutor"]
for place in [*places, {str(shipped_lessons())!r}, {str(Path(tutor.__file__).parent)!r}]:
    for where, _, names in os.walk(place):
        for name in names:
            try:
                open(os.path.join(where, name)).close()
            except OSError:
                continue
            if not where.endswith(("inside", "given", "__pycache__")):
                found.append(os.path.join(where, name))
print(found or "none")
"""


@at_every_level
def test_nothing_can_be_written_outside_the_folder(at: Level, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    target = tmp_path / "written"
    inside = ("/usr/written", "/proc/sys/kernel/hostname", "/tutor/inside/written", "/written")
    places = (str(target), *inside, f"{sys.prefix}/written")
    for place, ran in zip(places, run_each(at, [f"open({each!r}, 'w').write('x')" for each in places]), strict=True):
        assert ran.result.ending is Ending.FAILED, place
        assert not Path(place).exists() or place.startswith("/proc")
        assert "Python and its own folder" in ran.told or place.startswith("/proc"), ran.told


@at_every_level
def test_there_is_no_network(at: Level) -> None:
    reached = threading.Event()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.7)

        def wait() -> None:
            try:
                server.accept()
                reached.set()
            except OSError:
                pass

        waiting = threading.Thread(target=wait)
        waiting.start()
        port = server.getsockname()[1]
        connection, lookup, datagram = run_each(
            at,
            [
                f"import socket\ns = socket.create_connection(('127.0.0.1', {port}), timeout=1)",
                "import urllib.request\nurllib.request.urlopen('http://example.com', timeout=1)",
                "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53))",
            ],
        )
        waiting.join()
    assert connection.result.ending is Ending.FAILED
    assert not reached.is_set()
    assert "no network here" in lookup.told
    assert datagram.result.ending is Ending.FAILED


@at_every_level
def test_deleting_its_folder_does_not_harm_the_lessons_files(at: Level, tmp_path: Path) -> None:
    data = tmp_path / "yield.csv"
    data.write_text("a,b\n1,2\n")
    source = """
import shutil, os
print(os.path.exists('data/yield.csv'))
shutil.rmtree(os.getcwd(), ignore_errors=True)
"""
    ran = run(at, source, files={"data/yield.csv": data})
    assert ran.result.output == "True\n"
    assert data.read_text() == "a,b\n1,2\n"
    assert (ran.left, ran.is_usable) == ([], True)


@at_every_level
def test_a_program_cannot_kill_the_tutor(at: Level) -> None:
    """The parent is the tutor, or bubblewrap inside its namespace; this test must survive in both cases."""
    source = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(-1, signal.SIGKILL)\nprint('alive')"
    ran = run(at, source)
    assert ran.result.ending in (Ending.FAILED, Ending.FINISHED, Ending.GONE, Ending.MEMORY)
    assert ran.left == []


@at_every_level
def test_a_program_gets_no_rights(at: Level) -> None:
    signal, user, root, limit, namespaces = run_each(
        at,
        [
            f"import os\nos.kill({os.getpid()}, 0)",
            "os.getuid() == 0, os.geteuid() == 0",
            "os.setuid(0)",
            "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (2**40, 2**40))",
            "import ctypes\nctypes.CDLL(None, use_errno=True).unshare(0x10000000), ctypes.CDLL(None).unshare(0x20000)",
        ],
    )
    assert signal.result.failure
    assert signal.result.failure["type"] in ("PermissionError", "ProcessLookupError")
    assert "reaches no other program" in signal.told or "sees no process but its own" in signal.told
    assert user.result.value == "(False, False)"
    assert root.result.ending is Ending.FAILED or os.geteuid() != 0
    assert limit.result.ending is Ending.FAILED
    assert namespaces.result.value == "(-1, -1)"


@at_every_level
def test_escape_sequences_do_not_reach_the_screen(at: Level) -> None:
    source = r"print('\x1b[31mred\x1b[0m \x1b]52;c;cm0gLXJm\x07\x1b]0;title\x1b\\ \x9b2J\x07\x08ok ‮txt')"
    assert run(at, source).result.output == "red  2Jok txt\n"


@at_every_level
def test_rubbish_in_the_answer_pipe_ends_only_the_program(at: Level) -> None:
    source = r"""
import os
for fd in range(3, 20):
    try: os.write(fd, b'{"is": "nonsense"}\n[1]\nnull\n\xff\n')
    except OSError: pass
"""
    ran, again = run_each(at, [source, "1 + 1"])
    assert ran.result.ending is Ending.CRASHED
    assert again.result.value == "2", "the kernel starts another child"


def test_as_root_nothing_runs_without_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.labs.sandbox.level.is_root", lambda: True)
    with pytest.raises(SandboxError, match="ordinary user"):
        run(level_of(Isolation.LIMITS), "1")


def test_every_level_describes_itself() -> None:
    for isolation in Isolation:
        told = level_of(isolation)
        assert told.sentence.startswith("Your program runs")
        assert bool(told.better) is (isolation is not Isolation.BUBBLEWRAP)
