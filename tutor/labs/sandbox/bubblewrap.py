"""Build the command line that puts a learner's program into namespaces of its own (bubblewrap, ``bwrap``).

For an ordinary user the box is a user namespace. For root it is not, because root in a user namespace is not bound by
the limit on processes: the program starts as root inside, sees nothing else, and switches to a user of its own before
it reads a line of the learner's code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tutor.labs.sandbox.hidden import hidden
from tutor.labs.sandbox.limits import Limits, is_root
from tutor.labs.sandbox.python import Python, python

FOLDER = "/lab"
"""The program's own folder, as it sees it: in memory, gone at the end."""

INSIDE = Path(__file__).with_name("inside")
_SHOWN_AT = "/tutor/inside"
_SYSTEM = ("/lib", "/lib64", "/lib32", "/bin", "/sbin")
_SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/nix/store")
_SETTINGS_AND_DEVICES = ("/etc", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")
_OF_ITS_OWN = (FOLDER, "/tmp", "/dev/shm", "/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
_USER_OPTIONS = (
    ("--unshare-all", "--unshare-user", "--disable-userns", "--proc", "/proc"),
    ("--unshare-all", "--unshare-user", "--proc", "/proc"),
    ("--unshare-all", "--unshare-user"),
)
_ROOT_OPTIONS = (
    ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--proc", "/proc"),
    ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
)


def program() -> str | None:
    """Return where bubblewrap is; None where it is not installed."""
    return shutil.which("bwrap")


def usable_options() -> tuple[str, ...] | None:
    """Return the strictest namespaces that work here with this Python; None where none do."""
    if program() is None:
        return None
    for options in _ROOT_OPTIONS if is_root() else _USER_OPTIONS:
        attempt = [*box(options, python(), Limits(), {}, {}), python().executable, "-I", "-S", "-c", "print('in')"]
        try:
            done = subprocess.run(attempt, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0 and done.stdout.strip() == b"in":
            return options
    return None


def supervisor_path() -> str:
    """Return the first program of the box, as it is seen inside."""
    return f"{_SHOWN_AT}/supervisor.py"


def box(
    options: tuple[str, ...],
    interpreter: Python,
    limits: Limits,
    files: Mapping[str, Path],
    environment: Mapping[str, str],
) -> list[str]:
    """Return the command line up to the program, which sees only what it names. ``files`` are shown read-only in the
    program's folder, by the names they have there."""
    command = [program() or "bwrap", *options, "--die-with-parent", "--new-session", "--as-pid-1"]
    command += [] if is_root() else ["--cap-drop", "ALL"]
    command += ["--ro-bind", "/usr", "/usr"]
    for path in _SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in _SETTINGS:
        command += ["--ro-bind-try", path, path]
    command += ["--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--size", str(limits.folder), "--perms", "1777", "--tmpfs", "/dev/shm"]
    command += ["--size", str(limits.folder), "--perms", "1777", "--tmpfs", "/tmp"]
    for path in (*interpreter.folders, *interpreter.files):
        command += [*_reachable(path), "--ro-bind", path, path]
    for folder in ("/usr", *interpreter.folders):
        for path in hidden(folder):
            if os.path.isdir(path):
                command += ["--perms", "0555", "--tmpfs", path, "--remount-ro", path]
            else:
                command += ["--ro-bind", os.devnull, path]
    command += [*_reachable(_SHOWN_AT), "--ro-bind", str(INSIDE), _SHOWN_AT]
    command += ["--size", str(limits.folder), "--perms", "0777", "--tmpfs", FOLDER]
    for name, source in files.items():
        command += [*_reachable(f"{FOLDER}/{name}"), "--ro-bind", str(source), f"{FOLDER}/{name}"]
    command += ["--remount-ro", "/", "--chdir", FOLDER, "--clearenv"]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [*command, "--"]


def readable(interpreter: Python) -> list[str]:
    """Return what Landlock leaves to read inside the box: everything shown there, but of ``/proc`` only the program's
    own entries."""
    shown = ["/usr", *_SYSTEM, "/nix/store", *_SETTINGS_AND_DEVICES, _SHOWN_AT]
    return [*shown, *interpreter.folders, *interpreter.files]


def writable() -> list[str]:
    """Return what Landlock leaves to write inside the box."""
    return list(_OF_ITS_OWN)


def _reachable(path: str) -> list[str]:
    """Return the folders above ``path``, made open to everybody inside whatever they are outside."""
    made: list[str] = []
    for parent in reversed(Path(path).parents):
        if str(parent) not in ("/", "/usr", "/tmp", FOLDER, "/usr/local"):
            made += ["--perms", "0755", "--dir", str(parent)]
    return made
