"""Build what starts a child at each level: the command line, the environment, and the plan of what it gives up."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path

from tutor.errors import SandboxError
from tutor.labs.sandbox import bubblewrap, cgroup, leftovers
from tutor.labs.sandbox.hidden import without_hidden
from tutor.labs.sandbox.inside import seccomp
from tutor.labs.sandbox.inside.confine import Plan
from tutor.labs.sandbox.inside.folder import remove
from tutor.labs.sandbox.level import Isolation, Level
from tutor.labs.sandbox.limits import Limits, is_root
from tutor.labs.sandbox.python import Python, python
from tutor.labs.usage import processes_of_mine

_NOBODY = 65534
_SPARE_PROCESSES = 10_000
"""How many more processes a user may start while the tutor runs."""

# User numbers without an account (systemd leaves 1879048192 and up unused). Each sandbox takes another one, so that the
# kernel counts their processes separately.
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
    "/dev/random",
]
_WRITABLE = ("/dev/null",)
_KEPT = ("SYSTEMROOT", "PATHEXT", "VIRTUAL_ENV", "CONDA_PREFIX")
"""Variables that Windows needs, and those that name the active environment, which lesson 7 shows."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A command line with its environment.

    ``folder`` is the program's folder, to be removed at the end (None: it exists in the sandbox only). ``token`` is in
    the environment of all its processes. ``shares_user`` says that the kernel counts its processes together with this
    user's others, so that the limit must follow their number.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    plan: Plan = field(default_factory=Plan)
    folder: Path | None = None
    token: str = ""
    shares_user: bool = False


def launch(level: Level, limits: Limits, files: Mapping[str, Path]) -> Launch:
    """Return what to start for a program with ``files`` (name in its folder → path).

    Raises:
        SandboxError: The program would run as root without isolation, or a file is missing.
    """
    if not level.can_run:
        raise SandboxError(
            "Nothing here keeps a program apart, and the tutor runs as root.",
            hint=f"Run the tutor as an ordinary user. {level.better}",
        )
    for name, path in files.items():
        if not path.is_file():
            raise SandboxError(f"The lesson's file {name} is missing: {path} is not there.")
    _compile(bubblewrap.INSIDE)
    interpreter = python()
    if level.isolation is Isolation.BUBBLEWRAP:
        return _boxed(level, limits, files, interpreter)
    return _bare(level, limits, files, interpreter)


@lru_cache(maxsize=1)
def _compile(folder: Path) -> None:
    """Have Python write the compiled files of the code that runs in the sandbox, where nothing may be written: without
    them every start takes half as long again. Python leaves those that are up to date, and a folder that is read-only.
    """
    for path in folder.rglob("*.py"):
        with suppress(OSError, SyntaxError, ValueError):  # no Python, or not there: if it is needed, the start says so
            SourceFileLoader(path.stem, str(path)).get_code(path.stem)


def _boxed(level: Level, limits: Limits, files: Mapping[str, Path], interpreter: Python) -> Launch:
    plan = _limits(limits, limits.processes)
    plan["boxed"] = True
    plan["calls"] = seccomp.NAMESPACED
    plan["read"], plan["write"] = bubblewrap.readable(interpreter), bubblewrap.writable()
    plan["open_network"] = True  # the sandbox has a separate network
    if is_root():
        plan["user"] = _a_user()
    environment = _environment(limits, bubblewrap.FOLDER, "/tmp")
    command = bubblewrap.box(level.options, interpreter, limits, files, environment)
    token = environment[leftovers.TOKEN]
    outside = {"PATH": os.defpath, leftovers.TOKEN: token}
    command += _python(interpreter, bubblewrap.start_path())
    return Launch(tuple(command), outside, plan, token=token)


def _bare(level: Level, limits: Limits, files: Mapping[str, Path], interpreter: Python) -> Launch:
    folder = Path(tempfile.mkdtemp(prefix=f"{leftovers.PREFIX}{leftovers.mark()}-"))
    try:
        return _in_folder(folder, level, limits, files, interpreter)
    except BaseException:
        remove(str(folder))
        raise


def _in_folder(folder: Path, level: Level, limits: Limits, files: Mapping[str, Path], interpreter: Python) -> Launch:
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    mine = 0 if is_root() else processes_of_mine()
    # on Linux the limit follows the user's other processes as soon as the child is ready
    most = mine + (_SPARE_PROCESSES if sys.platform == "linux" else limits.processes) if mine else 0
    plan = Plan() if sys.platform == "win32" else _limits(limits, most)
    plan["folder"] = str(folder)
    if is_root():
        plan["user"] = _a_user()
        plan["processes"] = limits.processes
        plan["keeps_reading"] = level.isolation is Isolation.LANDLOCK
        _change_owner(folder, plan["user"])
    if level.isolation is Isolation.LANDLOCK:
        readable, plan["names"] = without_hidden([*_READABLE, *interpreter.folders, *interpreter.files])
        plan["read"] = [*readable, str(bubblewrap.INSIDE)]
        plan["write"] = [*_WRITABLE, str(folder)]
    if sys.platform == "linux":
        plan["calls"] = seccomp.ALONE
    environment = _environment(limits, str(folder), str(folder))
    command = _python(interpreter, str(bubblewrap.INSIDE / bubblewrap.START))
    return Launch(tuple(command), environment, plan, folder, environment[leftovers.TOKEN], mine > 0)


def _python(interpreter: Python, program: str) -> list[str]:
    """Return the command line of a Python program.

    ``-I`` ignores the learner's environment and folders, ``-B`` writes no compiled files beside the sources.
    """
    return [interpreter.executable, "-I", "-B", "-X", "utf8", program]


def _limits(limits: Limits, processes: int) -> Plan:
    plan = Plan(memory=limits.memory, file_size=limits.file_size, open_files=limits.open_files, cpu=limits.cpu_in_all)
    if sys.platform == "linux" and cgroup.parent() is None:  # otherwise the kernel limits their sum
        plan["all_memory"] = limits.all_memory
    if processes:
        plan["processes"] = processes
    return plan


def _environment(limits: Limits, home: str, temporary: str) -> dict[str, str]:
    threads = str(max(1, min(limits.threads, os.cpu_count() or 1)))
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        leftovers.TOKEN: f"{leftovers.mark()}-{secrets.token_hex(8)}",
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
    """Return a user number without an account if this root may use it, else that of the user nobody."""
    user = _FIRST_USER + next(_next_user) % _USERS
    try:
        rows = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return _NOBODY
    spans = [tuple(int(number) for number in row.split()) for row in rows]
    return user if any(first <= user < first + length for first, _, length in spans) else _NOBODY


def _change_owner(folder: Path, user: int) -> None:
    if sys.platform != "win32":
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user)
