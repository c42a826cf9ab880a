"""Kill the tutor and damage its progress: ``python -m benchmarks.campaigns.damage [--seed 1] [--short]``.

- stores with changed bytes, lost pages, cut files and nonsense entries: each can be opened, read and written;
- kills (SIGKILL, SIGQUIT) on every screen of a tutor in a terminal: every answer whose verdict was shown is stored;
- a clock that jumps by days, with resets: new answers are visible, and last;
- a disk that is full for a while: nothing is lost;
- two programs that write to one file, one of which is killed repeatedly: nothing is lost.

All files are in a temporary folder of a few MB; one tutor or two writers run at a time, for at most a minute each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.campaigns.outcome import Outcome, report
from benchmarks.terminal import Terminal
from tests.serve.serving import lesson_in
from tutor.lessons import load
from tutor.session import Session
from tutor.store import AttemptRecord, EvidenceRecord, Store
from tutor.store.schema import COLUMNS
from tutor.ui.keymap import keymap

NONSENSE = (
    None, 7, -1, 2.5, b"\xff\x00", "", "{", "[[", "[1, 2]", '{"a": [', "\x00", "null", "9" * 5000, "[" * 5000, "\ufffd",
)  # fmt: skip
FIELDS = ("network:Z1", "network:yhat")
NEW = "0.123456"


# -- damaged stores ---------------------------------------------------------------------------------------------------


def make(path: Path, rng: random.Random, count: int) -> None:
    """Make a store like one after some days of work, for two learners with ``count`` answers each."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)

    def now() -> datetime:
        nonlocal moment
        moment += timedelta(seconds=rng.randrange(1, 90))
        return moment

    for learner in ("", "Ada"):
        with closing(Store(path, learner=learner, now=now)) as store:
            for number in range(count):
                answer = AttemptRecord(FIELDS[number % 2], str(number), "wrong", ("bias",), "The bias is missing.")
                store.record("one-neuron", rng.choice(("", "17")), answer)
                store.note("one-neuron", "", FIELDS[number % 2], "hint")
            store.save_drafts("one-neuron", "", {FIELDS[1]: "0.5"})
            store.set_position("one-neuron", "", 0)
            store.set_summary("one-neuron", "", 1, 2, 1)
            store.set_setting("keys", {"lesson.hint": "ctrl+t"})
            store.set_setting("tour-seen", True)
            store.set_setting("left-in", "one-neuron")
            store.observe([EvidenceRecord("one-neuron", "", FIELDS[0], "weighted-sum", False, False)])


def _flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 1, 4, 32))):
        data[rng.randrange(len(data))] = rng.randrange(256)


def _head(data: bytearray, rng: random.Random) -> None:
    data[rng.randrange(100)] = rng.randrange(256)


def _page(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) // 4096 + 1) * 4096
    data[start : start + 4096] = rng.choice((bytes(4096), rng.randbytes(4096), bytes(data[:4096])))[: len(data) - start]


def _cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def _range(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    length = rng.randrange(1, 9000)
    data[start : start + length] = rng.randbytes(min(length, len(data) - start))


def _text(data: bytearray, rng: random.Random) -> None:
    """Change a byte in the middle of a text."""
    places = [found.start() for found in re.finditer(rb"wrong|\[\"bias|2026-03|lesson\.hint|one-neuron|true", data)]
    if places:
        data[rng.choice(places) + rng.randrange(4)] = rng.choice((0, 0xFF, 0x80, ord('"'), ord("{")))


OF_BYTES: tuple[Callable[[bytearray, random.Random], None], ...] = (_flip, _head, _page, _cut, _range, _text)


def _entries(path: Path, rng: random.Random) -> None:
    """Put nonsense entries into an undamaged file."""
    with closing(sqlite3.connect(path)) as connection:
        tables = ("attempts", "events", "drafts", "positions", "summaries", "settings", "evidence", "resets")
        for table in rng.sample(tables, 3):
            columns = [name for name in COLUMNS[table] if name not in ("id", "learner")]
            with suppress(sqlite3.Error):
                change = f"update {table} set {rng.choice(columns)} = ? where rowid % 2 = 0 or rowid < 3"
                connection.execute(change, (rng.choice(NONSENSE),))
        connection.commit()


def damage(path: Path, rng: random.Random) -> str:
    """Damage a store at random; return how."""
    if rng.random() < 0.2:
        _entries(path, rng)
        return "entries"
    beside = Path(f"{path}-wal")
    where = beside if beside.exists() and beside.stat().st_size and rng.random() < 0.4 else path
    how = rng.choice(OF_BYTES)
    data = bytearray(where.read_bytes())
    how(data, rng)
    where.write_bytes(data)
    return f"{where.suffix}{how.__name__}"


def works(path: Path, lesson: object) -> str:
    """Use a store as a learner does in an evening; return what is wrong, or ""."""
    with closing(Store(path, learner="")) as store:
        store.positions(), store.summaries(), store.evidence(), store.learners()
        keymap(store.setting("keys", {}))
        store.setting("theme", "dark"), store.setting("tour-seen", False), str(store.setting("left-in", ""))
        session = Session(lesson, store)  # type: ignore[arg-type]
        session.look_back()
        session.submit(FIELDS[0], NEW)
        store.save_drafts("one-neuron", "", {FIELDS[1]: "7"})
        store.set_setting("keys", {"lesson.hint": "ctrl+y"})
        if session.state(FIELDS[0]).answer != NEW:
            return "the answer just given is not there"
        said = store.notice
        if "later version" in said:
            return ""  # such a file is read, but not written
        if not store.saving:
            return f"nothing is saved: {said}"
    with closing(Store(path, learner="")) as later:
        attempts = later.attempts("one-neuron", "")
        if not attempts or attempts[-1].answer != NEW:
            return f"the last answer of {len(attempts)} is not what was typed last"
        if later.drafts("one-neuron", "").get(FIELDS[1]) != "7" or later.setting("keys") != {"lesson.hint": "ctrl+y"}:
            return "a draft or a setting is lost"
        if later.notice and later.notice == said:
            return f"said twice: {said}"
    return ""


def damaged_stores(root: Path, rng: random.Random, times: int) -> Outcome:
    """Check that each damaged store can be opened, read and written, and that the damaged file is kept."""
    outcome = Outcome("damaged stores")
    lesson = load(Path(lesson_in(root)))
    kinds: Counter[str] = Counter()
    before = after = aside = 0
    wholes = {count: root / f"whole-{count}.sqlite3" for count in (0, 3, 40, 150)}
    for count, whole in wholes.items():
        make(whole, rng, count)
    for number in range(times):
        folder = root / f"damaged-{number}"
        folder.mkdir()
        path = folder / "progress.sqlite3"
        count = rng.choice(list(wholes))
        shutil.copyfile(wholes[count], path)
        if rng.random() < 0.3:  # as after a kill, with its journal
            holder = sqlite3.connect(path)
            holder.execute("update settings set saved_at = '2026-03-02' where name = 'keys'")
            holder.commit()
            other = folder / "killed"
            other.mkdir()
            for each in folder.glob("progress*"):
                shutil.copyfile(each, other / each.name)
            holder.close()
            path = other / path.name
        how = damage(path, rng)
        kinds[how] += 1
        try:
            wrong = works(path, lesson)
        except Exception as error:  # any exception counts as a failure
            wrong = f"{type(error).__name__}: {error}"
        outcome.hold(not wrong, f"{number} ({how}): {wrong[:300]}")
        with suppress(Exception), closing(Store(path, learner="Ada")) as store:
            before, after = before + count, after + len(store.attempts("one-neuron"))
        aside += bool(list(path.parent.glob("*.damaged-*")))
        shutil.rmtree(folder)
    outcome.figures = f"({aside} set aside; {after} of {before} answers of another learner read)"
    return outcome


# -- kills ------------------------------------------------------------------------------------------------------------

SCREENS: tuple[tuple[str, str], ...] = (
    ("the lesson", ""),
    ("help", "\x1bOP"),
    ("the palette", "\x10"),
    ("hints", "\x1bOQ"),
    ("the derivation", "\x1bOR"),
    ("the worksheet", "\x1bOS"),
    ("the look back", "\x1b[15~"),
    ("other numbers", "\x1b[17~"),
    ("Home", "\x1b\x1b"),
)
"""Screens, and the keys that open them from the lesson."""


def kills(root: Path, rng: random.Random, times: int) -> Outcome:
    """Kill a tutor on every screen, at random moments: every answer with a verdict is stored."""
    outcome = Outcome("kills on every screen")
    home = root / "home-kills"
    lesson = lesson_in(root)
    environment = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "PYTHONPATH")}
    environment |= {"TUTOR_HOME": str(home), "TERM": "xterm-256color"}
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # background jobs of a shell, and their children, ignore it
    answers = 0
    said: dict[str, list[str]] = defaultdict(list)
    for number in range(times):
        screen, keys = SCREENS[number % len(SCREENS)]
        learner = f"learner-{number // len(SCREENS)}"  # a new learner now and then: hints stay open, and there are five
        environment["TUTOR_LEARNER"] = learner
        with Terminal([sys.executable, "-P", "-m", "tutor", lesson], environment) as terminal:
            terminal.until("The weighted sum", "open here")
            terminal.rest()
            for _ in range(rng.randrange(1, 4)):
                answer = f"{rng.randrange(2, 10**6)}.5"
                terminal.press("\x15" + answer)  # Ctrl+U clears the field
                terminal.until(f"I read {answer}")
                said[learner].append(answer)
                answers += 1
                terminal.press("\r")
                terminal.until("✗")
            terminal.press(keys or "1")
            time.sleep(rng.random() * 0.3)
            os.killpg(terminal.process.pid, rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGQUIT)))
            terminal.process.wait(60)
        with closing(Store(home / "progress.sqlite3", learner=learner)) as store:
            kept = [attempt.answer for attempt in store.attempts("one-neuron")]
            what = f"on {screen}: {len(said[learner])} answers had a verdict, and {len(kept)} are there"
            outcome.hold(kept == said[learner], what)
            outcome.hold(not store.notice, f"on {screen}: {store.notice}")
    outcome.figures = f"({answers} answers)"
    return outcome


# -- the clock, the disk, another tutor -------------------------------------------------------------------------------


def clock_steps(root: Path, rng: random.Random, times: int) -> Outcome:
    """Check with a clock that jumps, in two tutors, that answers after a reset are visible and in order."""
    outcome = Outcome("steps of the clock")
    path = root / "clock.sqlite3"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    stores = [Store(path, learner="", now=lambda: moment) for _ in range(2)]
    visible: list[str] = []
    for number in range(times):
        moment += timedelta(seconds=rng.choice((0, 0, 1, 60, -60, 86400, -2 * 86400, 400 * 86400, -400 * 86400)))
        store = rng.choice(stores)
        if rng.random() < 0.1:
            store.reset("l", "")
            visible.clear()
        else:
            store.record("l", "", AttemptRecord("Z1", str(number), "wrong"))
            visible.append(str(number))
        found = [attempt.answer for attempt in rng.choice(stores).attempts("l", "")]
        outcome.hold(found == visible, f"{number}: {len(visible)} answers since the reset, {len(found)} visible")
    for store in stores:
        store.close()
    return outcome


FULL = """
import json, resource, signal, sys, time
from pathlib import Path
from tutor.store import AttemptRecord, EvidenceRecord, Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path, sizes = Path(sys.argv[1]), json.loads(sys.argv[2])
store = Store(path, learner="")
number = 0
for size in sizes:  # in turns, no file may be larger than this, and there is room
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    for _ in range(20):
        store.record("l", "", AttemptRecord("Z1", str(number), "wrong", (), "x" * 500))
        number += 1
    assert [one.answer for one in store.attempts("l", "")] == [str(each) for each in range(number)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    if size % 2:
        store.flush()
store.close()
assert not store.unsaved, store.notice
print(number)
"""


def full_disk(root: Path, rng: random.Random, times: int) -> Outcome:
    """Fill the disk now and then, at any size of the file: all answers are there at the end."""
    outcome = Outcome("a full disk")
    for number in range(times):
        path = root / f"full-{number}.sqlite3"
        sizes = [rng.randrange(1, 200_000) for _ in range(4)]
        command = [sys.executable, "-P", "-c", FULL, str(path), json.dumps(sizes)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        kept = -1
        if done.returncode == 0:
            with closing(Store(path, learner="")) as store:
                kept = len(store.attempts("l", ""))
        outcome.hold(kept == 80, f"{sizes}: {kept} of 80 answers. {done.stderr[-300:]}")
    return outcome


WRITER = """
import sys
from pathlib import Path
from tutor.store import AttemptRecord, EvidenceRecord, Store
store = Store(Path(sys.argv[1]), learner="")
for number in range(int(sys.argv[3])):
    store.record("l", "", AttemptRecord("Z1", f"{sys.argv[2]}-{number}", "wrong"))
    if store.saving:
        print(number, flush=True)
store.close()
"""


def two_tutors(root: Path, rng: random.Random, times: int) -> Outcome:
    """Write to one file with two programs and kill one: all answers that they reported are there, the file is whole."""
    outcome = Outcome("two tutors and kills")
    path = root / "two.sqlite3"
    said: set[str] = set()
    for number in range(times):
        names = (f"a{number}", f"b{number}")
        writers = [
            subprocess.Popen(
                [sys.executable, "-P", "-c", WRITER, str(path), name, count], stdout=subprocess.PIPE, text=True
            )
            for name, count in zip(names, ("100000", "60"), strict=True)
        ]
        outputs = [each.stdout for each in writers if each.stdout is not None]
        heard = "".join(outputs[0].readline() for _ in range(rng.randrange(600)))
        writers[0].kill()
        for name, output in zip(names, (heard + outputs[0].read(), outputs[1].read()), strict=True):
            whole = output.splitlines() if output.endswith("\n") or not output else output.splitlines()[:-1]
            said |= {f"{name}-{line}" for line in whole}
        for each in writers:
            each.wait(60)
        with closing(Store(path, learner="")) as store:
            kept = {attempt.answer for attempt in store.attempts("l", "")}
            outcome.hold(said <= kept, f"{len(said - kept)} answers are lost")
            outcome.hold(not store.notice, store.notice)
    outcome.figures = f"({len(said)} answers)"
    return outcome


# -- all of them ------------------------------------------------------------------------------------------------------


Attack = Callable[[Path, random.Random, int], Outcome]
ATTACKS: dict[str, tuple[Attack, int, int]] = {
    "stores": (damaged_stores, 25, 3000),
    "kills": (kills, 2, 200),
    "clock": (clock_steps, 60, 2000),
    "full": (full_disk, 2, 40),
    "two": (two_tutors, 1, 20),
}
"""Each attack by name, with the number of attempts in the tests and in the full campaign."""


def campaign(seed: int, *, short: bool, only: str = "") -> Iterator[Outcome]:
    """Run every attack, one after the other."""
    with tempfile.TemporaryDirectory() as made:
        for name, (attack, few, many) in ATTACKS.items():
            if only in ("", name):
                yield attack(Path(made), random.Random(f"{seed} {name}"), few if short else many)


def main() -> int:
    """Run the campaign and print a line for each attack; return 1 if one got through."""
    parser = argparse.ArgumentParser(description="Kill the tutor and damage its progress.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="as the tests run it")
    parser.add_argument("--only", choices=ATTACKS, default="", help="one of the attacks")
    options = parser.parse_args()
    return report(campaign(options.seed, short=options.short, only=options.only))


if __name__ == "__main__":
    sys.exit(main())
