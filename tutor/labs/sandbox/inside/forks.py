"""Ask the supervisor before the program starts another process, so that its limits are right from the start.

A second system call filter passes each such call to the supervisor, which lets it continue or refuses it
(``seccomp_unotify(2)``, kernel 5.5 and later). New threads need no permission: they share their process's limits.
"""

from __future__ import annotations

import array
import ctypes
import errno
import os
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.labs.sandbox.inside import seccomp

if TYPE_CHECKING:
    from _socket import socket

_SOCKET, _RIGHTS = 1, 1  # SOL_SOCKET, SCM_RIGHTS
_ASKED, _ANSWER = struct.Struct("=QII64x"), struct.Struct("=QqiI")  # seccomp_notif, seccomp_notif_resp
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_GO_ON = 1


def announce(channel: socket) -> None:
    """Install the filter for this process and its descendants, and send its listener through ``channel``.

    If the kernel does not support that, send nothing.
    """
    try:
        listener = seccomp.listen()
    except OSError:
        return
    try:
        channel.sendmsg([b"."], [(_SOCKET, _RIGHTS, array.array("i", [listener]))])
    finally:
        os.close(listener)


def received(channel: socket) -> int | None:
    """Return the listener that ``announce`` has sent, a file for ``answer``, or None."""
    _, extra, _, _ = channel.recvmsg(1, 64)
    return next((struct.unpack("i", data[:4])[0] for _, kind, data in extra if kind == _RIGHTS), None)


def answer(listener: int, may_start: Callable[[int], bool]) -> bool:
    """Answer one request to start a process, if there is one; return False when no process can ask any more.

    ``may_start`` takes the number of the process (or thread) that asks.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    asked = ctypes.create_string_buffer(_ASKED.size)
    if libc.ioctl(listener, ctypes.c_ulong(_RECEIVE), asked) < 0:
        return ctypes.get_errno() in (errno.ENOENT, errno.EINTR)  # the asking process has ended meanwhile
    question, process, _ = _ASKED.unpack(asked.raw)
    refused, flags = (0, _GO_ON) if may_start(process) else (-errno.ENOMEM, 0)
    libc.ioctl(listener, ctypes.c_ulong(_SEND), _ANSWER.pack(question, 0, refused, flags))
    return True
