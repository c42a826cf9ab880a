"""How the child is started at each level: command line, surroundings, and the plan of what it gives up."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutor.errors import SandboxError
from tutor.labs.sandbox import bubblewrap
from tutor.labs.sandbox.hidden import without_hidden
from tutor.labs.sandbox.inside import seccomp
from tutor.labs.sandbox.inside.confine import Plan
from tutor.labs.sandbox.level import Isolation, Level, is_root
from tutor.labs.sandbox.limits import Limits
from tutor.labs.sandbox.python import Python, python
from tutor.labs.usage import processes_of_mine

TOKEN = "TUTOR_BOX"
"""The name of the environment variable by which all that comes of a program can be found."""

_NOBODY = 65534
# Numbers that no account has (systemd leaves 1879048192 and up unused): with one each, boxes do not count as one
# another
_FIRST_USER, _USERS = 1_900_000_000, 100_000
_next_user = itertools.count(random.randrange(_USERS))

_READABLE = [
    "/usr",
    "/lib",
    "/lib64",
    "/lib32",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/nix/store",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/dev/urandom",
    "/dev/zero",
    "/dev/random",
]
_WRITABLE = ("/dev/null",)
_KEPT = ("SYSTEMROOT", "PATHEXT", "VIRTUAL_ENV", "CONDA_PREFIX")
"""What Windows needs, and which environment is switched on in the terminal: lesson 6 looks at that."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A command line with its surroundings; ``folder`` is on this machine, to be removed after (None: in the box).

    ``token`` stands in the environment of all that comes of it.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    plan: Plan = field(default_factory=Plan)
    folder: Path | None = None
    token: str = ""


def launch(level: Level, limits: Limits, files: Mapping[str, Path]) -> Launch:
    """What to start for a program with ``files`` (name in its folder → where it is).

    Raises ``SandboxError`` where the program would be root or could not be kept.
    """
    if not level.can_run:
        raise SandboxError(
            "Nothing here keeps a program apart, and the tutor runs as root.",
            hint=f"Run the tutor as an ordinary user. {level.better}",
        )
    for name, path in files.items():
        if not path.is_file():
            raise SandboxError(f"The lesson's file {name} is missing: {path} is not there.")
    interpreter = python()
    if level.isolation is Isolation.BUBBLEWRAP:
        return _boxed(level, limits, files, interpreter)
    return _bare(level, limits, files, interpreter)


def _boxed(level: Level, limits: Limits, files: Mapping[str, Path], interpreter: Python) -> Launch:
    plan = _limits(limits, limits.processes)
    plan["calls"] = seccomp.NAMESPACED
    if is_root():
        plan["user"] = _a_user()
    environment = _environment(limits, bubblewrap.FOLDER, "/tmp")
    command = bubblewrap.box(level.options, interpreter, limits, files, environment)
    outside = {"PATH": os.defpath, TOKEN: environment[TOKEN]}
    command += _python(interpreter, bubblewrap.child_path())
    return Launch(tuple(command), outside, plan, token=environment[TOKEN])


def _bare(level: Level, limits: Limits, files: Mapping[str, Path], interpreter: Python) -> Launch:
    folder = Path(tempfile.mkdtemp(prefix="tutor-"))
    try:
        return _in_folder(folder, level, limits, files, interpreter)
    except BaseException:
        remove(folder)
        raise


def _in_folder(folder: Path, level: Level, limits: Limits, files: Mapping[str, Path], interpreter: Python) -> Launch:
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    mine = processes_of_mine()
    plan = Plan() if sys.platform == "win32" else _limits(limits, mine + limits.processes if mine else 0)
    if is_root():
        plan["user"] = _a_user()
        plan["processes"] = limits.processes
        plan["keeps_reading"] = level.isolation is Isolation.LANDLOCK
        _give(folder, plan["user"])
    if level.isolation is Isolation.LANDLOCK:
        readable, plan["names"] = without_hidden([*_READABLE, *interpreter.folders])
        plan["read"] = [*readable, str(bubblewrap.INSIDE)]
        plan["write"] = [*_WRITABLE, str(folder)]
    if sys.platform == "linux":
        plan["calls"] = seccomp.ALONE
    environment = _environment(limits, str(folder), str(folder))
    command = _python(interpreter, str(bubblewrap.INSIDE / "child.py"))
    return Launch(tuple(command), environment, plan, folder, environment[TOKEN])


def _python(interpreter: Python, child: str) -> list[str]:
    """-I: nothing of the learner's environment and folders gets in; -B: no files are left beside the sources."""
    return [interpreter.executable, "-I", "-B", "-X", "utf8", child]


def _limits(limits: Limits, processes: int) -> Plan:
    plan = Plan(memory=limits.memory, file_size=limits.file_size, open_files=limits.open_files, cpu=limits.cpu_in_all)
    if processes:
        plan["processes"] = processes
    return plan


def _environment(limits: Limits, home: str, temporary: str) -> dict[str, str]:
    threads = str(max(1, min(limits.threads, os.cpu_count() or 1)))
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        TOKEN: secrets.token_hex(8),
        "PATH": os.environ.get("PATH", os.defpath) if sys.platform == "win32" else "/usr/bin:/bin",
        "HOME": home,
        "USER": "learner",
        "LOGNAME": "learner",
        "TMPDIR": temporary,
        "TEMP": temporary,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
    }


def _a_user() -> int:
    """A user number that nobody has, where this root may use it; else nobody's."""
    wanted = _FIRST_USER + next(_next_user) % _USERS
    try:
        rows = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return _NOBODY
    spans = [tuple(int(number) for number in row.split()) for row in rows]
    return wanted if any(first <= wanted < first + length for first, _, length in spans) else _NOBODY


def _give(folder: Path, user: int) -> None:
    if sys.platform != "win32":
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user)


def remove(folder: Path) -> None:
    """Remove a program's folder, whatever it did to the rights of its own files."""

    def open_up(again: Callable[..., object], path: str, _: object) -> None:
        try:
            os.chmod(os.path.dirname(path), stat.S_IRWXU)
            os.chmod(path, stat.S_IRWXU)
            again(path)
        except OSError:
            pass  # a file that Windows still holds; it lies in the temporary folder

    shutil.rmtree(folder, onerror=open_up)
