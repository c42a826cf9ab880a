"""Hostile programs: probes, which try to reach something forbidden, and bombs, which try to exhaust a resource."""

from __future__ import annotations

PROBES = {
    "calls that lead out": """
import ctypes, fcntl, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
open_calls = []
def attempt(name, work):
    try:
        found = work()
        if found is None or found >= 0:
            open_calls.append(name)
    except OSError:
        pass
attempt("shmget", lambda: libc.shmget(0, 4096, 0o1600))
attempt("msgget", lambda: libc.msgget(0, 0o1600))
attempt("semget", lambda: libc.semget(0, 1, 0o1600))
attempt("mq_open", lambda: libc.syscall(240 if os.uname().machine == "x86_64" else 180, b"q", 0o102, 0o600, None))
attempt("memfd_create", lambda: os.memfd_create("x"))
attempt("shared memory of no file", lambda: mmap.mmap(-1, 4096).size())
attempt("shared zeros", lambda: mmap.mmap(os.open("/dev/zero", os.O_RDONLY), 4096, prot=mmap.PROT_READ).size())
attempt("memory that grows as a stack", lambda: mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | 0x120).size())
attempt("setpriority", lambda: os.setpriority(os.PRIO_PROCESS, 0, 5))
attempt("sched_setaffinity", lambda: os.sched_setaffinity(0, {0}))
attempt("internet", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).fileno())
attempt("internet, version 6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM).fileno())
attempt("a larger pipe", lambda: fcntl.fcntl(os.pipe()[0], 1031, 1 << 20))
attempt("a larger buffer", lambda: socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20))
attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM).fileno())
attempt("netlink", lambda: socket.socket(16, socket.SOCK_RAW).fileno())
attempt("packet", lambda: socket.socket(17, socket.SOCK_RAW).fileno())
attempt("outliving the parent", lambda: libc.prctl(1, 0, 0, 0, 0))
attempt("signals by a file", lambda: fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid()))
attempt("the parent's memory", lambda: os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR))
attempt("process 1's memory", lambda: os.open("/proc/1/mem", os.O_RDONLY))
attempt("the parent's files", lambda: len(os.listdir(f"/proc/{os.getppid()}/fd")))
attempt("a file among the devices", lambda: os.open("/dev/file", os.O_CREAT | os.O_RDWR))
attempt("a new namespace", lambda: libc.unshare(0x10000000))
open_calls
""",
    "files and places": """
import glob, os
seen = []
for path in ("/etc/passwd", "/etc/shadow", "/root", "/home", "/var/log", "/run/user", "/proc", "/proc/1/environ"):
    try:
        seen += [path] if (os.listdir(path) if os.path.isdir(path) else open(path).read()) else []
    except OSError:
        pass
for path in ("/usr/x", "/tutor/inside/x", "/proc/sys/kernel/hostname", "/x", "/lab/../x", "/sys/x"):
    try:
        open(path, "w").close()
        seen.append(path)
    except OSError:
        pass
seen
""",
    "the network": """
import socket
reached = []
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 22)),
    (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"),
):
    try:
        with socket.socket(family, kind) as each:
            each.settimeout(0.3)
            each.connect(address)
            reached.append(address)
    except OSError:
        pass
reached
""",
    "limits of its own": """
import resource
raised = []
for name in ("RLIMIT_DATA", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CPU"):
    before = resource.getrlimit(getattr(resource, name))
    try: resource.setrlimit(getattr(resource, name), (before[1] + 1, before[1] + 1))
    except (OSError, ValueError): continue
    raised.append(name)
raised
""",
}
"""Each ends with the list of what it reached, which must be empty."""

_MANY = """
import os, time
def many(work, number=12):
    for _ in range(number):
        try:
            if os.fork() == 0:
                work()
                time.sleep(30)
        except OSError:
            pass
    time.sleep(30)
"""

_FULL = (
    _MANY
    + """
import socket
def fill(pair, size):
    kept = []
    try:
        while True:
            for each in pair():
                kept.append(each)
                each.setblocking(False)
                try: each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
                except OSError: pass
                try:
                    while True: each.send(bytes(1 << 16))
                except BlockingIOError: pass
    except OSError:
        time.sleep(30)
"""
)
_LOCKED = """
import ctypes, mmap, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
size = 64 << 20
for _ in range(60):  # what may only be read is not counted by the limit on data
    at = libc.mmap(None, ctypes.c_size_t(size), 3, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    if at in (None, 2**64 - 1): break
    ctypes.memset(at, 1, size)
    libc.mprotect(ctypes.c_void_p(at), ctypes.c_size_t(size), 1)
time.sleep(30)
"""
_AT_ONCE = """
import os, time
begin = time.time() + 0.5
for _ in range(15):
    try:
        if os.fork() == 0: break
    except OSError: pass
time.sleep(max(0, begin - time.time()))
kept = []
while True:
    try: kept.append(b"x" * 10**7)
    except MemoryError: time.sleep(30)
"""
_IN_COMMON = """
import os, time
kept = bytearray(120 * 10**6)
def fill():
    for at in range(0, len(kept), 4096): kept[at] = 1
fill()
begin = time.time() + 0.5
for _ in range(15):
    try:
        if os.fork() == 0: break
    except OSError: pass
time.sleep(max(0, begin - time.time()))
fill()
time.sleep(30)
"""
BOMBS = {
    "endless loop": "while True: pass",
    "memory": "kept = []\nwhile True: kept.append(bytearray(10**7))",
    "memory of many": _MANY + "many(lambda: globals().update(kept=b'x' * 10**8))",
    "memory that is no longer written": _LOCKED,
    "memory of many, all at once": _AT_ONCE,
    "memory in common, written all at once": _IN_COMMON,
    "shared pages": """
import mmap, time
kept = []
for _ in range(30):
    kept.append(mmap.mmap(-1, 100 << 20))
    for at in range(0, len(kept[-1]), 4096): kept[-1][at] = 1
time.sleep(30)
""",
    "shared pages that were given back": """
import mmap, time
kept = []
for _ in range(30):
    kept.append(mmap.mmap(-1, 100 << 20))
    for at in range(0, len(kept[-1]), 4096): kept[-1][at] = 1
    kept[-1].madvise(mmap.MADV_DONTNEED)
time.sleep(30)
""",
    "nameless memory": """
import os, time
kept = []
for number in range(200):
    kept.append(os.memfd_create(str(number)))
    os.write(kept[-1], bytes(8 * 10**6))
time.sleep(30)
""",
    "System V memory": """
import ctypes, time
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for _ in range(100):
    number = libc.shmget(0, 1 << 24, 0o1600)
    if number < 0: raise OSError("refused")
    ctypes.memset(libc.shmat(number, None, 0), 1, 1 << 24)
time.sleep(30)
""",
    "message queues": "import ctypes\nfor _ in range(100): ctypes.CDLL(None).msgget(0, 0o1600)",
    "semaphores": "import ctypes\nfor _ in range(100): ctypes.CDLL(None).semget(0, 10, 0o1600)",
    "files": """
import os, time
for number in range(1000):
    with open(f"file{number}", "wb") as file: file.write(bytes(4 * 10**6))
""",
    "files in shared memory": """
import os
for number in range(1000):
    with open(f"/dev/shm/file{number}", "wb") as file: file.write(bytes(4 * 10**6))
""",
    "files without a name": """
import os, time
kept = []
for _ in range(200):
    kept.append(open("file", "wb", buffering=0))
    os.unlink("file")
    kept[-1].write(bytes(8 * 10**6))
time.sleep(30)
""",
    "mapped files without a name": """
import mmap, os, time
kept = []
for _ in range(200):
    with open("file", "w+b", buffering=0) as file:
        os.unlink("file")
        file.write(bytes(8 * 10**6))
        kept.append(mmap.mmap(file.fileno(), 0))
time.sleep(30)
""",
    "small files": """
import itertools
for number in itertools.count(): open(f"file{number}", "w").close()
""",
    "nested folders": """
import os, time
for _ in range(1500):
    os.mkdir("d" * 20)
    os.chdir("d" * 20)
while True: time.sleep(0.1)
""",
    "hidden folders": """
import os, time
os.mkdir("closed")
for number in range(1000):
    with open(f"closed/file{number}", "wb") as file: file.write(bytes(4 * 10**6))
    os.chmod("closed", 0 if number == 5 else 0o700)
time.sleep(30)
""",
    "fork bomb": """
import os
while True:
    try: os.fork()
    except OSError: pass
""",
    "daemons": _MANY
    + """
def daemon():
    try: os.setsid()
    except OSError: pass
    if os.fork(): os._exit(0)
    for file in range(20):
        try: os.close(file)
        except OSError: pass
many(daemon)
""",
    "threads": """
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(30,)).start()
    except RuntimeError: time.sleep(0.1)
""",
    "programs that start programs": """
import os, sys
os.write(1, b".")
os.environ["AGAIN"] = '''
import os, subprocess, sys
while True:
    try: subprocess.Popen([sys.executable, "-c", os.environ["AGAIN"]])
    except OSError: pass
'''
exec(os.environ["AGAIN"])
""",
    "pipes": _MANY
    + """
import fcntl
def fill():
    kept = []
    try:
        while True:
            kept.append(os.pipe())
            os.set_blocking(kept[-1][1], False)
            try: fcntl.fcntl(kept[-1][1], 1031, 1 << 20)
            except OSError: pass
            try:
                while True: os.write(kept[-1][1], bytes(1 << 16))
            except BlockingIOError: pass
    except OSError:
        time.sleep(30)
many(fill)
""",
    "socket buffers": _FULL + "many(lambda: fill(socket.socketpair, 1 << 20))\n",
    "network buffers": _FULL
    + """
def fill_network():
    try: server = socket.create_server(("127.0.0.1", 0))
    except OSError: return time.sleep(30)
    fill(lambda: (socket.create_connection(server.getsockname()), server.accept()[0]), 1 << 24)
many(fill_network)
""",
    "endless printing": "while True: print('y' * 1000)",
}
"""Each tries to exhaust a resource; none may exceed its limits by much, or leave anything behind."""
