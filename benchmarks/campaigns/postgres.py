"""A class at one PostgreSQL server: ``python -m benchmarks.campaigns.postgres [--learners 120] [--seconds 30]``.

As many learners as in a lecture hall answer at once, with 60 answers a second in total, while the server is stopped as
by a crash and started again. The server is a new one in a temporary folder, reached by a socket.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import repeat
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Thread

from benchmarks.campaigns.outcome import Outcome, report
from tests.classroom.simulated import assignment_in
from tests.store.postgres import Proxy, Server, server
from tutor.session import Session
from tutor.store import AttemptRecord, Store

RATE = 60.0  # answers a second that learners give: more than the goal of 50


def work(url: str, learner: int, due: Iterator[float], until: float, took: list[float], given: dict[int, int]) -> None:
    """Store one learner's answers, each as soon as it is due and the previous one is stored, ``until`` a time."""
    with closing(Store(url, learner=f"learner-{learner}")) as store:
        for moment in due:
            if max(moment, time.monotonic()) > until:
                return
            time.sleep(max(0.0, moment - time.monotonic()))
            begun = time.perf_counter()
            store.record("l", "", AttemptRecord("Z1", str(given.get(learner, 0)), "wrong", ("bias",), "x" * 80))
            took.append(time.perf_counter() - begun)
            given[learner] = given.get(learner, 0) + 1


def as_people_answer(rng: random.Random, begun: float, learners: int) -> Iterator[float]:
    """Yield the times at which a learner's answers are due, independent of the server."""
    moment = begun
    while True:
        moment += rng.random() * 2 * learners / RATE
        yield moment


def lecture(running: Server, learners: int, seconds: float, *, pauses: bool = True, stop: bool = True) -> Outcome:
    """Run all learners at once, with a restart half-way: every answer is stored once, in order."""
    outcome = Outcome(
        f"{learners} learners at one server" + ", restarted half-way" * stop + ", without a pause" * (not pauses)
    )
    url = running.fresh()
    took: list[float] = []
    given: dict[int, int] = {}
    begun, client, at_server = time.monotonic(), time.process_time(), _server_seconds()
    threads = []
    for learner in range(learners):
        due = as_people_answer(random.Random(learner), begun, learners) if pauses else repeat(begun)
        threads.append(Thread(target=work, args=(url, learner, due, begun + seconds, took, given)))
    for thread in threads:
        thread.start()
    if stop:
        time.sleep(seconds / 2)
        running.stop()
        time.sleep(min(5.0, seconds / 5))
        running.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - begun
    spent = time.process_time() - client
    for learner in range(learners):
        with closing(Store(url, learner=f"learner-{learner}")) as store:
            found = [one.answer for one in store.attempts("l", "")]
        outcome.hold(found == [str(each) for each in range(given.get(learner, 0))], f"learner-{learner}: {found[-3:]}")
    p95 = quantiles(took, n=20)[-1]
    outcome.figures = (
        f"({len(took)} answers, {len(took) / elapsed:.0f} a second, 95 of 100 within {p95 * 1000:.0f} ms; the "
        f"CPU time for each: {spent / len(took) * 1000:.1f} ms here"
        + (f", {(_server_seconds() - at_server) / len(took) * 1000:.1f} ms at the server" if not stop else "")
        + ")"
    )
    return outcome


def one_answer(running: Server) -> Outcome:
    """Measure the store's part of one answer."""
    outcome = Outcome("one answer after another")
    url = running.fresh()
    Store(url, learner="first").close()
    with TemporaryDirectory() as name, closing(Proxy(running, Path(name))) as proxy:
        with closing(Store(proxy.url(url), learner="learner")) as store:
            opening = proxy.trips
            for each in range(100):
                store.record("l", "", AttemptRecord("Z1", str(each), "wrong", ("bias",), "x" * 80))
            stored = (proxy.trips - opening) / 100
            outcome.hold(len(store.attempts("l", "")) == 100, "not all are there")
        with closing(Store(proxy.url(url), learner="learner")) as store:
            assignment = assignment_in(Path(name))
            session = Session(assignment.lessons[0], store)
            session.submit("network:Z1", "0.1")
            before = proxy.trips
            for each in range(100):
                session.submit("network:Z1", f"{each}.5")
            marked = (proxy.trips - before) / 100
    outcome.figures = (
        f"(round trips: {opening} to open the store, {stored:.1f} to store an answer, {marked:.1f} for an answer with "
        "its marks, evidence and the lesson's summary)"
    )
    return outcome


def _server_seconds() -> float:
    """Return the CPU seconds of all PostgreSQL processes."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = path.read_text().rpartition(")")
            if name.endswith("(postgres"):
                ticks += sum(int(each) for each in rest.split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Run the campaign and print the results; return 1 if an answer is lost."""
    parser = argparse.ArgumentParser(description="A class at one PostgreSQL server.")
    parser.add_argument("--learners", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    with server(connections=options.learners + 50) as running:
        return report(
            [
                lecture(running, options.learners, options.seconds),
                lecture(running, options.learners, options.seconds / 3, pauses=False, stop=False),
                one_answer(running),
            ]
        )


if __name__ == "__main__":
    sys.exit(main())
