"""Attack ``tutor grade``: ``python -m benchmarks.campaigns.hostile_class [--seed 1] [--short]``.

Some people hand in honest programs, right and wrong ones. Others hand in

- forgeries, which do not solve a lab but try to pass (``forgeries``);
- odd sources: too deep, too long, not text, and things that are not files;
- hundreds of messages that the tutor's child process never sends, with the run's mark, written wherever a program can
  write.

At each level of isolation that this machine has, everybody must get a row, the honest rows must be the same as without
the others, and nothing forged may pass. Each program has two seconds and its own sandbox; a class has ten minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import json
import os
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.campaigns.forgeries import FORGERIES, LABS, LESSON, SHORT, SOLUTION
from benchmarks.campaigns.outcome import Outcome, report
from tutor.labs.grading import Graded, Journal, as_csv, as_json, grade
from tutor.labs.sandbox.inside import landlock, seccomp
from tutor.labs.sandbox.level import Isolation, Level, level, level_of
from tutor.lessons import load

WITHIN = 600.0
HONEST = {
    "right": SOLUTION,
    "right, with an assert": SOLUTION + "assert shift(1) == 3\n",
    "a wrong sum": SOLUTION.replace("+ bias", ""),
    "a wrong function": SOLUTION.replace("3 * v", "2 * v"),
    "nothing printed": SOLUTION.replace('print("done")', ""),
    "an error": SOLUTION + "1 / 0\n",
    "a loop": "while True: pass\n",
    "a part": "x = [1.5, -2]\nprint('done')\n",
    "not Python": "x = (\n",
}
ODD: dict[str, bytes] = {
    name: source.encode("utf-8", "surrogatepass")
    for name, source in {
        "a sum of 3,000 terms": "x = " + "+".join("1" * 3_000),
        "a sum of 100,000 terms": "x = " + "+".join("1" * 100_000),
        "5,000 branches": "x = 1\nif x == 0: pass\n" + "\n".join(f"elif x == {n}: pass" for n in range(5_000)),
        "signs": "x = " + "-" * 50_000 + "1",
        "nots": "x = " + "not " * 20_000 + "1",
        "brackets": "x = " + "(" * 10_000 + ")" * 10_000,
        "lists": "x = " + "[" * 190 + "]" * 190,
        "attributes": "x" + ".x" * 30_000,
        "calls": "print(" * 95 + ")" * 95,
        "functions in functions": "\n".join(" " * n + f"def f{n}():" for n in range(99)) + "\n" + " " * 99 + "pass",
        "lambdas": "x = " + "lambda: " * 500 + "1",
        "formatted texts": "x = " + "f'{" * 3 + "1" + "}'" * 3,
        "a null": "x = 1\0",
        "a lone surrogate": "x = '\ud800'",
        "a huge number": "x = " + "9" * 500_000,
        "many lines": "x = 1\n" * 170_000,
        "one long line": "x = '" + "x" * 1_000_000 + "'",
        "too long": "#" * (1 << 21),
        "no end": "'''",
        "no more than spaces": " \n\t\n\f\n",
        "a wrong indent": "if True:\n\tx = 1\n        y = 2\n",
        "an encoding": "# coding: utf-7\nx = 1\n",
        "no encoding": "# coding: nonsense\nx = 1\n",
        "a deep value": "H = []\nfor _ in range(100_000): H = [H]\n",
        "a value of itself": "H = []\nH.append(H)\nword = {}\nword['a'] = word\nshift = lambda v: H\n",
        "a huge value": "H = [0.5] * 3_000_000\nword = 'x' * 50_000_000\nshift = lambda v: 10 ** 100_000\n",
        "many names": "for n in range(50_000): globals()[f'x{n}' + 'y' * 300] = n\n",
        "names that are none": "globals()[3] = 4\nglobals()[None] = 5\nglobals()['\\ud800'] = 6\nH = float('nan')\n",
        "texts that are none": "raise ValueError('\\ud800\\x1b[31m\\x00' * 99)\n",
        "escapes printed": "print('\\x1b]0;title\\x07\\x1b[2J' * 999)\nraise SystemExit('\\x9b31m')\n",
        "a line to get lost in": "for _ in range(200): print('epoch 1 a' + ' ' * 480)\n",
        "a warning to get lost in": "print('target size (torch.Size(' * 50_000)\n",
        "its own class": "class H:\n  shape = property(lambda _: 1 / 0)\n  def __len__(_): return 1 << 62\nH = H()\n",
        "an exception of its own": "class E(SyntaxError):\n    lineno = 'x'\n    def __str__(self): raise E\nraise E\n",
        "a name for an exception": "raise type('E' * 50_000, (Exception,), {})\n",
        "reports": "from tutor_progress import report\nfor n in range(999): report(n, a=1e999, **{'x' * 5_000: n})\n",
        "an endless call": SOLUTION + "def shift(v):\n    while True: pass\n",
        "a call that ends it": SOLUTION + "import os\ndef shift(v): os._exit(0)\n",
        "a call that fills the pipe": SOLUTION + "def shift(v): return ['x' * 1_000_000] * 99\n",
    }.items()
}  # fmt: skip
ODD["latin-1"] = b"x = '\xe9\xff'\n"
ODD["a byte-order mark"] = b"\xef\xbb\xbfx = 1\n"
ODD["UTF-16"] = "x = 1\n".encode("utf-16")
ODD["random bytes"] = random.Random(0).randbytes(50_000)

TRAINED = """
title: Trained
id: trained
screens:
  - title: One
    blocks:
      - lab: Train
        id: train
        starter: ''
        checks: [{optimizer: SGD}, {epochs: 3}, {criterion: MSELoss}, {variable: x, equals: 1}]
        time_limit: 30
"""
_SEEN = """
import gc, torch
x = 1
seen = next(each for each in gc.get_objects() if type(each).__name__ == "Seen")
seen.optimizers.append({"name": "SGD", "parameters": {}})
seen.criteria.append("MSELoss")
seen.reductions.append("mean")
seen.steps = 3
"""


_SHORT_FORM = {
    "right", "a wrong function", "an error", "frame walk", "gc", "messages with the mark", "compile", "import tutor",
    "names of builtins", "values for the language's own", "live objects", "the solution under the prefix",
    "a sum of 3,000 terms", "signs", "a lone surrogate", "names that are none", "an exception of its own",
}  # fmt: skip
"""The people of the short form."""


def levels() -> list[Level]:
    """Return the levels at which other people's programs may run on this machine."""
    found = [level()] if level().isolation is Isolation.BUBBLEWRAP else []
    if landlock.version() and seccomp.is_supported():
        found.append(level_of(Isolation.LANDLOCK))
    return found


# -- the hand-ins -----------------------------------------------------------------------------------------------------

_MESSAGES: tuple[dict[str, Any], ...] = (
    {"is": "done", "mark": "MARK", "seconds": 0.5, "marked": True, "names": ["x"]},
    {"is": "value", "mark": "MARK", "text": "3"},
    {"is": "error", "mark": "MARK", "type": "E", "message": "no", "lines": [{"file": "a", "line": 1, "function": "f"}]},
    {"is": "report", "points": [{"epoch": 1, "total": None, "figures": {"loss": 0.5}}]},
    {"is": "fit", "fit": {"kind": "line", "x": [1], "y": [None], "points": [[1, 2]]}},
    {"is": "answers", "mark": "MARK", "answers": [{"value": {"type": "int", "text": "3", "shape": [], "cells": [3]}}]},
    {"is": "ready", "process": 7},
    {"is": "refused", "why": "no"},
    {"is": "call", "mark": "MARK", "name": "shift", "arguments": {"list": [1]}, "options": {"dict": []}},
    {"is": "checked", "mark": "MARK", "error": None, "needs_program": False},
)
_INSTEAD: tuple[object, ...] = (
    None, 3, -1, 0.5, True, "x", "", [], {}, [None], {"x": None}, 1 << 70, "\x1b[31m", "x" * 5_000, [[[[]]]], ["x", 3],
)  # fmt: skip
_WRITE = """
import os, sys
mark, frame = "", sys._getframe()
while frame:
    command = frame.f_locals.get("command")
    if isinstance(command, dict): mark = str(command.get("mark", mark))
    frame = frame.f_back
for file in range(3, 16):
    try: os.write(file, LINE.replace(b"MARK", mark.encode()) + b"\\n")
    except OSError: pass
"""


def messages(chance: random.Random, count: int) -> dict[str, str]:
    """Return right programs that also write a message: mostly a real one with random changes, or a broken one."""
    lines = [b"", b"null", b"[]", b"3", b"\xff", b"{}", b"[" * 9_999, b'{"is":', b'{"is": "done"}', b"\0" * 999]
    while len(lines) < count:
        message = json.loads(json.dumps(chance.choice(_MESSAGES)))
        for _ in range(chance.choice((0, 1, 1, 2))):
            _change(message, chance)
        lines.append(json.dumps(message).encode())
    return {f"message {place}": _WRITE.replace("LINE", repr(line)) + SOLUTION for place, line in enumerate(lines)}


def _change(data: Any, chance: random.Random) -> None:
    keys = list(data) if isinstance(data, dict) else list(range(len(data)))
    if not keys:
        return
    key = chance.choice(keys)
    if isinstance(data[key], dict | list) and data[key] and chance.random() < 0.7:
        _change(data[key], chance)
    elif chance.random() < 0.2:
        del data[key]
    else:
        data[key] = chance.choice(_INSTEAD)


def hand_in(folder: Path, programs: Mapping[str, str | bytes], labs: Sequence[str] = LABS) -> None:
    """Write each program as everybody's file for each of the labs."""
    for person, source in programs.items():
        (folder / person).mkdir(parents=True)
        for lab in labs:
            data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
            (folder / person / f"{lab}.py").write_bytes(data)


def hand_in_no_files(folder: Path, labs: Sequence[str]) -> set[str]:
    """Put things that are not files or folders where hand-ins should be; return the names."""
    names = {"a fifo", "a folder", "a link", "a link to nowhere", "=cmd|calc!A0", "\x1b[31mred", "empty"}
    for name in names:
        (folder / name).mkdir()
    for lab in labs:
        os.mkfifo(folder / "a fifo" / f"{lab}.py")
        (folder / "a folder" / f"{lab}.py").mkdir()
        (folder / "a link" / f"{lab}.py").symlink_to(folder / "right" / f"{lab}.py")
        (folder / "a link to nowhere" / f"{lab}.py").symlink_to("/nonexistent")
    (folder / "a linked folder").symlink_to(folder / "right")
    os.mkdir(os.fsencode(folder) + b"/\xff\xfe")
    return {*names, "a linked folder", os.fsdecode(b"\xff\xfe")}


# -- grading ----------------------------------------------------------------------------------------------------------


def graded(lesson: Path, folder: Path, at: Level) -> dict[tuple[str, str], Graded]:
    """Grade a class and return its rows, without the seconds, which differ from run to run."""
    shared = load(lesson)
    journal = Journal(lesson.parent / "partial")

    async def all_of_it() -> tuple[Graded, ...]:
        async with asyncio.timeout(WITHIN):
            return await grade(folder, lambda _: shared, at_level=at, journal=journal)

    rows = asyncio.run(all_of_it())
    journal.remove()
    return {(row.person, row.lab): replace(row, seconds=None) for row in rows}


def attack(at: Level, folder: Path, seed: int, *, is_short: bool) -> list[Outcome]:
    """Grade a class of honest people, then the same class together with the others."""
    (folder / "lesson.yaml").write_text(SHORT if is_short else LESSON)
    labs = LABS[-1:] if is_short else LABS
    honest_ones = {name: source for name, source in HONEST.items() if not is_short or name in _SHORT_FORM}
    forged = {f"forged: {name}": each for name, each in FORGERIES.items() if not is_short or name in _SHORT_FORM}
    odd = {f"odd: {name}": source for name, source in ODD.items() if not is_short or name in _SHORT_FORM}
    sent = messages(random.Random(seed), 5 if is_short else 150)
    hand_in(folder / "alone", honest_ones, labs)
    alone = graded(folder / "lesson.yaml", folder / "alone", at)
    work = folder / "work"
    for programs in (honest_ones, forged, odd, sent):
        hand_in(work, programs, labs)
    others = hand_in_no_files(work, labs)
    rows = graded(folder / "lesson.yaml", work, at)
    where = at.isolation.value
    rowed, honest, passed, ours = (
        Outcome(f"{where}, {what}")
        for what in ("everybody has a row", "honest rows are the same", "forgeries", "hand-ins that the tutor fails at")
    )
    table = list(csv.DictReader(io.StringIO(as_csv(list(rows.values())))))
    as_json(rows.values()).encode()
    rowed.hold(len(table) == len(rows), "rows are lost in the table")
    rowed.hold(not any("\x1b" in str(row.values()) for row in table), "an escape in the table")
    for person in (*honest_ones, *forged, *odd, *sent, *others):
        for lab in labs:
            rowed.hold((person, lab) in rows, f"{person} has no row for {lab}")
    for key, row in alone.items():
        honest.hold(rows.get(key) == row, f"{key}: {row} alone, {rows.get(key)} beside the others")
    for (person, lab), row in rows.items():
        ours.hold(not row.is_ours and "could not be graded" not in row.problem, f"{person}, {lab}: {row.problem}")
        if person.startswith("forged") or person in others:
            is_found = row.said.startswith("RuntimeError: FOUND")
            passed.hold(not row.passed and not is_found, f"{person}, {lab}: {row.verdict} {row.told}")
    return [rowed, honest, passed, ours]


def attack_training(at: Level, folder: Path) -> Outcome:
    """Check that a faked training never passes as proved, since a program can fake its own actions."""
    outcome = Outcome(f"{at.isolation.value}, faked training")
    (folder / "trained.yaml").write_text(TRAINED)
    hand_in(folder / "trained", {"eve": _SEEN}, ["train"])
    ((_, row),) = graded(folder / "trained.yaml", folder / "trained", at).items()
    outcome.hold(row.verdict != "yes", f"a faked training passes as proved: {row}")
    outcome.hold(sum(check.with_program for check in row.checks) == 3, f"not said to be checked with it: {row}")
    return outcome


def campaign(seed: int, *, is_short: bool = False) -> list[Outcome]:
    """Run all attacks, at each level."""
    found: list[Outcome] = []
    for at in levels():
        with tempfile.TemporaryDirectory(prefix="tutor-campaign-", ignore_cleanup_errors=True) as folder:
            found += attack(at, Path(folder), seed, is_short=is_short)
            if not is_short and find_spec("torch") is not None:
                found.append(attack_training(at, Path(folder)))
    return found


def main() -> int:
    """Run the campaign and print what got through."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    chosen = parser.parse_args()
    return report(campaign(chosen.seed, is_short=chosen.short))


if __name__ == "__main__":
    raise SystemExit(main())
