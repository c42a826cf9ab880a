"""The processes of a program stay within the memory of all, however they grow while it is divided."""

from __future__ import annotations

import os
import random
import resource

import pytest

from tutor.labs.sandbox.inside import sharing
from tutor.labs.sandbox.limits import MEGABYTE

MEMORY, ALONE, BASE, OURS = 160 * MEGABYTE, 120 * MEGABYTE, 8 * MEGABYTE, 6 * MEGABYTE
SUPERVISOR, FIRST = os.getpid(), 1_000_001


class Machine:
    """A supervisor and the processes of a program, which hold ``BASE`` in common and grow between any two calls.

    ``pace`` is the most that a process grows between two calls, in bytes. The first process, which starts the others,
    does not grow: what it had before would be common too, and counted twice only when written.
    """

    def __init__(self, seed: int, pace: int) -> None:
        self.random, self.pace = random.Random(seed), pace
        self.own = {FIRST: 0}
        self.limits = {FIRST: ALONE}

    @property
    def used(self) -> int:
        return OURS + BASE + sum(self.own.values())

    def let_grow(self) -> None:
        for process in list(self.own)[1:]:
            room = max(0, self.limits[process] - BASE - self.own[process])
            self.own[process] += min(room, self.random.randint(0, self.pace))

    def figures(self, process: int, *names: str, file: str = "status", unit: int = 1024) -> list[int]:
        self.let_grow()
        if process == SUPERVISOR:
            found = {"RssAnon": OURS, "Pss_Anon": OURS}
        else:
            own = self.own[process]
            found = {"VmData": BASE + own, "RssAnon": BASE + own, "Pss_Anon": BASE // len(self.own) + own}
        return [{**found, "Tgid": process}.get(name, 0) for name in names]

    def prlimit(self, process: int, which: int, new: tuple[int, int] | None = None) -> tuple[int, int]:
        self.let_grow()
        if which != resource.RLIMIT_DATA:
            return 256, 256
        old = self.limits[process]
        if new is not None:
            self.limits[process] = new[0]
        return old, ALONE

    def fork(self, process: int) -> None:
        child = max(self.own) + 1
        self.own[child], self.limits[child] = 0, self.limits[process]


@pytest.fixture(params=[(seed, pace) for seed in range(2) for pace in (1 << 14, 1 << 17, 1 << 20, 1 << 26)])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(*request.param)
    monkeypatch.setattr(sharing, "descendants", lambda _: [SUPERVISOR, *made.own])
    monkeypatch.setattr(sharing, "figures", made.figures)
    monkeypatch.setattr(resource, "prlimit", made.prlimit)
    return made


def test_growing_processes_never_exceed_the_memory_and_can_use_nearly_all(machine: Machine) -> None:
    divided = sharing.Sharing(MEMORY, ALONE, 256)
    for _ in range(4):
        if divided.may_start(FIRST):
            machine.fork(FIRST)
            divided.again()
            assert machine.used <= MEMORY
    for _ in range(400):
        divided.again()
        assert machine.used <= MEMORY
    assert machine.used >= 0.85 * MEMORY


def test_quiet_processes_have_equal_parts(machine: Machine) -> None:
    divided = sharing.Sharing(MEMORY, ALONE, 256)
    machine.pace = 0
    for number in range(2, 6):
        assert divided.may_start(FIRST)
        machine.fork(FIRST)
        divided.again()
        assert len(set(machine.limits.values())) == 1
        assert MEMORY / 2 < sum(limit - BASE for limit in machine.limits.values()) <= MEMORY, number
