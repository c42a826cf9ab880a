"""How much of everything a learner's program may use."""

from __future__ import annotations

import os
from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one program; sizes in bytes, times in seconds.

    ``seconds`` is the wall clock of one run and ``memory`` what one process may allocate (PyTorch itself takes 0.3 GB
    of it); ``all_memory`` bounds all its processes together and is watched from outside. ``output`` is what one run
    may print, ``folder`` what all its files may hold. ``threads`` is how many threads NumPy and PyTorch calculate with.
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
