"""The packages that programs in lessons need and that may be missing, with the command that installs each.

The tutor installs only what is in this table. Neither a lesson nor a program can make it install anything else.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass

from tutor.labs.sandbox.python import executable

_TIMEOUT = 30.0

#: Settings of pip that say where packages come from: they may choose a build, or name the only reachable index.
_CHOOSES = frozenset({"index-url", "extra-index-url", "find-links", "no-index", "constraint"})
_NVIDIA = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so")


@dataclass(frozen=True, slots=True)
class Extra:
    """A package: the ``module`` that programs import, pip's name for it (``project``), its ``title`` in sentences.

    ``cpu_index`` is the index of its CPU builds, if PyPI's build for Linux is for graphics cards. Installing it needs
    ``gigabytes`` of free disk space, or ``gigabytes_with_card`` for the build for graphics cards.
    """

    module: str
    project: str
    title: str
    gigabytes: float
    cpu_index: str = ""
    gigabytes_with_card: float = 0.0


EXTRAS = {
    extra.module: extra
    for extra in (
        Extra("torch", "torch", "PyTorch", 2.0, "https://download.pytorch.org/whl/cpu", gigabytes_with_card=12.0),
        # a dependency of the tutor, but the Python of TUTOR_PYTHON may not have it
        Extra("numpy", "numpy", "NumPy", 0.2),
    )
}
TORCH = EXTRAS["torch"]

HOW = "`tutor doctor` names the command that installs it."
"""Said in place of the command where that would be too long or take too much time."""


def command(extra: Extra, python: str = "") -> str:
    """Return the shell command that installs an extra into an interpreter (default: the one that runs the cells).

    This takes half a second, because pip is asked for its settings.
    """
    python = python or executable()
    words = [python, "-m", "pip", "install", *requirement(extra, python)]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def requirement(extra: Extra, python: str) -> tuple[str, ...]:
    """Return the arguments for ``pip install``: the package, and on Linux the index of its CPU builds.

    PyPI's PyTorch for Linux is the build for NVIDIA cards, which takes several gigabytes and is right only with such a
    card. If pip's settings name an index, a folder or constraints, no index is added.
    """
    if not extra.cpu_index or sys.platform != "linux" or has_card() or _is_configured(python):
        return (extra.project,)
    return (extra.project, "--index-url", extra.cpu_index)


def has_card() -> bool:
    """Return whether this computer has an NVIDIA card with its driver."""
    return any(map(os.path.exists, _NVIDIA)) or shutil.which("nvidia-smi") is not None


def _is_configured(python: str) -> bool:
    """Return whether pip's configuration files or environment variables say where packages come from."""
    try:
        asked = subprocess.run(
            [python, "-I", "-m", "pip", "config", "list"],
            capture_output=True, text=True, timeout=_TIMEOUT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    names = (line.partition("=")[0].rpartition(".")[2] for line in asked.stdout.splitlines())
    return any(name in _CHOOSES for name in names)
