"""Hostile lessons: ``python -m benchmarks.campaigns.lesson_zoo [--mutations 100000] [--seed 1]``.

The hostile files of ``zoo_files`` and mutations of the course's lessons go through loading, checking, key, derivation
and sheet. Each must be accepted, or rejected with a designed error, within two seconds and a megabyte of output, and no
file outside its folder, the course and the tutor may be opened.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.campaigns.zoo_files import LARGE, furnish, hostile_texts
from tutor.errors import TutorError
from tutor.lessons import Lesson
from tutor.paths import shipped_lessons

SECONDS = 2.0
BYTES = 1_000_000
HANGS = 10
"""CPU seconds after which a file is given up, or sixty times as many seconds of wall-clock time, because the campaign
only gets the time that other programs leave."""

MEMORY = 3_000_000_000
"""How many bytes more than at the beginning the campaign may take."""


@dataclass
class Result:
    """The results: how many files were accepted or rejected, and the tutor's faults."""

    taken: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def note(self, seconds: float, name: str) -> None:
        """Remember the slowest files."""
        self.slowest = sorted([*self.slowest, (seconds, name)], reverse=True)[:10]


class TooLongError(BaseException):
    """Raised for a file that takes so long that it counts as a hang. No handler in the tutor may catch it."""


# -- opened files -----------------------------------------------------------------------------------------------------

_watched: list[str] | None = None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is not None and event == "open" and isinstance(arguments[0], str | bytes):
        _watched.append(os.fsdecode(arguments[0]))


@contextmanager
def opened(allowed: Sequence[Path]) -> Iterator[list[str]]:
    """Collect the files that the block opens outside these folders."""
    global _watched
    outside: list[str] = []
    _watched = []
    try:
        yield outside
    finally:
        seen, _watched = _watched, None
        roots = [os.path.realpath(each) for each in allowed]
        for name in dict.fromkeys(seen):
            path = os.path.realpath(name)
            if not any(path == root or path.startswith(root + os.sep) for root in roots):
                outside.append(name)


# -- one file ---------------------------------------------------------------------------------------------------------


def _load(path: Path, _: Lesson | None) -> Lesson:
    from tutor.lessons import load_source

    return load_source(path)


def _check(path: Path, _: Lesson | None) -> Iterable[str]:
    from tutor.authoring import Options, check_paths

    report = check_paths([path], Options(with_torch=False, with_programs=False, use_cache=False))
    for problem in report.problems:
        assert problem.file == str(path) or problem.file.startswith(str(path.parent)), problem
        assert problem.line >= 1, problem
    return [*map(str, report.problems), json.dumps(report.to_json())]


def _key(_: Path, lesson: Lesson | None) -> Iterable[str]:
    from tutor.authoring.key import answer_key, key_as_json, key_as_text

    assert lesson is not None
    entries = answer_key(lesson, with_mistakes=True)
    return key_as_text(lesson, entries), json.dumps(key_as_json(lesson, entries))


def _derive(_: Path, lesson: Lesson | None) -> Iterable[str]:
    from tutor.engines.sympy import derive

    assert lesson is not None
    for item in lesson.asked()[:2]:
        yield from (step.text for step in derive(item.graph, item.quantity.cells[0]).steps)


def _sheet(_: Path, lesson: Lesson | None) -> Iterable[str]:
    from tutor.authoring.render import as_text
    from tutor.authoring.sheet import make_sheet
    from tutor.authoring.sheet_html import as_html

    assert lesson is not None
    sheet = make_sheet(lesson, worked=True)
    return as_text(sheet), as_html(sheet)


OTHER_WAYS: tuple[Callable[[Path, Lesson | None], Iterable[str]], ...] = (_check, _key, _derive, _sheet)
"""What is done with a lesson after it was loaded. A rejected lesson is only checked."""


def visit(
    path: Path, name: str, result: Result, allowed: Sequence[Path], *, is_checked_if_refused: bool = True
) -> None:
    """Take a file through every command, and note the tutor's faults."""
    lesson: Lesson | None = None

    def load() -> Iterable[str]:
        nonlocal lesson
        lesson = _load(path, None)
        return ()

    error = _one_way(f"{name}: load", load, result, allowed)
    where = re.escape(str(path.parent)) + r"[^\n]*?:\d+:\d+: "
    if isinstance(error, TutorError) and not re.match(where, str(error)):
        result.faults.append(f"{name}: load: an error without its place: {str(error)[:200]}")
    was_refused = error is not None
    for way in OTHER_WAYS if not was_refused else (_check,) if is_checked_if_refused else ():
        found = _one_way(f"{name}: {way.__name__.strip('_')}", partial(way, path, lesson), result, allowed)
        was_refused = was_refused or isinstance(found, TutorError)
    result.taken += not was_refused
    result.refused += was_refused


def _one_way(
    label: str, way: Callable[[], Iterable[str]], result: Result, allowed: Sequence[Path]
) -> BaseException | None:
    """Run one command on a file and note its faults; return the error that ended it, designed or not."""
    begun = time.process_time()
    size = 0
    ended: BaseException | None = None
    with opened(allowed) as outside:
        try:
            with within(HANGS):
                size = sum(len(text) for text in way())
        except TutorError as error:
            ended = error
            size = len(str(error))
        except TooLongError as error:
            ended = error
            result.faults.append(f"{label}: gave no answer in {HANGS} seconds")
        except BaseException as error:
            ended = error
            where = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {str(error)[:120]} at {Path(where.filename).name}:{where.lineno}"
            result.faults.append(f"{label}: {what}")
    seconds = time.process_time() - begun
    result.note(seconds, label)
    if SECONDS < seconds < HANGS:
        result.faults.append(f"{label}: took {seconds:.1f} seconds")
    if size > BYTES:
        result.faults.append(f"{label}: {size:,} characters of output")
    result.faults += [f"{label}: opened {each}" for each in outside]
    return ended


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise ``TooLongError`` if the block takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, stop), signal.signal(signal.SIGPROF, stop)
    signal.alarm(60 * seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGPROF, before[1])


# -- mutations --------------------------------------------------------------------------------------------------------

VALUES = ("true", "[]", "{}", "-1", "~", "x", "[1, 2]", "{a: 1}", "1e999", "Z1", '""', "[[]]", "0", ".nan", "'1/0'")
CHARACTERS = "{}[]:#&*!|>'\"%@` -_0x\t\\$^"


WHOLE = 0.1
"""The share of mutations made from a whole lesson; the others are made from its head and one or two of its screens,
which takes a fraction of the time."""
MOST_REMEMBERED = 2_000
REFUSED_CHECKED = 0.25
"""The share of rejected mutations that are also checked, which reports the same errors in another form."""


def cut(text: str, draw: random.Random) -> str:
    """Return a lesson's head and one or two of its screens, without the models that these do not name."""
    head, *screens = re.split(r"(?m)^(?=  - title: )", text)
    if len(screens) < 3 or draw.random() < WHOLE:
        return text
    kept = sorted(draw.sample(range(len(screens)), draw.choice((1, 1, 2))))
    shown = "".join(screens[place] for place in kept)
    for model in re.findall(r"(?m)^  ([\w-]+):(?:.*\n)(?:    .*\n|\n)+", head):
        without = re.sub(rf"(?m)^  {model}:.*\n(?:    .*\n|\n)+", "", head)
        if not re.search(rf"\b{model}\b", without + shown):
            head = without
    return re.sub(r"(?m)^(?:networks|worksheets):\n\s*(?=^\S)", "", head + shown)


def mutated(text: str, draw: random.Random) -> str:
    """Return the text with one to three changes: lines removed, doubled, moved, indented; characters, values added."""
    lines = text.split("\n")
    for _ in range(draw.choice((1, 1, 2, 3))):
        place, other = draw.randrange(len(lines)), draw.randrange(len(lines))
        line = lines[place]
        at = draw.randrange(len(line) + 1)
        match draw.randrange(10):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, lines[other])
            case 2:
                lines[place] = line[:at] + line[at + 1 :]
            case 3:
                lines[place] = line[:at] + draw.choice(CHARACTERS) + line[at:]
            case 4:
                lines[place] = "  " + line
            case 5:
                lines[place] = line[2:]
            case 6 if ":" in line:
                lines[place] = f"{line.partition(':')[0]}: {draw.choice(VALUES)}"
            case 7 if words := re.findall(r"\w+", line):
                word = draw.choice(words)
                lines[place] = line.replace(word, draw.choice((word[:-1], word * 2, word[::-1], "Q")), 1)
            case 8:
                lines[place], lines[other] = lines[other], line
            case 9 if numbers := re.findall(r"-?\d+(?:\.\d+)?", line):
                lines[place] = line.replace(draw.choice(numbers), draw.choice(("0", "1e308", "-1e-9", "99999999")), 1)
        lines = lines or [""]
    return "\n".join(lines)


def sources() -> list[Path]:
    """Return the course's lessons and networks."""
    return sorted([*shipped_lessons().glob("*.yaml"), *(shipped_lessons() / "networks").glob("*.yaml")])


def quarter(number: int) -> list[str]:
    """Return the names of a quarter of the hostile files that are not large: every fourth, from ``number``."""
    return [name for name in hostile_texts() if name not in LARGE][number % 4 :: 4]


# -- the campaign -----------------------------------------------------------------------------------------------------


def campaign(
    hostile: Iterable[str], numbers: range, seed: int, folder: Path, say: Callable[[str], None] = lambda _: None
) -> Result:
    """Visit the hostile files with these names, and the mutations with these numbers.

    The tutor's caches are those of ``TUTOR_HOME``, or in ``folder``.
    """
    result = Result()
    _warm_up()
    inside = furnish(folder)
    home = Path(os.environ.setdefault("TUTOR_HOME", str(folder / "home")))
    package = Path(__file__).resolve().parents[2]
    allowed = [inside, home, shipped_lessons(), package / "tutor", package / "benchmarks"]
    allowed += [Path(sys.prefix), Path(sys.base_prefix)]
    texts = hostile_texts()
    path = inside / "lesson.yaml"
    with _limited_memory():
        for name in hostile:
            path.write_text(texts[name], encoding="utf-8", errors="surrogatepass")
            visit(path, name, result, allowed)
    say(f"hostile files: {result.refused} rejected, {result.taken} accepted, {len(result.faults)} faults")
    (inside / "networks").mkdir()
    for each in (shipped_lessons() / "networks").glob("*.yaml"):
        (inside / "networks" / each.name).write_bytes(each.read_bytes())
    for each in (shipped_lessons() / "data").glob("*.csv"):
        (inside / "data" / each.name).write_bytes(each.read_bytes())
    if numbers:
        with _limited_memory(), _remembered_models():
            _visit_mutations(numbers, seed, path, result, allowed, say)
    return result


def _visit_mutations(
    numbers: range, seed: int, path: Path, result: Result, allowed: Sequence[Path], say: Callable[[str], None]
) -> None:
    """Visit the mutations with these numbers; each is written to ``path``."""
    known = {each: each.read_text(encoding="utf-8") for each in sources()}
    for number in numbers:
        draw = random.Random(f"{seed} {number}")
        source = draw.choice([*known])
        path.write_text(mutated(cut(known[source], draw), draw), encoding="utf-8", errors="surrogatepass")
        is_checked = draw.random() < REFUSED_CHECKED
        before = len(result.faults)
        visit(path, f"mutation {number} of {source.name}", result, allowed, is_checked_if_refused=is_checked)
        if len(result.faults) > before:
            say("\n".join(result.faults[before:]))
        if number % 1000 == 999:
            say(f"mutation {number}: {result.refused} rejected, {result.taken} accepted, {len(result.faults)} faults")


@contextmanager
def _limited_memory() -> Iterator[None]:
    """Let this process take ``MEMORY`` more within the context."""
    import resource  # Windows has none

    taken = 0
    with suppress(OSError):
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


@contextmanager
def _remembered_models() -> Iterator[None]:
    """Cache models and SymPy's results for them within the context, since most mutations leave most models unchanged.

    Models and graphs are frozen, so a cached one is as good as a new one.
    """
    import tutor.engines.sympy
    from tutor.lessons.networks import ModelBuilder

    sympy: Any = tutor.engines.sympy
    made: dict[object, Any] = {}
    make, work_out, derive = ModelBuilder._made, sympy.sympy_values, sympy.derive

    def once(key: object, result: Callable[[], Any]) -> Any:
        if key in made:
            return made[key]
        if len(made) > MOST_REMEMBERED:
            made.clear()
        if (found := result()) is not None:
            made[key] = found
        return found

    def made_once(self: ModelBuilder, plain: Any, model: Any, resolved: Any) -> Any:
        steps = max(self.steps.get(model.name, 1), self.steps.get("", 1))
        key = (model.kind, model.name, steps, repr(plain))
        return once(key, lambda: make(self, plain, model, resolved))

    def worked_out_once(built: Any, steps: int = 1) -> Any:
        return once((id(built), steps), lambda: (built, work_out(built, steps)))[1]

    def derived_once(graph: Any, name: str) -> Any:
        return once((id(graph), name), lambda: (graph, derive(graph, name)))[1]

    ModelBuilder._made = made_once  # type: ignore[method-assign]
    sympy.sympy_values, sympy.derive = worked_out_once, derived_once
    try:
        yield
    finally:
        ModelBuilder._made = make  # type: ignore[method-assign]
        sympy.sympy_values, sympy.derive = work_out, derive


def _warm_up() -> None:
    """Import what would otherwise count as the first file's time."""
    sys.addaudithook(_audit)  # for the rest of this process, because a hook cannot be removed
    path = shipped_lessons() / "02-the-forward-pass.yaml"
    lesson = _load(path, None)
    for way in OTHER_WAYS:
        list(way(path, lesson))


def main() -> int:
    """Run the campaign and print what it found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="hostile files with this in their name")
    parser.add_argument("--short", action="store_true", help="a quarter of the hostile files, and 25 mutations")
    chosen = parser.parse_args()
    hostile = [name for name in hostile_texts() if chosen.only in name]
    mutations = range(chosen.first, chosen.first + chosen.mutations)
    if chosen.short:
        hostile, mutations = quarter(chosen.seed), range(25)
    with tempfile.TemporaryDirectory(prefix="lesson-zoo-") as folder:
        result = campaign(hostile, mutations, chosen.seed, Path(folder), lambda line: print(line, flush=True))
    print(f"{result.taken} accepted, {result.refused} rejected, {len(result.faults)} faults")
    for seconds, name in result.slowest:
        print(f"  {seconds:5.2f} s  {name}")
    for fault in result.faults:
        print(f"  {fault}")
    return bool(result.faults)


if __name__ == "__main__":
    sys.exit(main())
