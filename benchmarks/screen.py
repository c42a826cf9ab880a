"""Measure the speed of the screen in a real terminal, against a bare Textual application.

    python -m benchmarks.screen

- from the start to the first paint of the lessons, against a bare application with the same kinds of widget (goal:
  1.2 times);
- the same with 500 more lessons against 20 more (goal: 1.1), and a lesson of 200 screens opened from the command line
  against one of 20 (goal: 2);
- from Enter to the verdict (goal: 95 of 100 within a frame, 16.7 ms) and from Page Down to the next screen (goal:
  50 ms), in a lesson of 200 screens with a drawn network, against a bare page that only writes a word;
- from a key to its echo, against a bare Input;
- memory after the first paint and in a lesson, before SymPy is loaded (goal: 1.4 times the bare application's);
- CPU time while nobody types (goal: 0).

Programs that are compared run alternately, so that both run under the same load.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

from benchmarks.terminal import Terminal

BARE = [sys.executable, str(Path(__file__).with_name("bare.py"))]
TUTOR = [sys.executable, "-m", "tutor"]
SCREENS = 200
FRAME = 1000 / 60
DOWN = "\x1b[6~"
KEY, VERDICT, NEXT = "key to echo", "Enter to verdict", "page down to the next screen"
GOALS = {KEY: "that of a bare Input", VERDICT: f"95 of 100 within {FRAME:.1f} ms", NEXT: "50 ms"}

SCREEN = """  - title: Screen {number:03}
    blocks:
      - text: Each hidden unit adds its weighted inputs and its bias.
      - diagram: network
      - ask: [Z1, Z2]
        id: sums-{number}
"""
LESSON = """tutor: 1
title: {title}
id: {id}
network:
  inputs: [1, 0, 1]
  target: 1
  layers:
    - {{weights: [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]], bias: [-0.4, 0.2], activation: relu}}
    - {{weights: [[-0.3], [-0.2]], bias: [0.1], activation: relu}}
screens:
"""


class Bench:
    """Separate home folders for a learner, and the environment to use them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.environment |= {"TUTOR_HOME": str(folder / "home")}
        # as in an installation: without compiled files, every start would compile all modules
        for name in ("PYTHONDONTWRITEBYTECODE", "TUTOR_LESSONS", "NO_COLOR"):
            self.environment.pop(name, None)

        from tutor.store import Store

        for home in ("home", "home-20", "home-500"):
            (folder / home).mkdir()
            store = Store(folder / home / "progress.sqlite3", learner="")
            store.set_setting("tour-seen", True)
            store.close()
        self._let_know(self.environment)

    def _let_know(self, environment: dict[str, str]) -> None:
        """Fill the home's list of lessons, which a tutor that is killed right after painting does not do. At every
        start but the first, the list is there."""
        program = "from tutor.lessons import Catalogue; Catalogue()"
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)

    def lessons(self, count: int) -> dict[str, str]:
        """Return an environment with ``count`` more lessons, and its own home, which remembers the lessons."""
        folder = self.folder / f"lessons-{count}"
        folder.mkdir(exist_ok=True)
        screen = SCREEN.format(number=1)
        for number in range(count):
            text = LESSON.format(title=f"More {number}", id=f"more-{number}") + screen
            (folder / f"{number:03}-more.yaml").write_text(text, encoding="utf-8")
        home = str(self.folder / f"home-{count}")
        environment = {**self.environment, "TUTOR_LESSONS": str(folder), "TUTOR_HOME": home}
        self._let_know(environment)
        return environment

    def long_lesson(self, count: int = SCREENS) -> Path:
        """Write a lesson of ``count`` screens, all about the same network."""
        path = self.folder / f"long-{count}.yaml"
        screens = "".join(SCREEN.format(number=number) for number in range(1, count + 1))
        path.write_text(LESSON.format(title="Long", id=f"long-{count}") + screens, encoding="utf-8")
        return path


def first_paint(command: Sequence[str], environment: dict[str, str], *texts: str) -> float:
    """Return the milliseconds from the start until the texts are painted."""
    with Terminal(command, environment) as terminal:
        return 1000 * (terminal.until(*texts) - terminal.begun)


def in_turns(rounds: int, *runs: tuple[Sequence[str], dict[str, str], tuple[str, ...]]) -> list[list[float]]:
    """Measure the first paint of several programs alternately; the first round is not counted."""
    times: list[list[float]] = [[] for _ in runs]
    for count in range(rounds + 1):
        for (command, environment, texts), taken in zip(runs, times, strict=True):
            milliseconds = first_paint(command, environment, *texts)
            if count:
                taken.append(milliseconds)
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the pairwise ratios."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def report(what: str, ours: float, unit: str, theirs: float | None, goal: str, times: float | None = None) -> None:
    """Print a line of the table."""
    beside = "" if theirs is None else f"   bare {theirs:7.1f} {unit}"
    factor = "" if times is None else f"   {times:5.2f} ×"
    print(f"{what:38} {ours:8.1f} {unit}{beside}{factor}   (goal: {goal})", flush=True)


def starts(bench: Bench, rounds: int) -> None:
    """Measure first paints."""
    home, bare = ("Artificial neural networks", "help"), ("Lesson 17", "help")
    ours, theirs = in_turns(rounds, (TUTOR, bench.environment, home), ([*BARE, "home"], bench.environment, bare))
    report("first paint of the lessons", median(ours), "ms", median(theirs), "1.2 ×", ratio(ours, theirs))
    many, few = in_turns(rounds, (TUTOR, bench.lessons(500), home), (TUTOR, bench.lessons(20), home))
    report("  with 500 lessons more", median(many), "ms", None, "1.1 × that with 20", ratio(many, few))
    long, short = (
        ([*TUTOR, str(bench.long_lesson(count))], bench.environment, ("Screen 001", "Z₁")) for count in (SCREENS, 20)
    )
    many, few = in_turns(rounds, long, short)
    report(f"a lesson of {SCREENS} screens, opened", median(many), "ms", None, "2 × one of 20", ratio(many, few))


class Worked:
    """A terminal with a lesson, and the milliseconds of each action: wall-clock time and CPU time."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.taken: dict[str, list[tuple[float, float]]] = {}

    def press(self, what: str, keys: str, text: str) -> None:
        """Type, wait for a text, and note how long that took; then wait until it is quiet."""
        busy = self.terminal.processor()
        begun = self.terminal.press(keys)
        seconds = self.terminal.until(text) - begun
        self.taken.setdefault(what, []).append((1000 * seconds, 1000 * (self.terminal.processor() - busy)))
        self.terminal.rest()


def answering(bench: Bench, screens: int) -> None:
    """Measure keys, verdicts and next screens of the long lesson and of the bare page, alternately."""
    commands = [*TUTOR, str(bench.long_lesson())], [*BARE, "lesson"]
    with Terminal(commands[0], bench.environment) as ours, Terminal(commands[1], bench.environment) as theirs:
        both = Worked(ours), Worked(theirs)
        for one in both:
            one.terminal.until("Screen 001")
            one.terminal.rest(1.0)
        for number in range(2, screens + 2):
            for one in both:
                for key in "-0.7":
                    one.press(KEY, key, key)
                one.press(VERDICT, "\r", "Right.")
                one.press(NEXT, DOWN, f"Screen {number:03}")
    for what, goal in GOALS.items():
        lines = [list(zip(*one.taken[what], strict=True)) for one in both]
        (ours_wall, ours_busy), (theirs_wall, theirs_busy) = lines
        factor = median(ours_wall) / median(theirs_wall)
        report(what, median(ours_wall), "ms", median(theirs_wall), goal, factor)
        report("  95 of 100 within", quantiles(ours_wall, n=20)[-1], "ms", quantiles(theirs_wall, n=20)[-1], goal)
        factor = median(ours_busy) / median(theirs_busy)
        report("  CPU time in it", median(ours_busy), "ms", median(theirs_busy), goal, factor)


def at_rest(bench: Bench, seconds: float) -> None:
    """Measure memory, and CPU time while nothing happens, in lessons that were opened before."""
    long = str(bench.long_lesson())
    time.sleep(2.5)  # a file that was written just now is not cached
    for command, text in ((TUTOR, "Artificial neural networks"), ([*TUTOR, long], "Screen 0")):
        with Terminal(command, bench.environment) as first:
            first.until(text)
            first.rest(5.0)
    runs = {
        "the lessons": (TUTOR, [*BARE, "home"], ("help",)),
        "a lesson": ([*TUTOR, long], [*BARE, "lesson"], ("Screen 0",)),
    }
    for what, (command, bare, texts) in runs.items():
        with Terminal(command, bench.environment) as ours, Terminal(bare, bench.environment) as theirs:
            for terminal in (ours, theirs):
                terminal.until(*texts)
                terminal.rest(2.0)
            factor = ours.memory() / theirs.memory()
            report(f"memory, {what}", ours.memory(), "MB", theirs.memory(), "1.4 ×", factor)
            before = ours.processor(), theirs.processor()
            ours.rest(seconds)
            used = ours.processor() - before[0], theirs.processor() - before[1]
            report(f"CPU time in {seconds:g} s of rest, {what}", 1000 * used[0], "ms", 1000 * used[1], "0")


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the screen is, beside a bare Textual application.")
    parser.add_argument("--rounds", type=int, default=10, help="starts of each program")
    parser.add_argument("--screens", type=int, default=60, help="screens of the long lesson to go through")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to watch it rest")
    parser.add_argument("--only", choices=["starts", "answering", "rest"])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder:
        bench = Bench(Path(folder))
        if wanted.only in (None, "starts"):
            starts(bench, wanted.rounds)
        if wanted.only in (None, "answering"):
            answering(bench, wanted.screens)
        if wanted.only in (None, "rest"):
            at_rest(bench, wanted.seconds)


if __name__ == "__main__":
    main()
