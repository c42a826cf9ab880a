"""Sets how much data another process may have, which the kernel then holds it to; Linux only.

The kernel lets this be done by who has the process's user number, or the right over all limits (``CAP_SYS_RESOURCE``).
Root in a container often has not that right, but may take any user number: one thread takes it for a moment.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# setresgid, setresuid; the library's functions of that name would change every thread of this process
_CALLS = {"x86_64": (119, 117), "aarch64": (149, 147)}
_UNCHANGED = -1


def limit_data(process: int, most: int | None, user: int | None = None) -> None:
    """Let ``process`` have ``most`` bytes of data, up to what it was allowed at its start; None: just that.

    ``user`` is its user number where that is not this process's own. A process that has ended, or that may not be
    limited, is passed over.
    """
    with suppress(OSError, ValueError):
        try:
            _limit(process, most)
        except PermissionError:
            if user is None:
                raise
            with _real_user(user):
                _limit(process, most)


def _limit(process: int, most: int | None) -> None:
    import resource

    _, allowed = resource.prlimit(process, resource.RLIMIT_DATA)
    wanted = allowed if most is None else most if allowed == resource.RLIM_INFINITY else min(most, allowed)
    resource.prlimit(process, resource.RLIMIT_DATA, (wanted, allowed))


@contextmanager
def _real_user(user: int) -> Iterator[None]:
    """Give this thread another real user and group for a moment; the effective ones, which count for files, stay."""
    if os.uname().machine not in _CALLS:
        raise PermissionError("the numbers of the system calls are not known here")
    before = (os.getgid(), os.getuid())
    _take(user, user)
    try:
        yield
    finally:
        _take(*before)


def _take(group: int, user: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for call, number in zip(_CALLS[os.uname().machine], (group, user), strict=True):
        if libc.syscall(call, number, _UNCHANGED, _UNCHANGED) < 0:
            raise PermissionError(ctypes.get_errno(), "another real user")
