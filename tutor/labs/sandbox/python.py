"""Which Python runs a learner's programs, and which folders it needs to be able to read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tutor.errors import SandboxError

_ASK = (
    "import json, sys, site; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix,"
    " *site.getsitepackages()]))"
)


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter: ``executable`` as it is called, ``folders`` that hold it, its library and its packages."""

    executable: str
    folders: tuple[str, ...]


def executable() -> str:
    """``TUTOR_PYTHON`` where a learner keeps PyTorch in another environment, else the Python that runs the tutor."""
    return os.environ.get("TUTOR_PYTHON") or sys.executable


@lru_cache(maxsize=4)
def python(path: str = "") -> Python:
    """The interpreter at ``path`` (default ``executable()``); raises ``SandboxError`` where it cannot be started."""
    chosen = path or executable()
    if Path(chosen) == Path(sys.executable):
        import site

        folders = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *site.getsitepackages()]
    else:
        try:
            asked = subprocess.run([chosen, "-I", "-c", _ASK], capture_output=True, text=True, timeout=20, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise SandboxError(
                f"The Python of TUTOR_PYTHON, {chosen}, cannot be started: {error}.",
                hint="Set TUTOR_PYTHON to the python of an environment, or leave it out.",
            ) from error
        folders = json.loads(asked.stdout)
    folders.append(str(Path(chosen).resolve().parent.parent))
    return Python(chosen, _outermost(folders))


def _outermost(folders: list[str]) -> tuple[str, ...]:
    """Each folder once, by its name and by where that leads, without those inside another."""
    both = dict.fromkeys(path for folder in folders for path in (os.path.abspath(folder), os.path.realpath(folder)))
    paths = [path for path in both if os.path.isdir(path) and path not in ("/", "/usr", "/usr/local")]
    return tuple(path for path in paths if not any(path.startswith(other + os.sep) for other in paths))
