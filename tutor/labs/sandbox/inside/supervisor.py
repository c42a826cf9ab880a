"""The first process of a sandbox. It starts the learner's program, and ends whatever the program leaves behind.

``start`` runs it; ``argv[1]`` is the ``Plan`` as JSON. This process forks. The child gives up its rights
(``confine``) and becomes the program's Python (``child``). The parent stays outside the program's reach and waits:

- when the program ends, every process that it started is killed, and the parent exits with the program's status;
- when the tutor ends for any reason, the other end of the command pipe closes, and the same happens;
- when the tutor sends SIGTERM, the same happens.

No descendant can escape. On Linux, orphans are handed to this process (``PR_SET_CHILD_SUBREAPER``, or because it is
process 1 of its namespace). The program's process group is killed in one step, faster than a fork bomb can fork.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from tutor.labs.sandbox.inside import forks, seccomp
from tutor.labs.sandbox.inside.confine import Plan, confine, prctl
from tutor.labs.sandbox.inside.sharing import Sharing

if TYPE_CHECKING:
    from _socket import socket

_SET_DUMPABLE, _SET_CHILD_SUBREAPER = 4, 36
_AGAIN_AFTER = 0.002
_SHARE_EVERY = 20
"""Milliseconds between divisions of the memory among several processes."""
_CLOSED = getattr(select, "POLLHUP", 0) | getattr(select, "POLLERR", 0) | getattr(select, "POLLNVAL", 0)

_DRAINED = 1_000


def main() -> None:
    """Start the program and wait until it or the tutor ends."""
    plan: Plan = json.loads(sys.argv[1])
    sys.argv = [sys.argv[0]]
    try:
        if not hasattr(os, "fork"):
            _become_program(plan)
            return
        first, then = _split(plan)
        if first:  # this process shares the namespaces, so the program must not write to its memory
            confine(first)
            prctl(_SET_DUMPABLE, 0)
        prctl(_SET_CHILD_SUBREAPER, 1)
        ended, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        os.set_blocking(wake, False)
        ours, theirs = _channel(plan)
        program = os.fork()
        if not program:
            os.close(ended)
            os.close(wake)
            if ours is not None:
                ours.close()
            os.setpgid(0, 0)
            _become_program(then, theirs)
            return
        if theirs is not None:
            theirs.close()
    except OSError as error:
        _refuse(error)
        return
    status = _wait(program, ended, wake, Questions(plan, ours) if ours is not None else None)
    if "folder" in plan:  # not left to the tutor, which may be killed at any moment
        from tutor.labs.sandbox.inside.folder import remove

        remove(plan["folder"])
    os._exit(status)


def _split(plan: Plan) -> tuple[Plan, Plan]:
    """Return what this process gives up itself, and what only the program gives up.

    In namespaces this process is as confined as the program, so that taking it over gains nothing. Only the program
    gets Landlock, which hides this process. Without namespaces this process keeps its rights, because it has to end
    processes and remove files that may belong to another user number.
    """
    if not plan.get("boxed"):
        return Plan(), plan
    first, then = plan.copy(), Plan(boxed=True)
    if "calls" in plan:
        first["calls"], then["calls"] = seccomp.SUPERVISOR, plan["calls"]
    # root stays root, which differs from the program's user and which bubblewrap may signal
    for name in ("user", "read", "write", "open_network"):
        if name in first:
            then[name] = first.pop(name)
    return first, then


def _channel(plan: Plan) -> tuple[socket, socket] | tuple[None, None]:
    """Return the two ends of the channel through which the program's process sends its listener (see ``forks``)."""
    if "all_memory" not in plan or not os.path.exists("/proc/self/statm"):
        return None, None
    from _socket import socketpair  # importing socket would take some milliseconds

    return socketpair()


class Questions:
    """Answers the program's processes when they ask whether they may start another."""

    def __init__(self, plan: Plan, channel: socket) -> None:
        self._channel: socket | None = channel
        self._sharing = Sharing(plan["all_memory"], plan["memory"], plan["open_files"], plan.get("user"))
        self._are_asked = True
        self.file = channel.fileno()

    @property
    def wait(self) -> int | None:
        """How many milliseconds to wait at most for the next event; None: no limit."""
        return _SHARE_EVERY if self._sharing.are_several or not self._are_asked else None

    def answer(self, *, has_come: bool) -> bool:
        """Handle a message if one ``has_come``; return whether more may come.

        The first message is the listener that receives the questions. Without it, the kernel asks nothing.
        """
        if self._channel is None:
            return has_come and forks.answer(self.file, self._sharing.may_start)
        listener = forks.received(self._channel) if has_come else None
        self._channel.close()
        self._channel = None
        self.file = listener if listener is not None else -1
        self._are_asked = listener is not None
        return self._are_asked

    def share_again(self) -> None:
        """Divide memory again if there are or were several processes, or may be because the kernel does not ask."""
        if self._sharing.are_several or not self._are_asked:
            self._sharing.again()


def _become_program(plan: Plan, channel: socket | None = None) -> None:
    if plan.get("boxed"):
        prctl(_SET_DUMPABLE, 1)
    confine(plan, (lambda: forks.announce(channel)) if channel is not None else None)
    if channel is not None:
        channel.close()
    from tutor.labs.sandbox.inside import child

    child.main()


def _refuse(error: OSError) -> None:
    os.write(2, (json.dumps({"is": "refused", "why": str(error)}) + "\n").encode())


def _wait(program: int, ended: int, wake: int, questions: Questions | None) -> int:
    """Wait until the program or the tutor ends, then end everything; return the status to exit with."""
    with contextlib.suppress(OSError):  # the program may have done it already
        os.setpgid(program, program)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    is_over = False

    def stop(*_: object) -> None:
        nonlocal is_over
        is_over = True

    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    if os.getpid() != 1:  # process 1 must ignore the program's signals
        signal.signal(signal.SIGTERM, stop)
    for pipe in (1, 2):  # only the program keeps these open, so that their readers see its end
        os.close(pipe)
    tutor = select.poll()
    tutor.register(0, 0)  # reports only that the other end closed
    tutor.register(ended, select.POLLIN)
    if questions is not None:
        tutor.register(questions.file, select.POLLIN)
    statuses: dict[int, int] = {}
    while not is_over and program not in statuses:
        for pipe, what in tutor.poll(questions.wait if questions is not None else None):
            if pipe == 0 and what & _CLOSED:
                is_over = True
            elif pipe == ended:
                os.read(ended, _DRAINED)
            elif questions is not None and pipe == questions.file:
                is_open = questions.answer(has_come=bool(what & select.POLLIN))
                if pipe != questions.file or not is_open:
                    tutor.unregister(pipe)
                if pipe != questions.file and is_open:
                    tutor.register(questions.file, select.POLLIN)
        _reap(statuses)
        if questions is not None:
            questions.share_again()
    while _kill_all(program, statuses):
        time.sleep(_AGAIN_AFTER)
    status = statuses.get(program, 128 + signal.SIGKILL)
    return status if status >= 0 else 128 - status


def _reap(statuses: dict[int, int]) -> bool:
    """Record the status of every process that has ended, orphans included; return whether any process is left."""
    try:
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            statuses[found[0]] = os.waitstatus_to_exitcode(found[1])
    except ChildProcessError:
        return False
    return True


def _kill_all(program: int, statuses: dict[int, int]) -> bool:
    """Kill the program, its group, and every child of this process; return whether any is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program, signal.SIGKILL)
    for process in _children():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    return _reap(statuses)


def _children() -> list[int]:
    """Return this process's children, including adopted orphans; none if the system does not list them."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as listed:
            return [int(number) for number in listed.read().split()]
    except OSError:
        return []
