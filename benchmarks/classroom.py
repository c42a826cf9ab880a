"""Mark a class: hand-ins with different numbers, with shared numbers, and with the lesson read again for each.

python -m benchmarks.classroom [HAND_INS] [--dask HAND_INS] [--kills 2] [--runs 1]
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
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
    """Yield the hand-ins of a class in which a third makes known mistakes, and some stop half-way."""
    for place in range(count):
        moment = DUE - timedelta(seconds=count - place)
        yield work(assignment, f"s{place}", wrong=WRONG[place % len(WRONG)], handed_in=moment)


def rate(assignment: Assignment, hand_ins: list[HandIn]) -> float:
    """Return how many hand-ins a worker marks per second of one core."""
    list(mark_all(hand_ins[:20], assignment, workers=1))
    began = time.process_time()
    assert sum(outcome.marked is not None for outcome in mark_all(hand_ins, assignment, workers=1)) == len(hand_ins)
    return len(hand_ins) / (time.process_time() - began)


def one_by_one(assignment: Assignment, hand_ins: list[HandIn]) -> float:
    """Return how many hand-ins are marked per second of one core if the lesson is read again for each."""
    began = time.process_time()
    for hand_in in hand_ins:
        vary(assignment.lessons[0], hand_in.learner)
        mark_hand_in(hand_in, assignment)
    return len(hand_ins) / (time.process_time() - began)


def on_a_cluster(folder: Path, count: int, kills: int) -> bool:
    """Mark on two local workers, killing one now and then; return whether each hand-in was marked exactly once."""
    import dask
    from distributed import Client, LocalCluster

    # A busy machine may take minutes to restart a worker. By default, a local cluster gives up a worker that is not
    # back after 15 seconds.
    dask.config.set({"distributed.comm.timeouts": {"connect": "600s", "tcp": "600s"}})
    dask.config.set({"distributed.deploy.lost-worker-timeout": "600s"})
    assignment = assignment_in(folder, ASSIGNMENT + "seed: shared\n")
    hand_ins = Spool()
    for place, each in zip(range(count), cycle(list(simulated(assignment, 60)))):
        hand_ins.add(_as_of(each, f"s{place}"))
    at_first = _memory()
    moments = {count * place // (kills + 2) for place in range(1, kills + 1)}
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        began, places, killed, last, longest = time.perf_counter(), [], 0, time.perf_counter(), 0.0
        for outcome in mark_all(hand_ins, assignment, executor=client.get_executor(), kept=folder / "marks.jsonl"):
            assert outcome.marked is not None, outcome.error
            places.append(outcome.place)
            longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
            if len(places) in moments:
                killed += _kill_a_worker(cluster)
        seconds = time.perf_counter() - began
    lines = sum(1 for _ in (folder / "marks.jsonl").open())
    once = sorted(places) == list(range(count)) and lines == count
    memory = _memory()
    print(
        f"Dask, two workers, {killed} killed: {count} hand-ins in {seconds:.0f} s, "
        f"nothing for {longest:.0f} s at most, each marked once: {once}"
    )
    print(f"the most memory that the report's own process took: {memory} MB, {memory - at_first} MB of it for marking")
    return once


def _memory() -> int:
    """Return the peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _as_of(hand_in: HandIn, learner: str) -> HandIn:
    """Return the same work under another name, with a new hash chain."""
    entries = [entry.model_dump(exclude={"hash"}) for entry in hand_in.entries]
    sealed = tuple(chain(entries, hand_in.assignment, learner))
    return hand_in.model_copy(update={"learner": learner, "entries": sealed})


def _kill_a_worker(cluster: Any) -> int:
    """Kill a worker's process, as if its machine went down; its nanny starts another one. Return how many were killed:
    none if all are still starting."""
    running = [nanny.process.pid for nanny in cluster.workers.values() if nanny.process and nanny.process.pid]
    if not running:
        return 0
    with suppress(ProcessLookupError):
        os.kill(random.choice(running), signal.SIGKILL)
        return 1
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hand_ins", type=int, nargs="?", default=600)
    parser.add_argument("--dask", type=int, default=0)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.dask:
        whole = 0
        for _ in range(wanted.runs):
            with tempfile.TemporaryDirectory() as name:
                whole += on_a_cluster(Path(name), wanted.dask, wanted.kills)
        print(f"{whole} of {wanted.runs} runs marked each hand-in once")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
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
