"""Find the Python that runs a learner's programs, and the folders that it needs to read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutor.errors import SandboxError


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter: its ``executable``, and the ``folders`` and ``files`` that it needs to read."""

    executable: str
    folders: tuple[str, ...]
    files: tuple[str, ...] = ()


def executable() -> str:
    """Return ``TUTOR_PYTHON``, for learners with PyTorch in another environment, else the tutor's own Python."""
    return os.environ.get("TUTOR_PYTHON") or sys.executable


@lru_cache(maxsize=4)
def python(path: str = "") -> Python:
    """Return the interpreter at ``path`` (default ``executable()``).

    Raises:
        SandboxError: It cannot be started.
    """
    chosen = path or executable()
    facts = _facts() if Path(chosen) == Path(sys.executable) else ask(chosen, _facts)
    # a launcher (a shim, a script) would need to read more than the interpreter that it starts
    program = chosen if os.path.realpath(chosen) == os.path.realpath(facts["executable"]) else facts["executable"]
    homes = [prefix for prefix in facts["prefixes"] if _holds_a_home(prefix)]
    folders = [*facts["packages"], *facts["library"], *(each for each in facts["prefixes"] if each not in homes)]
    shown = _outermost([folder for folder in folders if not _holds_a_home(folder)])
    shared = [str(path) for prefix in homes for path in Path(prefix, "lib").glob("libpython*")]
    both = dict.fromkeys(real(file) for file in (program, *shared) for real in (os.path.abspath, os.path.realpath))
    files = [file for file in both if os.path.isfile(file) and not _is_within(file, (*shown, "/usr", "/bin"))]
    return Python(program, shown, tuple(files))


def _facts() -> dict[str, Any]:
    """Return facts about the interpreter that runs this function: its paths, packages and library.

    ``ask`` sends the source of this function to another interpreter, so it uses nothing else of this module.
    """
    import os
    import site
    import sys

    return {
        "executable": sys.executable,
        "prefixes": [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix],
        "packages": site.getsitepackages(),
        "library": [os.path.dirname(os.__file__), *(path for path in sys.path if path.endswith("lib-dynload"))],
    }


def ask(chosen: str, question: Callable[..., dict[str, Any]], *arguments: str) -> dict[str, Any]:
    """Run a function in another interpreter and return its result; the function must import all that it uses.

    Raises:
        SandboxError: The interpreter cannot be started.
    """
    from inspect import getsource

    call = f"{question.__name__}(*{list(arguments)!r})"
    program = f"from typing import Any\nimport json\n{getsource(question)}\nprint(json.dumps({call}))"
    try:
        asked = subprocess.run([chosen, "-I", "-c", program], capture_output=True, text=True, timeout=20, check=True)
        answer: dict[str, Any] = json.loads(asked.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise SandboxError(
            f"The Python of TUTOR_PYTHON, {chosen}, cannot be started: {error}.",
            hint="Set TUTOR_PYTHON to the python of an environment, or leave it out.",
        ) from error
    return answer


def _holds_a_home(folder: str) -> bool:
    """Return whether a folder is or contains a home folder. Python may be installed there, but a program must not read
    it all."""
    real = os.path.realpath(folder)
    homes = {os.path.realpath(os.path.expanduser("~")), "/root", "/home", "/Users"}
    return os.path.dirname(real) in ("/home", "/Users") or any(_is_within(home, (real,)) for home in homes)


def _is_within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _outermost(folders: list[str]) -> tuple[str, ...]:
    """Return the folders by their names and real paths, without duplicates and without those inside another."""
    both = dict.fromkeys(path for folder in folders for path in (os.path.abspath(folder), os.path.realpath(folder)))
    paths = [path for path in both if os.path.isdir(path) and path not in ("/", "/usr", "/usr/local")]
    return tuple(path for path in paths if not any(path.startswith(other + os.sep) for other in paths))
