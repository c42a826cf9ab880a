"""Call Landlock, the Linux kernel's way to restrict a process, through ctypes (kernel 5.13 and later).

After ``restrict`` this process and its descendants can read and write only the named folders, cannot use TCP (kernel
6.7) and cannot signal other processes (kernel 6.12). Numbers and structures are those of ``linux/landlock.h``.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_FOR_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE


def version() -> int:
    """Return the kernel's Landlock version, or 0 if it has none."""
    if sys.platform != "linux":
        return 0
    found = int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, 1))
    return max(found, 0)


def restrict(read: Iterable[str], write: Iterable[str], listed: Iterable[str] = (), *, network: bool = True) -> int:
    """Let this process only ``read`` and ``write`` these folders and files, and list the folders ``listed``.

    Missing paths are ignored. ``network`` refuses TCP as well. Return the version of Landlock, or 0 if there is none.

    Raises:
        OSError: The kernel has Landlock but refuses.
    """
    abi = version()
    if not abi:
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    rights = (1 << 13) - 1
    rights |= (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0) | (_DEVICE_CONTROL if abi >= 5 else 0)
    ports = 3 if abi >= 4 and network else 0  # bind and connect
    scope = 3 if abi >= 6 else 0  # abstract sockets and signals
    attributes = struct.pack("QQQ", rights, ports, scope)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    ruleset = _checked(libc, libc.syscall(_CREATE, attributes, len(attributes), 0))
    for paths, access in ((read, _EXECUTE | _READ | _LIST), (write, rights), (listed, _LIST)):
        for path in paths:
            _allow(libc, ruleset, path, access & rights)
    _checked(libc, libc.prctl(38, 1, 0, 0, 0))  # PR_SET_NO_NEW_PRIVS
    _checked(libc, libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)
    return abi


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = access if stat.S_ISDIR(os.fstat(folder).st_mode) else access & _FOR_FILES
        _checked(libc, libc.syscall(_ADD, ruleset, 1, struct.pack("=Qi", allowed, folder), 0))
    finally:
        os.close(folder)


def _checked(libc: ctypes.CDLL, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)
