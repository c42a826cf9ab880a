"""Many people's lab files, run in parallel, each in a box of its own: ``FOLDER/NAME/LAB-ID.py``.

Only under real isolation: other people's programs run here.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor import cleaning
from tutor.errors import SandboxError, TutorError
from tutor.labs.checks import graph_of, title
from tutor.labs.lab import LabResult, start_lab
from tutor.labs.sandbox.level import Level, level
from tutor.labs.sandbox.limits import Limits
from tutor.lessons.blocks import Lab, Lesson

_LONGEST_PROGRAM = 1 << 20


@dataclass(frozen=True, slots=True)
class Graded:
    """One person's lab; ``result`` is None where it could not be run (``problem``): no file, none that may be read."""

    person: str
    lab: str
    titles: tuple[str, ...]
    result: LabResult | None
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether all checks passed."""
        return self.result is not None and self.result.passed

    @property
    def outcomes(self) -> tuple[bool, ...]:
        """Each check's outcome; all False where nothing could be run."""
        return tuple(check.passed for check in self.result.checks) if self.result else (False,) * len(self.titles)


def people(folder: Path) -> tuple[str, ...]:
    """The names: the folders in a folder, hidden ones left out."""
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
) -> tuple[Graded, ...]:
    """Run everybody's labs; ``lesson_of`` gives each person's lesson (the same one, or their own variant of it).

    Raises ``SandboxError`` where this machine has no real isolation.
    """
    chosen = at_level if at_level is not None else await asyncio.to_thread(level)
    if not chosen.is_isolated:
        raise SandboxError(
            "Other people's programs are run only in real isolation, and there is none here.", hint=chosen.better
        )
    turns = asyncio.Semaphore(workers or os.cpu_count() or 1)

    async def one(person: str, lab: Lab, lesson: Lesson | TutorError) -> Graded:
        async with turns:
            graded = await _grade_one(folder, person, lab, lesson, chosen)
        on_done(graded)
        return graded

    lessons: dict[str, Lesson | TutorError] = {}
    for person in people(folder):
        try:
            lessons[person] = lesson_of(person)
        except TutorError as error:  # one person's numbers: nobody else loses anything by it
            lessons[person] = error
    usual = next((labs_of(lesson) for lesson in lessons.values() if isinstance(lesson, Lesson)), ())
    work = [
        one(person, lab, lesson)
        for person, lesson in lessons.items()
        for lab in (labs_of(lesson) if isinstance(lesson, Lesson) else usual)
    ]
    return tuple(await asyncio.gather(*work))


def labs_of(lesson: Lesson) -> tuple[Lab, ...]:
    """The lesson's labs."""
    return tuple(block for block in lesson.blocks if isinstance(block, Lab))


async def _grade_one(folder: Path, person: str, lab: Lab, lesson: Lesson | TutorError, at_level: Level) -> Graded:
    if isinstance(lesson, TutorError):
        return Graded(person, lab.id, tuple(title(check, None) for check in lab.checks), None, str(lesson))
    titles = tuple(title(check, graph_of(check, lesson)) for check in lab.checks)
    try:
        source = read_program(folder / person, f"{lab.id}.py")
        # one thread each: as many programs run at a time as there are processors
        result = await start_lab(lab, source, lesson=lesson, level=at_level, limits=Limits(threads=1))
    except (OSError, TutorError) as error:
        return Graded(person, lab.id, titles, None, str(error))
    return Graded(person, lab.id, titles, result)


def read_program(folder: Path, name: str) -> str:
    """A program that somebody handed in; a link that leads elsewhere is not followed. Raises ``OSError``."""
    path = folder / name
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


def as_csv(results: Sequence[Graded]) -> str:
    """A table to open in a spreadsheet: one row per person and lab, one column per check."""
    width = max((len(graded.titles) for graded in results), default=0)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    # the checks' own titles where all rows have the same ones
    same = len({graded.titles for graded in results}) == 1
    checks = list(results[0].titles) if same else [f"check {place + 1}" for place in range(width)]
    checks = [_safe(each) for each in checks]
    writer.writerow(["name", "lab", "passed", "checks passed", "checks", "seconds", "said", *checks])
    for graded in results:
        outcomes = ["pass" if passed else "fail" for passed in graded.outcomes]
        seconds = f"{graded.result.run.seconds:.2f}" if graded.result else ""
        said = graded.result.sentence if graded.result else graded.problem
        row = [graded.person, graded.lab, "yes" if graded.passed else "no", sum(graded.outcomes), len(graded.titles)]
        writer.writerow([_safe(str(cell)) for cell in (*row, seconds, said, *outcomes)])
    return cleaning.whole(out.getvalue())


def _safe(cell: str) -> str:
    """A spreadsheet calculates a cell that begins like a formula, whoever wrote it."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def as_json(results: Iterable[Graded]) -> str:
    """Everything: each check with its title, outcome and message."""
    return cleaning.as_json({"labs": [_plain(graded) for graded in results]}) + "\n"


def _plain(graded: Graded) -> dict[str, object]:
    found: dict[str, object] = {"name": graded.person, "lab": graded.lab, "passed": graded.passed}
    if graded.result is None:
        return {
            **found,
            "problem": graded.problem,
            "checks": [{"check": each, "passed": False} for each in graded.titles],
        }
    result = graded.result
    return {
        **found,
        "ending": result.run.ending.value,
        "said": result.sentence,
        "seconds": round(result.run.seconds, 3),
        "exception": result.trouble.text if result.trouble else "",
        "advice": list(result.advice),
        "checks": [{"check": check.title, "passed": check.passed, "message": check.message} for check in result.checks],
    }
