"""Run many people's lab files (``FOLDER/NAME/LAB-ID.py``) in parallel, each in its own sandbox.

This needs real isolation, because other people's programs run here. Every program gets a row and cannot change another
row. A ``Journal`` stores each row as soon as it is complete.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from tutor import cleaning
from tutor.errors import SandboxError, TutorError
from tutor.labs.checker import Checker
from tutor.labs.ending import Ending
from tutor.labs.lab import LabResult, start_lab
from tutor.labs.sandbox.level import Level, level
from tutor.labs.sandbox.limits import Limits
from tutor.lessons.blocks import Lab, Lesson
from tutor.paths import tutor_stamp

_LONGEST_PROGRAM = 1 << 20


@dataclass(frozen=True, slots=True)
class GradedCheck:
    """The result of one check as plain data; see ``tutor.labs.checks.CheckResult``."""

    title: str
    passed: bool = False
    message: str = ""
    with_program: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """The result of one person's lab as plain data.

    ``problem`` says why it was not run, for instance that there is no readable file; ``is_ours`` says that the tutor
    failed. ``key`` identifies what was graded: program, checks, tutor.
    """

    person: str
    lab: str
    checks: tuple[GradedCheck, ...]
    ending: str = ""
    said: str = ""
    seconds: float | None = None
    exception: str = ""
    advice: tuple[str, ...] = ()
    problem: str = ""
    is_ours: bool = False
    key: str = ""

    @property
    def passed(self) -> bool:
        """Whether the program ran to its end and passed all checks, none of which rests on what it reports itself."""
        return self.seems_passed and not any(check.with_program for check in self.checks)

    @property
    def seems_passed(self) -> bool:
        """Whether the program ran to its end and passed all checks, some of which a cheat may have faked."""
        return self.ending == Ending.FINISHED.value and all(self.outcomes)

    @property
    def outcomes(self) -> tuple[bool, ...]:
        """Whether each check passed; all False if the program could not be run."""
        return tuple(check.passed for check in self.checks)

    @property
    def verdict(self) -> str:
        """The entry in the column "passed" of the table."""
        return "yes" if self.passed else "with the program" if self.seems_passed else "no"

    @property
    def told(self) -> str:
        """The problem, or how the run ended, in a sentence."""
        return self.problem or self.said


def people(folder: Path) -> tuple[str, ...]:
    """Return the names of the people: the folders in ``folder`` that are not hidden.

    Raises:
        TutorError: ``folder`` is not a folder.
    """
    if not folder.is_dir():
        raise TutorError(f"{folder} is not a folder.", hint="It holds one folder per person: FOLDER/NAME/LAB-ID.py.")
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")))


async def grade(
    folder: Path,
    lesson_of: Callable[[str], Lesson],
    *,
    workers: int | None = None,
    on_done: Callable[[Graded], None] = lambda _: None,
    at_level: Level | None = None,
    journal: Journal | None = None,
) -> tuple[Graded, ...]:
    """Run everybody's labs and return one row per person and lab.

    ``lesson_of`` gives each person's lesson (the same one, or their variant). Programs whose row is in the ``journal``
    from an earlier run are not run again.

    Raises:
        SandboxError: This machine has no real isolation.
    """
    chosen = at_level if at_level is not None else await asyncio.to_thread(level)
    if not chosen.is_isolated:
        raise SandboxError(
            "Other people's programs are run only in real isolation, and there is none here.", hint=chosen.better
        )
    lessons: dict[str, Lesson | str] = {}
    for person in people(folder):
        try:
            lessons[person] = lesson_of(person)
        except Exception as error:  # a variant that cannot be made concerns one person only
            lessons[person] = str(error) if isinstance(error, TutorError) else _failure_of_ours(error)
    usual = next((labs_of(lesson) for lesson in lessons.values() if isinstance(lesson, Lesson)), ())
    async with _checkers(workers or os.cpu_count() or 1, chosen) as free:

        async def one(person: str, lab: Lab, lesson: Lesson | str) -> Graded:
            checker = await free.get()
            try:
                graded = await _grade_one(folder, person, lab, lesson, chosen, checker, journal)
            finally:
                free.put_nowait(checker)
            on_done(graded)
            return graded

        async with asyncio.TaskGroup() as group:  # when cancelled, it waits until each program has ended
            work = [
                group.create_task(one(person, lab, lesson))
                for person, lesson in lessons.items()
                for lab in (labs_of(lesson) if isinstance(lesson, Lesson) else usual)
            ]
        return tuple(task.result() for task in work)


@asynccontextmanager
async def _checkers(count: int, at_level: Level) -> AsyncIterator[asyncio.Queue[Checker]]:
    """Provide ``count`` checkers, one for each program that runs at the same time."""
    # one thread each, because as many programs run at a time as there are processors
    all_of_them = [Checker(Limits(threads=1), at_level=at_level) for _ in range(count)]
    free: asyncio.Queue[Checker] = asyncio.Queue()
    for checker in all_of_them:
        free.put_nowait(checker)
    try:
        yield free
    finally:
        await asyncio.gather(*(checker.close() for checker in all_of_them))


def labs_of(lesson: Lesson) -> tuple[Lab, ...]:
    """Return the lesson's labs."""
    return tuple(block for block in lesson.blocks if isinstance(block, Lab))


async def _grade_one(
    folder: Path,
    person: str,
    lab: Lab,
    lesson: Lesson | str,
    at_level: Level,
    checker: Checker,
    journal: Journal | None,
) -> Graded:
    """Return one row, whatever happens."""
    graded = Graded(person, lab.id, tuple(GradedCheck(check.title(None)) for check in lab.checks))
    if isinstance(lesson, str):
        return replace(graded, problem=lesson)
    try:
        titles = tuple(GradedCheck(check.title(check.graph(lesson))) for check in lab.checks)
        graded = replace(graded, checks=titles)
        source = read_program(folder / person, f"{lab.id}.py")
        graded = replace(graded, key=_key(lab, source, at_level))
        if journal is not None and (kept := journal.find(graded)) is not None:
            return kept
        limits = Limits(threads=1)
        result = await start_lab(lab, source, lesson=lesson, level=at_level, limits=limits, checker=checker)
        graded = _with_result(graded, result)
    except OSError as error:
        return replace(graded, problem=str(error))
    except SandboxError as error:
        return replace(graded, problem=str(error), is_ours=True)
    except Exception as error:  # a hand-in that makes the tutor fail must not spoil the others
        return replace(graded, problem=_failure_of_ours(error), is_ours=True)
    if journal is not None:
        journal.add(graded)
    return graded


def _failure_of_ours(error: Exception) -> str:
    return f"could not be graded: {type(error).__name__}: {str(error)[:200]}"


def _with_result(graded: Graded, result: LabResult) -> Graded:
    checks = (GradedCheck(each.title, each.passed, each.message, each.with_program) for each in result.checks)
    return replace(
        graded,
        checks=tuple(checks),
        ending=result.run.ending.value,
        said=result.sentence,
        seconds=round(result.run.seconds, 3),
        exception=result.trouble.text if result.trouble else "",
        advice=tuple(result.advice),
    )


def _key(lab: Lab, source: str, at_level: Level) -> str:
    """Return a hash of everything that the result depends on."""
    of = (source, lab.id, lab.checks, lab.starter, lab.time_limit, lab.files, at_level.isolation, tutor_stamp())
    return hashlib.sha256(repr(of).encode("utf-8", "surrogatepass")).hexdigest()


class Journal:
    """Keeps the finished rows in a file, so that an interrupted run can be continued."""

    def __init__(self, path: Path) -> None:
        """Read the rows of an earlier run, if any; unreadable lines, such as a truncated last one, are skipped.

        Raises:
            OSError: The file cannot be read.
        """
        self.path = path
        self._rows: dict[tuple[str, str], Graded] = {}
        lines = path.read_bytes().splitlines() if path.exists() else []
        for line in lines:
            try:
                row = _ROW.validate_python(cleaning.from_json(line))
            except ValueError:  # pydantic's ValidationError is a ValueError
                continue
            self._rows[row.person, row.lab] = row

    def find(self, graded: Graded) -> Graded | None:
        """Return the row of the same person, lab and program, or None."""
        row = self._rows.get((graded.person, graded.lab))
        return row if row is not None and row.key == graded.key else None

    def add(self, graded: Graded) -> None:
        """Write a row to disk at once.

        Raises:
            OSError: It cannot be written.
        """
        row = json.dumps(
            _ROW.dump_python(graded)
        )  # pydantic's own JSON refuses the name of a folder that is not Unicode
        with self.path.open("ab") as file:
            file.write(f"\n{row}\n".encode())

    def remove(self) -> None:
        """Delete the file: the run has finished."""
        self.path.unlink(missing_ok=True)


_ROW = TypeAdapter(Graded)


def read_program(folder: Path, name: str) -> str:
    """Return a program that somebody handed in. A link that leads out of the folder is not followed.

    Raises:
        OSError: The file is missing, a link, too large, empty or unreadable.
    """
    path = folder / name
    if folder.is_symlink():
        raise PermissionError(f"the folder {folder.name} is a link to another one")
    if not path.is_file():
        others = sorted(entry.name for entry in folder.glob("*.[pP][yY]") if entry.is_file())[:3]
        raise FileNotFoundError(f"no file {name}" + (f"; there is {', '.join(others)}" if others else ""))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PermissionError(f"{name} is a link to another folder")
    if path.stat().st_size > _LONGEST_PROGRAM:
        raise OSError(f"{name} is larger than {_LONGEST_PROGRAM >> 20} MB")
    source = path.read_text(encoding="utf-8-sig", errors="replace")
    if not source.strip():
        raise OSError(f"{name} is empty")
    return source


# -- reports --------------------------------------------------------------------------------------------------------

_FIRST = ("name", "lab", "passed", "checks passed", "checks", "with the program", "seconds", "said")


def as_csv(results: Sequence[Graded]) -> str:
    """Return a CSV table for a spreadsheet: one row per person and lab, one column per check."""
    width = max((len(graded.checks) for graded in results), default=0)
    # use the titles of the checks as headings if all rows have the same ones
    titles = {tuple(check.title for check in graded.checks) for graded in results}
    checks = titles.pop() if len(titles) == 1 else tuple(f"check {place + 1}" for place in range(width))
    rows: list[tuple[object, ...]] = [(*_FIRST, *checks)]
    for graded in results:
        with_program = sum(check.passed and check.with_program for check in graded.checks)
        counts = (sum(graded.outcomes), len(graded.checks), with_program)
        seconds = f"{graded.seconds:.2f}" if graded.seconds is not None else ""
        outcomes = map(_outcome, graded.checks)
        rows.append((graded.person, graded.lab, graded.verdict, *counts, seconds, graded.told, *outcomes))
    return cleaning.as_csv(rows)


def _outcome(check: GradedCheck) -> str:
    return "fail" if not check.passed else "pass, checked with the program" if check.with_program else "pass"


def as_json(results: Iterable[Graded]) -> str:
    """Return all results as JSON: each check with its title, outcome and message."""
    return cleaning.as_json({"labs": [_plain(graded) for graded in results]}) + "\n"


def _plain(graded: Graded) -> dict[str, object]:
    rows = asdict(graded)
    found: dict[str, object] = {"name": rows.pop("person"), "lab": rows.pop("lab"), "passed": graded.passed}
    found["verdict"] = graded.verdict
    found["checks"] = [{"check": check.pop("title"), **check} for check in rows.pop("checks")]
    left_out = ("key", "is_ours", *(("problem",) if not graded.problem else ("ending", "said", "exception", "advice")))
    return {**found, **{name: value for name, value in rows.items() if name not in left_out}}
