"""Lint by running a lesson's programs: code cells and their recorded output, solutions and spoilt solutions of labs."""

from __future__ import annotations

import asyncio
import math
import re
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions
from pathlib import Path

from tutor.authoring.lint_context import PlacedBlock, Subject
from tutor.errors import SandboxError
from tutor.labs.cells import Cells
from tutor.labs.lab import LabResult, run_lab
from tutor.labs.sandbox.level import level
from tutor.lessons.blocks import Lab, Lesson, Run

#: A warning's name, the block that it is about, and what it says.
_Finding = tuple[str, PlacedBlock, str]

_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


class Programs:
    """Runs the programs of one lesson in ``pool``; ``report`` waits for them and adds the warnings.

    The lesson may come from a stranger, so its programs run only if this machine can isolate them, unless
    ``isolated_only`` is false.
    """

    def __init__(self, subject: Subject, pool: Executor, *, isolated_only: bool = True) -> None:
        self._subject = subject
        cells = [placed for placed in subject.blocks() if isinstance(placed.block, Run)]
        labs = [placed for placed in subject.blocks() if isinstance(placed.block, Lab)]
        self._why_not = _why_not(subject, isolated_only) if cells or labs else ""
        self._cells: Future[list[_Finding]] | None = None
        self._labs: list[_LabRuns] = []
        if not self._why_not:
            self._labs = [_LabRuns(subject, placed, pool) for placed in labs]
            self._cells = pool.submit(_ran_cells, subject.lesson, cells) if cells else None

    def report(self) -> bool:
        """Add the warnings, and return whether all programs were run. If not, a note says why."""
        if self._why_not:
            self._subject.notes.append(self._why_not)
            return False
        try:
            for name, placed, message in self._cells.result() if self._cells is not None else ():
                self._subject.on_block(name, placed, message)
            for lab in self._labs:
                lab.report()
        except SandboxError as error:
            self._subject.notes.append(f"Cells and labs were not run: {error}")
            return False
        return True


def _why_not(subject: Subject, isolated_only: bool) -> str:
    """Return why the programs of a lesson cannot be run here; empty if they can."""
    missing = [package for package in subject.lesson.needs if not is_installed(package)]
    if missing:
        return f"{', '.join(missing)} is not installed; cells and labs were not run."
    here = level()
    if not here.can_run:
        return "No program can be run safely here; cells and labs were not run."
    if isolated_only and not here.is_isolated:
        return (
            "Cells and labs were not run, because this machine cannot isolate them from your files. If you trust this "
            f"lesson, add --run. {here.better}".strip()
        )
    return ""


def is_installed(package: str) -> bool:
    """Return whether a package is installed, without importing anything and without looking in the present folder."""
    here = Path.cwd()
    folders = [each for each in sys.path if each and Path(each).absolute() != here]
    if package in sys.builtin_module_names or PathFinder.find_spec(package, folders) is not None:
        return True
    return package in packages_distributions()  # an editable install is in none of these folders


# -- cells ------------------------------------------------------------------------------------------------------------


def _ran_cells(lesson: Lesson, placed_cells: list[PlacedBlock]) -> list[_Finding]:
    """Run a lesson's cells in order, and return what differs from their recorded output."""
    return asyncio.run(_run_cells(lesson, placed_cells))


async def _run_cells(lesson: Lesson, placed_cells: list[PlacedBlock]) -> list[_Finding]:
    cells, found = Cells.of_lesson(lesson), list[_Finding]()
    try:
        for placed in placed_cells:
            block = placed.block
            assert isinstance(block, Run)
            result = await cells.run(block.id)
            if not result.run.is_ok:
                what = result.run.sentence or (result.trouble.title if result.trouble else "It stopped with an error.")
                return [*found, ("output-differs", placed, f"This cell fails: {what}")]
            printed = "\n".join(part for part in (result.run.output.rstrip("\n"), result.run.value or "") if part)
            if block.output is not None and not same_output(block.output, printed, block.within):
                message = f"This cell prints {shortened(printed)}, and output: says {shortened(block.output)}."
                found.append(("output-differs", placed, message))
    finally:
        await cells.close()
    return found


def same_output(expected: str, printed: str, within: float | None = None) -> bool:
    """Return whether a cell prints what it should. With ``within``, numbers may differ by that much.

    Trailing spaces and empty lines at the beginning and end do not count; ``…`` in the expected text matches anything.
    """
    expected, printed = (_tidied(text) for text in (expected, printed))
    if within is not None:
        left, right = ([float(each) for each in _NUMBER.findall(text)] for text in (expected, printed))
        near = len(left) == len(right) and all(
            math.isclose(a, b, rel_tol=0, abs_tol=within) for a, b in zip(left, right, strict=True)
        )
        if not near:
            return False
        expected, printed = (_NUMBER.sub("0", text) for text in (expected, printed))
    return _in_order(expected.split("…"), printed)


def _in_order(parts: Sequence[str], text: str) -> bool:
    """Return whether a text consists of these parts in order, with anything between them.

    Taking the first match of each part is always enough, so one pass does, however many parts there are.
    """
    if len(parts) == 1:
        return parts[0] == text
    first, *between, last = (part.strip() for part in parts)
    if not text.startswith(first):
        return False
    place = len(first)
    for part in between:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(text) - len(last) >= place and text.endswith(last)


def _tidied(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def shortened(text: str) -> str:
    """Return the beginning of a text on one line, quoted."""
    line = " ⏎ ".join(text.strip().splitlines())
    return repr(line if len(line) <= 70 else line[:69] + "…")


# -- labs -------------------------------------------------------------------------------------------------------------


class _LabRuns:
    """Runs a lab's solution, starter and spoilt solutions, each once."""

    def __init__(self, subject: Subject, placed: PlacedBlock, pool: Executor) -> None:
        block = placed.block
        assert isinstance(block, Lab)
        self._subject, self._placed, self._block = subject, placed, block
        self._runs: dict[str, Future[LabResult]] = {}
        if block.solution is None:
            return
        solution = block.solution.fill()
        self._solution, self._starter = solution, block.starter.fill()
        self._wrong = [solution.replace(wrong.old, wrong.new) for wrong in block.wrong]
        for source in (self._solution, self._starter, *self._wrong):
            if source not in self._runs:
                self._runs[source] = pool.submit(run_lab, block, source, lesson=subject.lesson)

    def report(self) -> None:
        """Wait for the programs, and add the warnings about them."""
        block, placed, subject = self._block, self._placed, self._subject
        if not self._runs:
            message = "This lab has no solution:, so nobody has shown that it can be solved."
            subject.on_block("no-solution", placed, message)
            return
        solved = self._runs[self._solution].result()
        if not solved.passed:
            for run in self._runs.values():
                run.cancel()
            failing = next((check for check in solved.checks if not check.passed), None)
            why = f"{failing.title}: {failing.message}" if failing is not None else solved.sentence
            subject.on_block("solution-fails", placed, f"The solution does not pass. {why}")
            return
        if self._runs[self._starter].result().passed:
            subject.on_block("starter-passes", placed, "The starter passes as it is; there is nothing to do.")
        for number, (wrong, source) in enumerate(zip(block.wrong, self._wrong, strict=True)):
            spoilt = self._runs[source].result()
            path = (*placed.path, "wrong", number)
            if path not in subject.document.nodes:
                path = (*placed.path, "lab", "wrong", number)
            check = spoilt.checks[wrong.fails]
            if check.passed:
                message = f"With '{wrong.new}' for '{wrong.old}' the check '{check.title}' still passes."
                subject.on_block("wrong-passes", placed, message, path=path)
