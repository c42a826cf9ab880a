"""The packages that lessons' programs need and that may be missing, and the one command that installs each.

What the tutor installs is in this table. Neither a lesson nor a program can have it install anything else.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass

from tutor.labs.sandbox.python import executable

_WITHIN = 30.0

#: Settings of pip that say where packages come from: whoever made them chose a build, or names the only index in reach.
_CHOOSES = frozenset({"index-url", "extra-index-url", "find-links", "no-index", "constraint"})
_NVIDIA = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so")


@dataclass(frozen=True, slots=True)
class Extra:
    """A package: the ``module`` that programs import, the ``project`` that pip knows, its ``title`` in sentences.

    ``cpu_index`` is the index of its builds for the processor, where PyPI's build for Linux is another one.
    ``gigabytes`` have to be free on the disk while it is installed, ``gigabytes_with_card`` for PyPI's build for cards.
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
        # the tutor brings it along; the Python of TUTOR_PYTHON may have none
        Extra("numpy", "numpy", "NumPy", 0.2),
    )
}
TORCH = EXTRAS["torch"]

HOW = "`tutor doctor` names the command that installs it."
"""Where there is no room or no time for the command itself."""


def command(extra: Extra, python: str = "") -> str:
    """Return the line for a terminal that installs an extra into an interpreter (default: the one that runs the
    cells).

    Takes half a second, in which pip is asked for its settings.
    """
    python = python or executable()
    words = [python, "-m", "pip", "install", *requirement(extra, python)]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def requirement(extra: Extra, python: str) -> tuple[str, ...]:
    """Return what follows ``pip install``: the package, and on Linux the index of its builds for the processor.

    PyPI's PyTorch for Linux is the build for NVIDIA cards, of several gigabytes. It is right only where there is such a
    card. Where pip is configured, nothing is added: the index, the folder or the constraints in its settings decide.
    """
    if not extra.cpu_index or sys.platform != "linux" or has_card() or _is_configured(python):
        return (extra.project,)
    return (extra.project, "--index-url", extra.cpu_index)


def has_card() -> bool:
    """Return whether this computer has an NVIDIA card with its driver."""
    return any(map(os.path.exists, _NVIDIA)) or shutil.which("nvidia-smi") is not None


def _is_configured(python: str) -> bool:
    """Return whether pip's files or variables say where packages come from."""
    try:
        asked = subprocess.run(
            [python, "-I", "-m", "pip", "config", "list"],
            capture_output=True, text=True, timeout=_WITHIN, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    names = (line.partition("=")[0].rpartition(".")[2] for line in asked.stdout.splitlines())
    return any(name in _CHOOSES for name in names)
