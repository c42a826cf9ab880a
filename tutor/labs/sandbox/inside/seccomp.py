"""Filter system calls on Linux (x86-64 and ARM 64): refuse those that a learner's program never needs.

The filter is classic BPF, installed through ctypes, so that the learner's Python needs no package. There are three
profiles: ``NAMESPACED`` for a program that bubblewrap isolates, ``ALONE`` for one that shares the machine's processes
and network, ``SUPERVISOR`` for the supervisor of a ``NAMESPACED`` program, which sets limits. A refused call fails with
"operation not permitted", and the program continues.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Sequence

NAMESPACED = "namespaced"
ALONE = "alone"
SUPERVISOR = "supervisor"

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_FIRST_UNKNOWN = 463
"""Calls from this number on (new in kernel 6.13) do not exist for a program, because they were not reviewed."""

_NONE = 0xFFFFFFFF
"""Stands for a call that an architecture does not have."""

# name: (number on x86-64, number on ARM 64); from the kernel's system call tables
_NUMBERS = {
    "socket": (41, 198),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "prlimit64": (302, 261),
    "setrlimit": (160, 164),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fork": (57, _NONE),
    "vfork": (58, _NONE),
    "seccomp": (317, 277),
    "setsockopt": (54, 208),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
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
    "syslog": (103, 116),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "truncate": (76, 45),
    "inotify_init": (253, _NONE),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "chmod": (90, _NONE),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, _NONE),
    "lchown": (94, _NONE),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, _NONE),
    "utimes": (235, _NONE),
    "futimesat": (261, _NONE),
    "utimensat": (280, 88),
    "prctl": (157, 167),
    "mmap": (9, 222),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
}
_ALWAYS_REFUSED = [
    # other namespaces and mounts
    *("unshare", "setns", "mount", "umount2", "pivot_root", "move_mount", "fsopen", "open_tree"),
    # other processes
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd"),
    *("move_pages", "migrate_pages", "perf_event_open"),
    # parts of the kernel with many vulnerabilities
    *("keyctl", "add_key", "request_key", "bpf", "userfaultfd", "open_by_handle_at", "io_uring_setup", "syslog"),
    # memory that belongs to no process and no folder, and so is not counted
    *("memfd_create", "memfd_secret", "shmget"),
    # communication between the programs of different learners
    *("msgget", "semget", "mq_open"),
    # a larger share of the processor
    *("setpriority", "ioprio_set", "sched_setaffinity", "sched_setparam", "sched_setscheduler", "sched_setattr"),
]
# Without namespaces: no sockets (sendmsg could send open files through a pair), no way to leave the process group that
# is killed at the end, no signals to other processes.
_ALONE_REFUSED = [
    *("socket", "sendmsg", "sendmmsg", "setsid", "setpgid"),
    *("pidfd_send_signal", "rt_sigqueueinfo", "tkill"),
    # Landlock does not prevent these on the user's files (truncate before kernel 6.2)
    *("truncate", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
    *("inotify_init", "inotify_init1", "fanotify_init"),
]
# Landlock does not prevent these either. They do nothing but report success, because functions that copy a file
# (shutil.copy) use them on the copy.
_ALONE_IGNORED = [
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat"),
    *("utime", "utimes", "futimesat", "utimensat"),
]
_AF_UNIX = 1
# name: which argument, and the values that it may have; TCP is refused because nothing counts its buffers
_ONLY = {"socket": (0, [_AF_UNIX])}
# name: which argument, and the values that it must not have
_NOT = {
    "prctl": (0, [1]),  # PR_SET_PDEATHSIG: outliving the parent
    # F_SETOWN, F_SETSIG, F_SETOWN_EX: the kernel would signal another process; F_SETPIPE_SZ: a larger buffer
    "fcntl": (1, [8, 10, 15, 1031]),
    "setsockopt": (2, [7, 8, 32, 33]),  # SO_SNDBUF, SO_RCVBUF and their FORCE variants: larger buffers, not counted
    "ioctl": (1, [0x8901, 0x8902, 0x5412, 0x541C]),  # FIOSETOWN, SIOCSPGRP; TIOCSTI, TIOCLINUX: fake typed input
}
_SIGNALS_TO_ITSELF_ONLY = ["kill", "tgkill", "rt_tgsigqueueinfo"]

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _IGNORE, _REFUSE, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000, 0x00050000 | 1, 0x00050000 | 38
_ASK, _ASKS = 0x7FC00000, 1 << 3  # SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER
_CLONE_NEWUSER, _CLONE_THREAD = 0x10000000, 0x00010000
_SET_FROM_OUTSIDE = [2, 6, 7]
"""RLIMIT_DATA, RLIMIT_NPROC, RLIMIT_NOFILE, which are raised and lowered while a program runs."""
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0x01, 0x20, 0x100
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16


def is_supported() -> bool:
    """Return whether this module knows the system calls of this machine."""
    return sys.platform == "linux" and os.uname().machine in _ARCHITECTURES and sys.maxsize > 2**32


def install(profile: str) -> bool:
    """Install the filter of ``profile`` for this process and its descendants; return False on an unknown machine.

    Raises:
        OSError: The kernel does not accept the filter.
    """
    if not is_supported():
        return False
    _install(_program(profile))
    return True


def listen() -> int:
    """Return a file that receives a question whenever this process or a descendant is about to start a process.

    The call that would start it waits until the question is answered.

    Raises:
        OSError: The kernel does not support or allow this.
    """
    if not is_supported():
        raise OSError(0, "the numbers of the system calls are not known here")
    return _install(_questions(), _ASKS)


def _install(code: bytes, flags: int = 0) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, without which an ordinary user may not install a filter
    call = _NUMBERS["seccomp"][_ARCHITECTURES[os.uname().machine][1]]
    done = libc.syscall(call, 1, flags, filter_program)  # SECCOMP_SET_MODE_FILTER
    if done < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the system call filter: {os.strerror(number)}")
    return int(done)


def _questions() -> bytes:
    """Return the filter that asks before a new process starts."""
    architecture, column = _ARCHITECTURES[os.uname().machine]
    allow, ask = _instruction(_RETURN, _ALLOW), _instruction(_RETURN, _ASK)
    code = [_instruction(_LOAD, _ARCHITECTURE), _instruction(_EQUAL, architecture, 1, 0), allow]
    code += [_instruction(_LOAD, _NUMBER)]
    for name in ("fork", "vfork"):
        code += [_instruction(_EQUAL, _NUMBERS[name][column], 0, 1), ask]
    code += [_instruction(_EQUAL, _NUMBERS["clone"][column], 1, 0), allow]
    code += [_instruction(_LOAD, _ARGUMENTS), _instruction(_ANY_BIT, _CLONE_THREAD, 0, 1), allow, ask]
    return b"".join(code)


def _program(profile: str) -> bytes:
    """Return the filter as machine code: each rule is a comparison that jumps over the rule's own returns."""
    architecture, column = _ARCHITECTURES[os.uname().machine]
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _REFUSE),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, 0x40000000, 0, 1),  # x86-64 has the same calls again as x32, from this number on
        _instruction(_RETURN, _REFUSE),
        _instruction(_AT_LEAST, _FIRST_UNKNOWN, 0, 1),
        _instruction(_RETURN, _NO_SUCH_CALL),
    ]

    def rule(name: str, then: list[bytes]) -> None:
        code.extend([_instruction(_EQUAL, _NUMBERS[name][column], 0, len(then)), *then])

    for name in [*_ALWAYS_REFUSED, *(_ALONE_REFUSED if profile == ALONE else ())]:
        rule(name, [_instruction(_RETURN, _REFUSE)])
    for name in _ALONE_IGNORED if profile == ALONE else ():
        rule(name, [_instruction(_RETURN, _IGNORE)])
    # a filter cannot see the flags of clone3; without it, glibc falls back to clone, whose flags it can see
    rule("clone3", [_instruction(_RETURN, _NO_SUCH_CALL)])
    flags = [_instruction(_LOAD, _ARGUMENTS), _instruction(_ANY_BIT, _CLONE_NEWUSER, 0, 1)]
    rule("clone", [*flags, _instruction(_RETURN, _REFUSE), _instruction(_RETURN, _ALLOW)])
    for name, (argument, values) in _ONLY.items():
        rule(name, _by_argument(argument, values, _ALLOW, _REFUSE))
    for name, (argument, values) in _NOT.items():
        rule(name, _by_argument(argument, values, _REFUSE, _ALLOW))
    rule("mmap", _only_counted_memory())
    if profile != SUPERVISOR:
        rule("prlimit64", _own_limits(is_alone=profile == ALONE))
        rule("setrlimit", _by_argument(0, _SET_FROM_OUTSIDE, _REFUSE, _ALLOW))
    if profile == ALONE:
        for name in _SIGNALS_TO_ITSELF_ONLY:
            rule(name, _by_argument(0, [os.getpid()], _ALLOW, _REFUSE))
    code.append(_instruction(_RETURN, _ALLOW))
    return b"".join(code)


def _by_argument(argument: int, values: Sequence[int], among: int, otherwise: int) -> list[bytes]:
    """Return code that gives ``among`` if the argument (its lower 32 bits) is one of ``values``, else ``otherwise``."""
    last = len(values) - 1
    tests = [_instruction(_EQUAL, value, last - place + 1, 0) for place, value in enumerate(values)]
    load = _instruction(_LOAD, _ARGUMENTS + 8 * argument)
    return [load, *tests, _instruction(_RETURN, otherwise), _instruction(_RETURN, among)]


def _only_counted_memory() -> list[bytes]:
    """Return code that refuses memory outside the limit on data: shared anonymous memory, and a growing stack."""
    allow, refuse = _instruction(_RETURN, _ALLOW), _instruction(_RETURN, _REFUSE)
    grows = [_instruction(_LOAD, _ARGUMENTS + 8 * 3), _instruction(_ANY_BIT, _MAP_GROWSDOWN, 2, 0)]
    shared = [_instruction(_ANY_BIT, _MAP_ANONYMOUS, 0, 2), _instruction(_ANY_BIT, _MAP_SHARED, 0, 1)]
    return [*grows, *shared, refuse, allow]


def _own_limits(*, is_alone: bool) -> list[bytes]:
    """Return code that lets a process change its limits, except those set from outside (see ``process``, ``sharing``).

    ``is_alone`` refuses access to the limits of other processes.
    """
    allow, refuse = _instruction(_RETURN, _ALLOW), _instruction(_RETURN, _REFUSE)
    itself = [_instruction(_LOAD, _ARGUMENTS), _instruction(_EQUAL, 0, 2, 0), _instruction(_EQUAL, os.getpid(), 1, 0)]
    last = len(_SET_FROM_OUTSIDE) - 1
    kind = [_instruction(_LOAD, _ARGUMENTS + 8)]
    kind += [_instruction(_EQUAL, value, last - place + 1, 0) for place, value in enumerate(_SET_FROM_OUTSIDE)]
    kind += [allow]
    new = [_instruction(_LOAD, _ARGUMENTS + 16), _instruction(_EQUAL, 0, 1, 0), refuse]
    rest_of_new = [_instruction(_LOAD, _ARGUMENTS + 20), _instruction(_EQUAL, 0, 1, 0), refuse]
    return [*([*itself, refuse] if is_alone else []), *kind, *new, *rest_of_new, allow]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
