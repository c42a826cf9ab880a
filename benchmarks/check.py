"""Check the course with its programs in parallel and one after the other; and check a gradient through maxima.

python -m benchmarks.check
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tutor.authoring import Options, check_paths, lint
from tutor.lessons import load_source
from tutor.marking import Marker

POOLING = """
title: Pooling
worksheet:
  given:
    X: [[1, 2, 0, 1, 3], [0, 1, 2, 2, 1], [1, 0, 1, 3, 0], [2, 1, 0, 1, 1], [0, 2, 1, 0, 2]]
    K: [[1, -1], [0.5, 2]]
  steps:
    C: conv(X, K)
    P: "[max(C[1..2,1..2]), max(C[1..2,3..4]), max(C[3..4,1..2]), max(C[3..4,3..4])]"
    L: sum(P)
    dK: dL/dK
screens:
  - title: One
    blocks:
      - ask: dK
"""


class OneAfterTheOther(Executor):
    """An executor that does each piece of work at once."""

    def __init__(self, max_workers: int = 1) -> None:
        self.workers = max_workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **options))
        return future


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of wall-clock time and of CPU time (children included) that a piece of work takes."""
    before, began = _processor(), time.perf_counter()
    work()
    return time.perf_counter() - began, _processor() - before


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    options = Options(use_cache=False)
    side, processor = seconds(lambda: check_paths([Path("lessons")], options))
    print(f"the whole course: {side:.1f} s, {processor:.1f} s of the processor's outside the programs' boxes")
    kept = vars(lint)["ThreadPoolExecutor"]
    vars(lint)["ThreadPoolExecutor"] = OneAfterTheOther
    alone, _ = seconds(lambda: check_paths([Path("lessons")], options))
    vars(lint)["ThreadPoolExecutor"] = kept
    print(f"one program after the other: {alone:.1f} s, {alone / side:.2f} times as long")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pooling.yaml"
        path.write_text(POOLING, encoding="utf-8")
        checked, _ = seconds(lambda: check_paths([path], options))
        marker = Marker(load_source(path).graph("worksheet"))
        marker.mark("L", 1)  # loads what the first answer needs
        wrong, _ = seconds(lambda: marker.mark("dK", [[1, 2], [3, 4]]))
    print(f"a gradient through four maxima: checked in {checked:.2f} s, a wrong one marked in {wrong * 1000:.0f} ms")


if __name__ == "__main__":
    main()
