"""A system call filter for Linux (x86-64 and ARM 64): what a learner's program never needs is refused.

Classic BPF, installed through prctl, so that nothing has to be installed. Two profiles: ``NAMESPACED`` for a program
that bubblewrap already keeps apart, ``ALONE`` for one that shares the machine's processes and network with everything
else. A refused call fails with "operation not permitted"; the program lives on.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

NAMESPACED = "namespaced"
ALONE = "alone"

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# name: (number on x86-64, number on ARM 64); from the kernel's syscall tables
_NUMBERS = {
    "socket": (41, 198),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "prlimit64": (302, 261),
    "clone": (56, 220),
    "clone3": (435, 435),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "memfd_secret": (447, 447),
}
_ALWAYS_REFUSED = [
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "keyctl",
    "add_key",
    "request_key",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "open_by_handle_at",
    "io_uring_setup",
    "move_mount",
    "fsopen",
    "open_tree",
    "memfd_secret",
]
# Without namespaces: no socket of any kind, no leaving the process group that is killed at the end, no signals to
# others.
_ALONE_REFUSED = ["socket", "setsid", "setpgid", "pidfd_send_signal", "rt_sigqueueinfo", "tkill"]
_ONLY_TO_ITSELF = ["kill", "tgkill", "rt_tgsigqueueinfo"]

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
_CLONE_NEWUSER = 0x10000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


def is_supported() -> bool:
    """Whether this machine's system calls are known here."""
    return sys.platform == "linux" and platform.machine() in _ARCHITECTURES and sys.maxsize > 2**32


def install(profile: str) -> bool:
    """Refuse what ``profile`` refuses, here and in every process started from here; False: not possible here."""
    if not is_supported():
        return False
    code = _program(profile)
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, without which an ordinary user may not install a filter
    return bool(libc.prctl(22, 2, filter_program, 0, 0) == 0)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


def _program(profile: str) -> bytes:
    """The filter as machine code: each refusal is a comparison that falls through to its own return."""
    architecture, column = _ARCHITECTURES[platform.machine()]
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _REFUSE),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, 0x40000000, 0, 1),  # the x32 calls of x86-64 are the same ones under other numbers
        _instruction(_RETURN, _REFUSE),
    ]
    for name in [*_ALWAYS_REFUSED, *(_ALONE_REFUSED if profile == ALONE else ())]:
        code += _when(_NUMBERS[name][column], [_instruction(_RETURN, _REFUSE)])
    # glibc falls back from clone3, whose flags a filter can't see, to clone, whose flags it can
    code += _when(_NUMBERS["clone3"][column], [_instruction(_RETURN, _NO_SUCH_CALL)])
    flags = [_instruction(_LOAD, _FIRST_ARGUMENT), _instruction(_ANY_BIT, _CLONE_NEWUSER, 0, 1)]
    code += _when(_NUMBERS["clone"][column], [*flags, _instruction(_RETURN, _REFUSE), _instruction(_RETURN, _ALLOW)])
    if profile == ALONE:
        own = [_instruction(_LOAD, _FIRST_ARGUMENT), _instruction(_EQUAL, os.getpid(), 1, 0)]
        for name in _ONLY_TO_ITSELF:
            code += _when(_NUMBERS[name][column], [*own, _instruction(_RETURN, _REFUSE), _instruction(_RETURN, _ALLOW)])
        itself = [_instruction(_LOAD, _FIRST_ARGUMENT), _instruction(_EQUAL, 0, 2, 0), *own[1:]]
        code += _when(
            _NUMBERS["prlimit64"][column], [*itself, _instruction(_RETURN, _REFUSE), _instruction(_RETURN, _ALLOW)]
        )
    code.append(_instruction(_RETURN, _ALLOW))
    return b"".join(code)


def _when(number: int, then: list[bytes]) -> list[bytes]:
    """``then`` (which ends in returns) where the loaded call number is ``number``."""
    return [_instruction(_EQUAL, number, 0, len(then)), *then]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
