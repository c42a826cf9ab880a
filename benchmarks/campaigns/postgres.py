"""A class at one PostgreSQL server: ``python -m benchmarks.campaigns.postgres [--learners 120] [--seconds 30]``.

As many learners as are in a lecture hall answer at once, 50 answers a second between them, and the server is stopped
as by a crash and started again in between. The server is a fresh one in a temporary folder, reached by a socket.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from contextlib import closing
from statistics import quantiles
from threading import Thread

from benchmarks.campaigns.outcome import Outcome, report
from tests.store.postgres import Server, server
from tutor.store import AttemptRecord, Store

RATE = 50.0  # answers a second


def work(url: str, learner: int, learners: int, until: float, took: list[float], given: dict[int, int]) -> None:
    """One learner's answers, at their share of the rate, until a time."""
    rng = random.Random(learner)
    with closing(Store(url, learner=f"learner-{learner}")) as store:
        while time.monotonic() < until:
            time.sleep(rng.random() * 2 * learners / RATE)
            begun = time.perf_counter()
            store.record("l", "", AttemptRecord("Z1", str(given.get(learner, 0)), "wrong", ("bias",), "x" * 80))
            took.append(time.perf_counter() - begun)
            given[learner] = given.get(learner, 0) + 1


def lecture(running: Server, learners: int, seconds: float) -> Outcome:
    """All learners at once, with a restart half-way: every answer is there once, in its order."""
    outcome = Outcome(f"{learners} learners at one server, restarted half-way")
    url = running.fresh()
    took: list[float] = []
    given: dict[int, int] = {}
    begun = time.monotonic()
    threads = [
        Thread(target=work, args=(url, each, learners, begun + seconds, took, given)) for each in range(learners)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 2)
    running.stop()
    time.sleep(min(5.0, seconds / 5))
    running.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - begun
    for learner in range(learners):
        with closing(Store(url, learner=f"learner-{learner}")) as store:
            found = [one.answer for one in store.attempts("l", "")]
        outcome.hold(found == [str(each) for each in range(given.get(learner, 0))], f"learner-{learner}: {found[-3:]}")
    p95 = quantiles(took, n=20)[-1]
    outcome.figures = f"({len(took)} answers, {len(took) / elapsed:.0f} a second, 95 of 100 within {p95 * 1000:.0f} ms)"
    return outcome


def main() -> int:
    """Run it and print what came of it; 1 where an answer is lost."""
    parser = argparse.ArgumentParser(description="A class at one PostgreSQL server.")
    parser.add_argument("--learners", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    with server(connections=options.learners + 50) as running:
        return report([lecture(running, options.learners, options.seconds)])


if __name__ == "__main__":
    sys.exit(main())
