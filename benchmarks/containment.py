"""Measure the cost of containment: ``python -m benchmarks.containment [--against FOLDER] [--rounds 5]``.

It measures, at each level of isolation that this machine has, a cell from the key to its first output without a child
process, and a class of forty programs that import NumPy, one per processor at a time. ``--against`` names another
checkout, which is measured alternately with this one, so that both run under the same load.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

_MEASURE = """
import asyncio, json, os, time
from tutor.labs.kernel import Kernel
from tutor.labs.sandbox.inside import landlock
from tutor.labs.sandbox.level import Isolation, level, level_of

async def cell(at, source):
    kernel = Kernel(at_level=at)
    begun = time.perf_counter()
    result = await kernel.run(source)
    taken = time.perf_counter() - begun
    await kernel.close()
    assert result.is_ok, result
    return taken

async def measure(at):
    await cell(at, "1")
    cold = sorted([await cell(at, "print(1)") for _ in range(9)])[4]
    turns = asyncio.Semaphore(os.cpu_count() or 1)
    async def one():
        async with turns:
            await cell(at, "import numpy\\nprint(numpy.tanh(numpy.ones((200, 200))).sum())")
    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(40)))
    return cold, time.perf_counter() - begun

levels = [level()] if level().isolation is Isolation.BUBBLEWRAP else []
levels += [level_of(Isolation.LANDLOCK)] if landlock.version() else []
print(json.dumps({at.isolation.value: asyncio.run(measure(at)) for at in levels}))
"""


def measure(checkout: Path) -> dict[str, tuple[float, float]]:
    """Return the seconds for a cold cell and for a class, by level."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE], capture_output=True, text=True, check=True, env=environment, cwd=checkout
    )
    found: dict[str, tuple[float, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure alternately and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    here = Path(__file__).resolve().parent.parent
    checkouts = [here, *([options.against.resolve()] if options.against else [])]
    for checkout in checkouts:  # compile the modules of both, as pip does
        subprocess.run([sys.executable, "-m", "compileall", "-q", checkout / "tutor"], check=False)
    rounds = [[measure(checkout) for checkout in checkouts] for _ in range(options.rounds)]
    for level in rounds[0][0]:
        for place, what in enumerate(("a cold cell", "a class of 40")):
            ours = [each[0][level][place] for each in rounds]
            line = f"{level}, {what}: {1000 * median(ours):.0f} ms"
            if options.against:
                theirs = [each[1][level][place] for each in rounds]
                ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
                line += f", against {1000 * median(theirs):.0f} ms: {ratio:.2f} times as long (goal 1.15)"
                line += f"; the quickest {min(ours) / min(theirs):.2f}"
            print(line)


if __name__ == "__main__":
    main()
