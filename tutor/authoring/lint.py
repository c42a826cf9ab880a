"""Check files and folders for errors and for what is doubtful, and make one report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import paths
from tutor.authoring.answers import check_answers
from tutor.authoring.lint_context import Subject
from tutor.authoring.models import TorchNumbers, check_models
from tutor.authoring.shown import check_shown
from tutor.authoring.texts import check_texts
from tutor.errors import TutorError
from tutor.lessons import Catalogue, LessonProblems
from tutor.lessons.blocks import Question
from tutor.lessons.cache import Records
from tutor.lessons.lesson_files import LEADS_OUT, is_assignment, leads_out, read_regular
from tutor.lessons.problems import MOST_KEPT, Problem, ProblemList, and_more
from tutor.lessons.yaml.document import MOST_BYTES
from tutor.paths import shipped_lessons

if TYPE_CHECKING:
    from tutor.authoring.programs import Programs

#: The keys that make a file a lesson. Files in a folder that have none of them are skipped.
_MARKS = frozenset({"screens", "network", "networks", "worksheet", "worksheets", "tutor"})


FAR_TOO_LONG = 66
"""The number of lines from which a screen is too long: three terminals of 24 lines without the frame."""

TITLE_ALONE = (
    "This file has a title and no screens, so it cannot be opened as a lesson: add screens, or leave out title."
)


@dataclass(frozen=True)
class Options:
    """Whether to compare with PyTorch, run programs, and reuse findings for files that have not changed.

    With ``isolated_only``, programs run only if this machine can keep them away from the user's files.
    """

    with_torch: bool = True
    with_programs: bool = True
    isolated_only: bool = True
    use_cache: bool = True


@dataclass
class FileReport:
    """The problems found in one file. ``notes`` say what could not be checked; ``subject`` is the lesson, if the file
    could be read."""

    path: Path
    subject: Subject | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_cached: bool = False

    def take(self, found: ProblemList) -> None:
        """Keep the first problems, up to ``MOST_KEPT``; a note counts the others."""
        self.problems = sorted(found)[:MOST_KEPT]
        if more := len(found) - len(self.problems) + found.more:
            self.notes = [*self.notes, and_more(more)]

    @property
    def errors(self) -> list[Problem]:
        """The problems that make the file unusable."""
        return [problem for problem in self.problems if not problem.name]

    @property
    def warnings(self) -> list[Problem]:
        """The problems that are only doubtful."""
        return [problem for problem in self.problems if problem.name]


@dataclass
class Report:
    """The findings in all files."""

    files: list[FileReport]

    @property
    def problems(self) -> list[Problem]:
        """All problems, file by file and line by line."""
        return [problem for file in self.files for problem in file.problems]

    @property
    def is_clean(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    def to_json(self) -> dict[str, object]:
        """Return the report as ``tutor check --json`` prints it."""
        return {
            "files": [
                {
                    "path": str(file.path),
                    "problems": [
                        {
                            "line": problem.line,
                            "column": problem.column,
                            "severity": "warning" if problem.name else "error",
                            "name": problem.name or "error",
                            "message": problem.message,
                        }
                        for problem in file.problems
                    ],
                    "notes": file.notes,
                }
                for file in self.files
            ],
            "errors": sum(len(file.errors) for file in self.files),
            "warnings": sum(len(file.warnings) for file in self.files),
        }


def lesson_files(places: Iterable[Path]) -> list[Path]:
    """Return each file that is named, and every lesson and network in the folders named.

    A symbolic link that leads out of its folder is included, so that it is reported; it is never opened.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside = sorted(path for kind in ("*.yaml", "*.yml") for path in place.rglob(kind))
            for path in inside:
                is_hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
                if not is_hidden and (leads_out(path, place) or _is_lesson(path)):
                    found[path] = None
        else:
            found[place] = None
    return list(found)


def _is_lesson(path: Path) -> bool:
    """Return whether a file looks like a lesson or a network, judging by its top-level keys."""
    try:
        text = read_regular(path, MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return not path.is_dir()  # included so that it is reported as unreadable
    looks = any(line.partition(":")[0] in _MARKS for line in text.splitlines() if line[:1].isalpha())
    return looks and not is_assignment(path)


def check_paths(
    places: Sequence[Path], options: Options | None = None, *, cache: FindingsCache | None = None
) -> Report:
    """Check files and folders.

    Raises:
        TutorError: One does not exist, or has no lesson in it.
    """
    options = options or Options()
    for place in places:
        if not place.exists():
            raise TutorError(f"There is no file or folder {place}.")
        if not lesson_files([place]):
            raise TutorError(f"There is no lesson and no network in {place}.", hint="Their names end in .yaml.")
    cache = cache or FindingsCache(options=repr((options.with_torch, options.with_programs, options.isolated_only)))
    reports = [_opened(path, places, options, cache) for path in lesson_files(places)]
    _inspect_all([report for report in reports if report.subject is not None and not report.is_cached], options, cache)
    _course(reports)
    for report in reports:
        report.problems.sort()
    return Report(reports)


def _opened(path: Path, places: Sequence[Path], options: Options, cache: FindingsCache) -> FileReport:
    """Read a file, and take its findings from the cache if nothing has changed."""
    from tutor.lessons import loader

    report = FileReport(path)
    if any(place.is_dir() and path.is_relative_to(place) and leads_out(path, place) for place in places):
        report.problems = [Problem(str(path), 1, 1, LEADS_OUT)]
        return report
    try:
        subject = Subject(loader.load(path, sources=True), str(path))
    except LessonProblems as error:
        report.take(ProblemList(error.problems, error.more))
        return report
    if subject.lesson.form != "lesson" and ("title",) in subject.document.nodes:
        report.take(ProblemList([Problem(str(path), 1, 1, TITLE_ALONE)]))
        return report
    report.subject = subject
    known = cache.find(path, str(path)) if options.use_cache else None
    if known is not None:
        report.problems, report.notes = known
        report.is_cached = True
    return report


def _inspect_all(reports: Sequence[FileReport], options: Options, cache: FindingsCache) -> None:
    """Inspect lessons one by one, while their programs and PyTorch run in other processes."""
    subjects = [report.subject for report in reports if report.subject is not None]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        try:
            started = [_start_programs(subject, options, pool) for subject in subjects]
            torch = _start_torch(subjects, pool) if options.with_torch else None
            for subject in subjects:
                inspect(subject, torch)
            for report, subject, programs in zip(reports, subjects, started, strict=True):
                _finish(report, subject, programs, cache)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start_programs(subject: Subject, options: Options, pool: Executor) -> Programs | None:
    """Start a lesson's programs in the pool."""
    if not options.with_programs:
        return None
    from tutor.authoring.programs import Programs

    return Programs(subject, pool, isolated_only=options.isolated_only)


def _start_torch(subjects: Sequence[Subject], pool: Executor) -> TorchNumbers | None:
    from tutor.engines.torch import available

    return TorchNumbers(subjects, pool) if available() else None


def inspect(subject: Subject, torch: TorchNumbers | None = None) -> None:
    """Add warnings about one lesson to ``subject``, except about its programs and unused ``allow:`` entries."""
    check_models(subject, torch)
    for check in CHECKS:
        check(subject)


def check_screens(subject: Subject) -> None:
    """Warn about screens that are far longer than a terminal, and about screens that ask nothing."""
    for number, screen in enumerate(subject.lesson.screens):
        lines = sum(block.height() + 1 for block in screen.blocks)
        if lines > FAR_TOO_LONG:
            message = (
                f"This screen takes about {lines} lines, and a small terminal has 24; split it, one idea a screen."
            )
            subject.on_screen("long-screen", number, message)
        if not any(isinstance(block, Question) for block in screen.blocks):
            subject.on_screen("nothing-asked", number, "This screen asks nothing.")


#: The checks of one lesson, in order.
CHECKS: tuple[Callable[[Subject], None], ...] = (check_texts, check_screens, check_answers, check_shown)


def _finish(report: FileReport, subject: Subject, programs: Programs | None, cache: FindingsCache) -> None:
    """Wait for a lesson's programs, then complete its report and store it in the cache."""
    subject.unused_allowances(with_programs=programs is not None and programs.report())
    report.notes = list(subject.notes)
    report.take(subject.found)
    if not subject.notes:
        cache.keep(report.path, {*subject.lesson.sources, *subject.files}, report.problems, report.notes)
    subject.found = ProblemList()


def _course(reports: list[FileReport]) -> None:
    """Check the lessons together, and against the course's lessons."""
    from tutor.authoring.course import check_course

    subjects = [report.subject for report in reports if report.subject is not None]
    if not subjects:
        return
    here = {subject.lesson.id for subject in subjects}
    required = {name for subject in subjects for name in subject.lesson.requires}
    known = {entry.id: entry.requires for entry in Catalogue().entries} if required - here else {}
    course = Catalogue([shipped_lessons()], glimpse=True).entries
    check_course(subjects, known, {(entry.id, entry.language): entry.path for entry in course})
    for report in reports:
        report.problems.extend(report.subject.found if report.subject is not None else ())


# -- the cache of findings ------------------------------------------------------------------------------------------


class FindingsCache:
    """Findings by lesson, valid while the lesson, the files it uses, the tutor and the options are the same."""

    def __init__(self, folder: Path | None = None, *, options: str = "") -> None:
        self._records = Records(folder or paths.home() / "cache" / "check", options=options)

    def find(self, path: Path, name: str) -> tuple[list[Problem], list[str]] | None:
        """Return the findings and notes for a lesson that has not changed, or None."""
        record = self._records.find(path.absolute())
        if not isinstance(record, dict):
            return None
        return [Problem(**{**each, "file": name}) for each in record["problems"]], list(record["notes"])

    def keep(self, path: Path, files: Iterable[Path], problems: Iterable[Problem], notes: Iterable[str]) -> None:
        """Store the findings for a lesson that uses these files."""
        record = {"problems": [asdict(problem) for problem in problems], "notes": [*notes]}
        self._records.keep(path.absolute(), (each.absolute() for each in files), record)
