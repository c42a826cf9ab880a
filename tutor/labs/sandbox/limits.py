"""The limits of a learner's program."""

from __future__ import annotations

import os
from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one program; sizes in bytes, times in seconds.

    ``seconds`` limits the duration of one run and ``memory`` what one process may allocate (PyTorch itself takes 0.3
    GB); ``all_memory`` limits all its processes together and is watched from outside. ``output`` limits what one run
    prints, ``folder`` the size of all its files. ``cpu_in_all`` is the processor time of the child for all runs.
    ``threads`` is the number of threads for NumPy and PyTorch.
    """

    seconds: float = 10.0
    memory: int = 1024 * MEGABYTE
    all_memory: int = 1536 * MEGABYTE
    output: int = 4 * MEGABYTE
    file_size: int = 32 * MEGABYTE
    folder: int = 64 * MEGABYTE
    processes: int = 64
    open_files: int = 256
    cpu_in_all: int = 3600
    threads: int = 4


def is_root() -> bool:
    """Return whether this process is root, to whom few limits apply."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
