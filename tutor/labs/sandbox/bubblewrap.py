"""Build the command line that runs a learner's program in separate namespaces (bubblewrap, ``bwrap``).

For an ordinary user these include a user namespace. For root they do not, because the limit on processes does not bind
root in a user namespace: the program starts as root in the sandbox, and switches to an unprivileged user before it
reads a line of the learner's code.
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
"""The program's folder as it sees it; it is in memory and disappears at the end."""

INSIDE = Path(__file__).with_name("inside")
START = "start.py"
"""What to run in ``INSIDE``."""

_SHOWN_AT = "/tutor/inside"
_SYSTEM = ("/lib", "/lib64", "/lib32", "/bin", "/sbin")
_SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/nix/store")
_SETTINGS_AND_DEVICES = ("/etc", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")
_WRITABLE = (FOLDER, "/tmp", "/dev/shm", "/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
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
    """Return the path of bubblewrap, or None if it is not installed."""
    return shutil.which("bwrap")


def usable_options() -> tuple[str, ...] | None:
    """Return the options for the strictest namespaces that work here with this Python, or None."""
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


def start_path() -> str:
    """Return the path of what starts the supervisor, as it is seen in the sandbox."""
    return f"{_SHOWN_AT}/{START}"


def box(
    options: tuple[str, ...],
    interpreter: Python,
    limits: Limits,
    files: Mapping[str, Path],
    environment: Mapping[str, str],
) -> list[str]:
    """Return the command line up to the program, which sees only the files and folders in it.

    ``files`` maps names in the program's folder to the files that are shown there, read-only.
    """
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
    """Return what Landlock lets the program read in the sandbox: everything shown there, but in ``/proc`` only its own
    entries."""
    shown = ["/usr", *_SYSTEM, "/nix/store", *_SETTINGS_AND_DEVICES, _SHOWN_AT]
    return [*shown, *interpreter.folders, *interpreter.files]


def writable() -> list[str]:
    """Return what Landlock lets the program write in the sandbox."""
    return list(_WRITABLE)


def _reachable(path: str) -> list[str]:
    """Return options that make the folders above ``path`` readable for everybody inside, whatever they are outside."""
    made: list[str] = []
    for parent in reversed(Path(path).parents):
        if str(parent) not in ("/", "/usr", "/tmp", FOLDER, "/usr/local"):
            made += ["--perms", "0755", "--dir", str(parent)]
    return made
