"""Programs like those of students (``programs.yaml``), run as the screen runs them.

Laboratory task 4 runs a fiftieth of its epochs, so that a program takes no longer than importing PyTorch.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.labs.conftest import TorchChild
from tutor.labs.lab import LabResult, run_lab, start_lab
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Lab
from tutor.paths import shipped_lessons

PROGRAMS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("programs.yaml").read_text(encoding="utf-8"))
_LESSONS = {
    "lab3-numpy": "05-laboratory-task-3.yaml",
    "lab3-autograd": "06-what-pytorch-is.yaml",
    "lab4": "09-laboratory-task-4.yaml",
}
_GIVEN_UP_TO = {"lab3-numpy": "# forward", "lab3-autograd": "H = torch.relu", "lab4": "inputs = (inputs -"}
_SHORTER = (("epochs: 1000", "epochs: 20"), ("length: 1000", "length: 20"), ("below: 0.2", "below: 0.3"))
_SHOWN_FIRST = 3


@dataclass(frozen=True, slots=True)
class Program:
    """A student's program: replacements in the solution, or the code that follows the starter's."""

    lab: str
    name: str
    written: str | dict[str, str]
    says: str = ""
    """Words that its explanation must contain; empty for a right program."""

    @property
    def is_right(self) -> bool:
        """Whether all checks should pass."""
        return not self.says


def programs(lab: str) -> Iterator[Program]:
    """Yield all programs for a lab."""
    for name, written in PROGRAMS[lab]["right"].items():
        yield Program(lab, name, written)
    for name, (written, says) in PROGRAMS[lab]["wrong"].items():
        yield Program(lab, name, written, str(says))


def lesson_of(lab: str) -> Lesson:
    """Load the lesson that contains the lab."""
    path = shipped_lessons() / _LESSONS[lab]
    if lab != "lab4":
        return load(path)
    with tempfile.TemporaryDirectory() as folder:
        text = path.read_text(encoding="utf-8")
        for old, new in _SHORTER:
            assert old in text, old
            text = text.replace(old, new)
        short = Path(folder) / path.name
        short.write_text(text, encoding="utf-8")
        shutil.copytree(path.parent / "data", short.parent / "data")
        return load(short)


def source_of(program: Program, lab: Lab) -> str:
    """Return the program's source."""
    assert lab.solution is not None
    source = lab.solution.fill()
    if isinstance(program.written, str):
        written = source.partition(_GIVEN_UP_TO[lab.id])[0] + program.written
    else:
        written = source
        for old, new in program.written.items():
            assert old in written, f"{program.name}: {old!r} is not in the solution"
            written = written.replace(old, str(new))
    return written.replace("1000", "20")


def run_program(program: Program, lesson: Lesson, child: TorchChild | None = None) -> LabResult:
    """Run a program and return its result; in a new process unless a child is given."""
    lab = lesson.block(program.lab)
    assert isinstance(lab, Lab)
    source = source_of(program, lab)
    if child is None:
        return run_lab(lab, source, lesson=lesson)
    return child.run(start_lab(lab, source, lesson=lesson, kernel=child.kernel))


def messages(result: LabResult) -> list[str]:
    """Return the messages that a learner reads, in order: the exception, the advice, each failed check."""
    trouble = [result.trouble.explanation] if result.trouble else []
    return [*trouble, *result.advice, *(check.message for check in result.checks if not check.passed)]


def is_explained(program: Program, result: LabResult) -> bool:
    """Return whether one of the first messages explains the program's mistake."""
    return any(program.says in each for each in messages(result)[:_SHOWN_FIRST])
