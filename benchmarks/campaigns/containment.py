"""Attack the sandbox from inside: ``python -m benchmarks.campaigns.containment [--seed 1] [--short]``.

Every probe and every bomb of ``bombs`` runs in bubblewrap and in Landlock, as root (if this is root) and as an ordinary
user. Measured from outside, independently of the sandbox: the memory of all its processes including shared pages, the
disk, System V objects and shared memory left behind, and processes that outlive the program, or a tutor that is ended
by SIGTERM, SIGHUP or SIGKILL.

If this is root and the machine has version 1 of the control groups, which the tutor does not use, the kernel reports
the peak memory. Otherwise memory is sampled every 20 ms, and other programs' shared memory is counted too.

The campaign limits itself: it runs in a process namespace that ends with it (where possible), and a guard ends
everything beyond 2 GB, 200 processes or the time limit. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.campaigns.bombs import BOMBS, PROBES
from benchmarks.campaigns.outcome import Outcome, report
from tutor.labs.kernel import Kernel
from tutor.labs.sandbox import leftovers
from tutor.labs.sandbox.inside.sharing import descendants
from tutor.labs.sandbox.level import Isolation, Level, level, level_of
from tutor.labs.sandbox.limits import MEGABYTE, Limits

LIMITS = Limits(
    seconds=2.0,
    memory=300 * MEGABYTE,
    all_memory=400 * MEGABYTE,
    output=MEGABYTE // 2,
    file_size=8 * MEGABYTE,
    folder=32 * MEGABYTE,
    processes=24,
)
SLACK = 300 * MEGABYTE
"""How far a bomb may get between two checks: 100 ms for memory, 200 ms for disk."""

_MOST_MEMORY, _MOST_PROCESSES, _MOST_SECONDS = 2 << 30, 200, 1800
_ONE_RUN = 40.0
_USER = 1_800_000_000
_SHORT = ("shared pages that were given back", "files without a name", "fork bomb", "nested folders")
_GROUPS = Path("/sys/fs/cgroup/memory")
_GROUP = "CAMPAIGN_GROUP"
_BUFFERS = ("pipes", "socket buffers", "network buffers")
"""Bombs that fill the kernel's buffers, which only a control group limits; their memory is reported separately."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)


@dataclass
class Measured:
    """What one program used and left; sizes in bytes, relative to before."""

    ending: str = ""
    value: str = ""
    memory: int = 0
    disk: int = 0
    processes: int = 0
    left: int = 0
    between_processes: int = 0
    folders: int = 0


# -- measuring -------------------------------------------------------------------------------------------------------


def _shared() -> int:
    """Return the bytes of all shared memory of this computer, mapped or not, including files in memory."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("Shmem:"):
            return 1024 * int(line.split()[1])
    return 0


def _private(processes: list[int]) -> int:
    total = 0
    for process in processes:
        with suppress(OSError):
            for line in Path(f"/proc/{process}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    total += 1024 * int(line.split()[1])
    return total


def _used() -> int:
    found = os.statvfs(tempfile.gettempdir())
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _between_processes() -> int:
    """Return the number of System V segments, queues and semaphores."""
    found = 0
    for kind in ("shm", "msg", "sem"):
        with suppress(OSError):
            found += len(Path(f"/proc/sysvipc/{kind}").read_text().splitlines()) - 1
    return found


def carrying(token: str) -> list[int]:
    """Return all processes that have this token in their environment."""
    return [process for process, other in leftovers.marked_processes() if other == token]


def folders_of(token: str) -> int:
    """Return the number of folders that belong to the tutor with this token."""
    start = f"{leftovers.PREFIX}{token.rpartition('-')[0]}"
    return sum(name.startswith(start) for name in os.listdir(tempfile.gettempdir()))


@contextmanager
def _memory_group() -> Iterator[Path | None]:
    """Yield a control group in which the kernel counts memory, or None if there cannot be one."""
    group = _GROUPS / f"campaign-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        yield None
        return
    try:
        yield group
    finally:
        for _ in range(100):
            with suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.05)


def _counted(name: str) -> int:
    """Return what the kernel counts in this process's group, including kernel buffers; 0 without a group."""
    group = os.environ.get(_GROUP)
    return int(Path(group, name).read_text()) if group else 0


@contextmanager
def _sampled(into: Measured) -> Iterator[None]:
    """Record the peak values while the block runs."""
    done = threading.Event()
    in_memory, shared, used, counted = _is_in_memory(), _shared(), _used(), _counted("memory.usage_in_bytes")

    def sample() -> None:
        while not done.wait(0.02):
            members = [each for each in descendants(os.getpid()) if each != os.getpid()]
            disk = _used() - used
            into.disk = max(into.disk, disk)
            if not counted:
                memory = _private(members) + _shared() - shared - (disk if in_memory else 0)
                into.memory = max(into.memory, memory)
            into.processes = max(into.processes, len(members))

    watching = threading.Thread(target=sample)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
        if counted:
            into.memory = _counted("memory.max_usage_in_bytes") - counted - (into.disk if in_memory else 0)


def _is_in_memory() -> bool:
    """Return whether the temporary folder is a file system in memory, as it is under the guard."""
    return any(
        line.split()[1:3] == [tempfile.gettempdir(), "tmpfs"] for line in Path("/proc/mounts").read_text().splitlines()
    )


# -- one program, in a separate process ----------------------------------------------------------------------------


def _level(name: str) -> Level:
    return level() if name == Isolation.BUBBLEWRAP else level_of(Isolation(name))


async def _run(at: Level, source: str, into: Measured) -> None:
    before = _between_processes()
    kernel = Kernel(at_level=at, limits=LIMITS)
    await kernel.start()
    assert kernel._box is not None
    token = kernel._box.token
    with _sampled(into):
        result = await kernel.run(source, name="bomb.py")
        into.ending, into.value = result.ending.value, result.value or ""
        await kernel.close()
    into.left = len(carrying(token))
    into.between_processes = _between_processes() - before
    into.folders = folders_of(token)


async def _run_until_killed(at: Level, source: str) -> None:
    kernel = Kernel(at_level=at, limits=LIMITS)
    await kernel.start()
    assert kernel._box is not None
    print(kernel._box.token, flush=True)
    await kernel.run(source, name="bomb.py", seconds=60)
    await asyncio.sleep(60)


def _worker(name: str, program: str, *, is_killed: bool) -> None:
    """Run one program at one level and print what was measured, or wait to be killed."""
    source = (PROBES | BOMBS)[program]
    if is_killed:
        asyncio.run(_run_until_killed(_level(name), source))
        return
    into = Measured()
    asyncio.run(_run(_level(name), source, into))
    print(json.dumps(asdict(into)))


# -- the matrix ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A user who runs the tutor, and the command line for it."""

    name: str
    command: tuple[str, ...]

    def run(self, at: str, program: str) -> Measured:
        """Run one program to its end."""
        with _memory_group() as group:
            inside = ("sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group)) if group else ()
            done = subprocess.run(
                [*inside, *self.command, "--worker", at, program],
                env=os.environ | ({_GROUP: str(group)} if group else {}),
                capture_output=True,
                text=True,
                timeout=_ONE_RUN,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(done.stderr[-400:])
        return Measured(**json.loads(done.stdout.splitlines()[-1]))

    def kill(self, at: str, program: str, number: signal.Signals, after: float) -> int:
        """Kill a tutor whose program is running; return how many processes and folders remain after some seconds."""
        command = [*self.command, "--worker", at, program, "--killed"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tutor:
            assert tutor.stdout is not None
            token = tutor.stdout.readline().strip()
            time.sleep(after)
            tutor.send_signal(number)
            tutor.wait(timeout=10)
        assert token
        end = time.monotonic() + 3.0
        while (left := len(carrying(token))) and time.monotonic() < end:
            time.sleep(0.05)
        end += 3.0  # an ordinary disk needs time to remove very many files
        while (folders := folders_of(token)) and time.monotonic() < end:
            time.sleep(0.05)
        return left + folders


def people() -> list[Person]:
    """Return this user and, if this is root, also an ordinary user with a Python that it can run."""
    module = ["-m", "benchmarks.campaigns.containment"]
    if os.geteuid():
        return [Person("user", (sys.executable, *module))]
    found = [Person("root", (sys.executable, *module))]
    become = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", "--inh-caps=-all"]
    become += ["--bounding-set=-all", "env", f"HOME={tempfile.gettempdir()}", f"PYTHONPATH={os.pathsep.join(sys.path)}"]
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = (*become, python, "-B")
        if not subprocess.run(
            [*command, "-c", "import tutor.labs.kernel"], capture_output=True, check=False
        ).returncode:
            return [*found, Person("user", (*command, *module))]
    print("No ordinary user can run this Python, so only root is tested.")
    return found


def matrix(persons: list[Person], levels: list[str], programs: list[str], seed: int, kills: int) -> Iterator[Outcome]:
    """Run everything; ``kills`` is the number of signals with which each bomb's tutor is ended."""
    chance = random.Random(seed)
    for person in persons:
        for at in levels:
            outcome = Outcome(f"{at} as {person.name}")
            worst, buffers = Measured(), 0
            for program in programs:
                print(f"{at} as {person.name}: {program}", file=sys.stderr, flush=True)
                found = person.run(at, program)
                outcome.hold(program not in PROBES or found.value == "[]", f"{program}: {found.value}")
                if program in _BUFFERS:
                    buffers, found.memory = max(buffers, found.memory), 0
                outcome.hold(found.memory <= LIMITS.all_memory + SLACK, f"{program}: {found.memory >> 20} MB of memory")
                outcome.hold(found.disk <= LIMITS.folder + SLACK, f"{program}: {found.disk >> 20} MB of disk")
                outcome.hold(not found.left, f"{program}: {found.left} processes left")
                outcome.hold(
                    found.between_processes <= 0, f"{program}: {found.between_processes} segments or queues left"
                )
                outcome.hold(not found.folders, f"{program}: its folder is left")
                worst.memory, worst.disk = max(worst.memory, found.memory), max(worst.disk, found.disk)
                print(f"  {found.memory >> 20} MB, {found.disk >> 20} MB of disk", file=sys.stderr, flush=True)
                worst.processes = max(worst.processes, found.processes)
                if program in BOMBS:
                    for number in chance.sample(_SIGNALS, kills):
                        left = person.kill(at, program, number, chance.uniform(0.0, 0.8))
                        outcome.hold(not left, f"{program}: {left} outlived {number.name}")
            most = f"{worst.memory >> 20} MB of memory, {worst.disk >> 20} MB of disk, {worst.processes} processes"
            most += f"; {buffers >> 20} MB in the kernel's buffers"
            outcome.figures = f"(at most {most})"
            yield outcome


def levels() -> list[str]:
    """Return the levels of real isolation that this machine has."""
    from tutor.labs.sandbox.inside import landlock, seccomp

    found = [Isolation.BUBBLEWRAP.value] if level().isolation is Isolation.BUBBLEWRAP else []
    return [*found, *([Isolation.LANDLOCK.value] if landlock.version() and seccomp.is_supported() else [])]


# -- the guard -------------------------------------------------------------------------------------------------------


def _guarded(arguments: list[str]) -> int:
    """Run the campaign in a process that takes everything it started with it, and end it if it exceeds the limits."""
    command = [sys.executable, "-m", "benchmarks.campaigns.containment", "--inner", *arguments]
    if os.geteuid() == 0 and shutil.which("unshare"):
        # the shell stays as process 1, to reap orphans; the temporary folder is a file system of one gigabyte
        prepare = 'mount -t tmpfs -o size=1g,mode=1777 tmpfs /tmp/campaign && "$@"; exit $?'
        Path("/tmp/campaign").mkdir(exist_ok=True)
        own = [
            "setpriv",
            "--pdeathsig=KILL",
            "unshare",
            "--pid",
            "--fork",
            "--kill-child=KILL",
            "--mount",
            "--mount-proc",
            "--ipc",
        ]
        command = [*own, "env", "TMPDIR=/tmp/campaign", "sh", "-c", prepare, "sh", *command]
    shared = _shared()
    with subprocess.Popen(command) as campaign:
        end = time.monotonic() + _MOST_SECONDS
        while campaign.poll() is None:
            members = descendants(campaign.pid)
            memory = _private(members) + _shared() - shared
            if time.monotonic() > end or memory > _MOST_MEMORY or len(members) > _MOST_PROCESSES:
                print(f"Ended: {memory >> 20} MB, {len(members)} processes.")
                for process in reversed(members):
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
            time.sleep(0.1)
        return campaign.returncode


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="four bombs and one signal each")
    parser.add_argument("--only", default="", help="programs with this in their name")
    parser.add_argument("--at", default="", help="one level only")
    parser.add_argument("--person", default="", help="root or user only")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--worker", nargs=2, metavar=("LEVEL", "PROGRAM"), help=argparse.SUPPRESS)
    parser.add_argument("--killed", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        name, program = options.worker
        _worker(name, program, is_killed=options.killed)
        return 0
    if not options.inner:
        return _guarded(sys.argv[1:])
    programs = [name for name in (*PROBES, *(_SHORT if options.short else BOMBS)) if options.only in name]
    chosen = [each for each in people() if options.person in ("", each.name)]
    at = [each for each in levels() if options.at in ("", each)]
    return report(matrix(chosen, at, programs, options.seed, 1 if options.short else len(_SIGNALS)))


if __name__ == "__main__":
    sys.exit(main())
