"""Labs from start to end: the solution passes, plausible mistakes are explained, hostile programs are ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.labs.conftest import TorchChild
from tutor.labs.checker import Checker
from tutor.labs.checks import CheckState
from tutor.labs.ending import Ending
from tutor.labs.kernel import Kernel
from tutor.labs.lab import LabResult, _answers, run_lab, start_lab
from tutor.labs.messages import Message
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Lab
from tutor.lessons.blocks.lab import Check

LESSON = """
tutor: 1
title: A lab
networks:
  lab2:
    inputs: [1, 0, 1]
    target: 1
    layers:
      - name: hidden
        weights: [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]
        bias: [-0.4, 0.2]
        activation: relu
      - {name: output, weights: [[-0.3], [-0.2]], bias: [0.1], activation: relu}
    optimizer: {sgd: {lr: 0.001}}
files: [data/numbers.csv]
screens:
  - title: The lab
    blocks:
      - lab: Forward and backward
        id: the-lab
        of: lab2
        starter: |
          import numpy as np
          x = np.array({{x}})
        checks:
          - {variable: H, equals: hidden.H, decimals: 4}
          - {variable: yhat, equals: output.yhat, decimals: 4, say: 'yhat comes from H.'}
          - {variable: delta_hidden, equals: hidden.delta}
          - {variable: W_hidden, equals: hidden.W_new}
          - {call: 'relu(np.array([-1., 2.]))', equals: [0, 2]}
          - {prints: 'loss 0\\.42'}
          - python: |
              assert lr == 0.001, "keep the learning rate at 0.001"
        solution: |
          import numpy as np
          x, y, lr = np.array([1, 0, 1]), 1, 0.001
          W_hidden = np.array([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]])
          W_output = np.array([-0.3, -0.2])
          def relu(z):
              return np.maximum(z, 0)
          Z = x @ W_hidden + [-0.4, 0.2]
          H = relu(Z)
          yhat = relu(H @ W_output + 0.1)
          print(f"loss {(yhat - y) ** 2 / 2:.4f}")
          delta = (yhat - y) * (yhat > 0)
          delta_hidden = W_output * delta * (Z > 0)
          W_hidden = W_hidden - lr * np.outer(x, delta_hidden)
        time_limit: 1
"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    folder: Path = tmp_path_factory.mktemp("lab")
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("1\n2\n")
    path = folder / "lab.yaml"
    path.write_text(LESSON)
    return load(path)


def lab_of(lesson: Lesson) -> Lab:
    return next(block for block in lesson.blocks if isinstance(block, Lab))


def run_changed(lesson: Lesson, old: str, new: str, child: TorchChild) -> LabResult:
    """Run the solution with a change, in the shared child, because importing NumPy takes longer than the rest."""
    lab = lab_of(lesson)
    assert lab.solution is not None
    source = lab.solution.fill()
    assert old in source
    changed = source.replace(old, new)
    return child.run(start_lab(lab, changed, lesson=lesson, kernel=child.kernel, checker=child.checker))


def test_the_solution_passes(lesson: Lesson) -> None:
    lab = lab_of(lesson)
    assert lab.solution is not None
    result = run_lab(lab, lab.solution.fill(), lesson=lesson)
    assert result.passed, result.checks
    assert result.sentence == "All checks passed."
    assert not result.advice


WRONG = [
    # replaced code, its replacement, the first check to fail, words of the message
    ("+ [-0.4, 0.2]", "", 0, "H is what comes out when the biases are left out"),
    ("H = relu(Z)", "H = Z", 0, "H is what comes out when the activation function is left out"),
    ("H @ W_output + 0.1", "H @ W_output", 1, "when the biases are left out in the output layer"),
    ("H @ W_output", "Z @ W_output", 1, "yhat is what comes out with Z in place of H"),
    ("(yhat - y) *", "(y - yhat) *", 2, "the wrong way round"),
    (" * (Z > 0)", "", 2, "slope is left out"),
    ("- lr * np.outer", "+ lr * np.outer", 3, "W_hidden is what comes out when the gradient is added"),
    ("- lr * np.outer", "- np.outer", 3, "the learning rate is left out"),
    ("np.outer(x, delta_hidden)", "np.outer(delta_hidden, x).T[[1, 0, 2]]", 3, "which is not right"),
    ("return np.maximum(z, 0)", "return (z > 0) * np.abs(z) + 0 * z.sum() + (z.sum() == 1)", 4, "[0] is 1"),
    ('print(f"loss', 'str(f"loss', 5, "Nothing is printed."),
    ("lr = np.array([1, 0, 1]), 1, 0.001", "lr = np.array([1, 0, 1]), 1, 0.01", 6, "keep the learning rate at 0.001."),
    ("delta_hidden", "d_hidden", 2, "There is no variable delta_hidden at the end."),
]


@pytest.mark.parametrize(("old", "new", "fails", "said"), WRONG, ids=[f"{row[2]}-{row[3][:30]}" for row in WRONG])
def test_a_plausible_mistake_is_explained(
    lesson: Lesson, old: str, new: str, fails: int, said: str, torch_child: TorchChild
) -> None:
    result = run_changed(lesson, old, new, torch_child)
    assert not result.passed
    failed = [place for place, check in enumerate(result.checks) if not check.passed]
    assert fails in failed, result.checks
    assert said in result.checks[fails].message


def test_an_exception_is_located_and_earlier_values_checked(lesson: Lesson, torch_child: TorchChild) -> None:
    result = run_changed(lesson, "delta = (yhat", "delta = (yhta", torch_child)
    assert result.trouble is not None
    assert result.trouble.explanation == "There is no yhta here. Did you mean yhat?"
    assert result.trouble.where == "the-lab.py, line 11"
    assert [check.passed for check in result.checks][:2] == [True, True]
    assert result.checks[2].message.endswith("The program stopped before its end.")
    assert not result.passed


def test_a_lab_can_read_its_lessons_files(lesson: Lesson) -> None:
    result = run_lab(
        lab_of(lesson), "print(open('data/numbers.csv').read(), open('numbers.csv').read())", lesson=lesson
    )
    assert result.run.output == "1\n2\n 1\n2\n\n"


@pytest.mark.parametrize(
    ("source", "ending"),
    [("import time\ntime.sleep(60)", Ending.TIME), ("import os\nos._exit(0)", Ending.GONE), ("x = (", Ending.FAILED)],
)
def test_hostile_or_broken_programs_pass_no_check(lesson: Lesson, source: str, ending: Ending) -> None:
    result = run_lab(lab_of(lesson), source, lesson=lesson)
    assert result.run.ending is ending
    assert {check.state for check in result.checks} == {CheckState.NOT_REACHED}
    assert result.sentence


@pytest.mark.parametrize("has_ended", [True, False])
async def test_a_stopped_program_is_not_run_again_with_other_values(lesson: Lesson, has_ended: bool) -> None:
    """It would reach its time limit once more."""
    asked: list[Mapping[str, Any]] = []

    class Recorder(Kernel):
        async def look(self, questions: Sequence[Mapping[str, Any]], *, seconds: float = 1) -> list[Message]:
            asked.extend(questions)
            return [{"names": ["x"]}, *({} for _ in questions[1:])]

    lab = lab_of(lesson)
    checks = (*lab.checks, Check(kind="variable", subject="H", when={"x": [1]}))
    answers = await _answers(replace(lab, checks=checks), Recorder(), Checker(), seconds=1, has_ended=has_ended)
    assert any("when" in question for question in asked) is has_ended
    assert len(answers) == 2 + len(checks)


def test_a_check_that_never_ends_fails(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function that a check calls is the learner's, and may loop."""
    monkeypatch.setattr("tutor.labs.lab._SHORTEST_LOOK_TIMEOUT", 0.3)
    lab = lab_of(lesson)
    source = "import time\nimport numpy as np\ndef relu(z): time.sleep(60)"
    result = run_lab(lab, source, lesson=lesson)
    assert {check.message for check in result.checks} == {"The checks could not run: one of them took too long."}
