"""Marking a class: hand-ins with numbers of their own against shared ones, and against one learner at a time.

python -m benchmarks.classroom [HAND_INS] [--dask HAND_INS]
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.classroom.simulated import ASSIGNMENT, DUE, assignment_in, work
from tutor.classroom.assignment import Assignment
from tutor.classroom.bulk import mark_all
from tutor.classroom.collect import Spool
from tutor.classroom.hand_in import HandIn, chain
from tutor.classroom.marking import mark_hand_in
from tutor.practice import vary

WRONG = ("", "sign", "bias", "", "half", "hints")


def simulated(assignment: Assignment, count: int) -> Iterator[HandIn]:
    """Hand-ins of a class in which a third makes known mistakes, and some stop half-way."""
    for place in range(count):
        moment = DUE - timedelta(seconds=count - place)
        yield work(assignment, f"s{place}", wrong=WRONG[place % len(WRONG)], handed_in=moment)


def rate(assignment: Assignment, hand_ins: list[HandIn]) -> float:
    """Hand-ins a second of one core's work, as a worker does them."""
    list(mark_all(hand_ins[:20], assignment, workers=1))
    began = time.process_time()
    assert sum(outcome.marked is not None for outcome in mark_all(hand_ins, assignment, workers=1)) == len(hand_ins)
    return len(hand_ins) / (time.process_time() - began)


def one_by_one(assignment: Assignment, hand_ins: list[HandIn]) -> float:
    """Hand-ins a second on one core, the lesson read again for each."""
    began = time.process_time()
    for hand_in in hand_ins:
        vary(assignment.lessons[0], hand_in.learner)
        mark_hand_in(hand_in, assignment)
    return len(hand_ins) / (time.process_time() - began)


def on_a_cluster(folder: Path, count: int) -> None:
    """Mark on two local workers, one of which is killed twice on the way."""
    import dask
    from distributed import Client, LocalCluster

    # a machine that is busy with something else may take minutes to start a worker again
    dask.config.set({"distributed.comm.timeouts": {"connect": "600s", "tcp": "600s"}})
    assignment = assignment_in(folder, ASSIGNMENT + "seed: shared\n")
    hand_ins = Spool()
    for place, each in zip(range(count), cycle(list(simulated(assignment, 60)))):
        hand_ins.add(_as_of(each, f"s{place}"))
    at_first = _memory()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        began, places, killed = time.perf_counter(), [], []
        for outcome in mark_all(hand_ins, assignment, executor=client.get_executor(), kept=folder / "marks.jsonl"):
            assert outcome.marked is not None, outcome.error
            places.append(outcome.place)
            if len(places) in (count // 4, count // 2):
                killed.append(_kill_a_worker(client))
        seconds = time.perf_counter() - began
    lines = sum(1 for _ in (folder / "marks.jsonl").open())
    once = sorted(places) == list(range(count)) and lines == count
    memory = _memory()
    print(f"Dask, two workers, {len(killed)} killed: {count} hand-ins in {seconds:.0f} s, each marked once: {once}")
    print(f"the most memory that the report's own process took: {memory} MB, {memory - at_first} MB of it for marking")


def _memory() -> int:
    """The most memory that this process has taken, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _as_of(hand_in: HandIn, learner: str) -> HandIn:
    """The same work under another name, sealed anew."""
    entries = [entry.model_dump(exclude={"hash"}) for entry in hand_in.entries]
    sealed = tuple(chain(entries, hand_in.assignment, learner))
    return hand_in.model_copy(update={"learner": learner, "entries": sealed})


def _kill_a_worker(client: Any) -> int:
    """End a worker's process at once, as a machine that goes down does; its nanny starts another one."""
    pids = client.run(os.getpid)
    pid = int(next(iter(pids.values())))
    os.kill(pid, signal.SIGKILL)
    return pid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hand_ins", type=int, nargs="?", default=600)
    parser.add_argument("--dask", type=int, default=0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if wanted.dask:
            on_a_cluster(folder, wanted.dask)
            return
        own = assignment_in(folder)
        hand_ins = list(simulated(own, wanted.hand_ins))
        single = one_by_one(own, hand_ins[:30])
        of_own = rate(own, hand_ins)
        shared = assignment_in(folder, ASSIGNMENT + "seed: shared\n")
        of_shared = rate(shared, list(simulated(shared, wanted.hand_ins)))
    print(f"{wanted.hand_ins} hand-ins of six answers, a third with mistakes; hand-ins in a second of one core's work")
    print(f"own numbers: {of_own:.0f}; shared: {of_shared:.0f}, {of_shared / of_own:.1f} times as many")
    print(f"own numbers, the lesson read again for each: {single:.0f}; in bulk {of_own / single:.1f} times as many")


if __name__ == "__main__":
    main()
