"""A third of the programs in ``programs.yaml``, and programs with several mistakes at once.

``python -m benchmarks.labs --programs`` runs all of them.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from functools import cache

import pytest

from tests.labs.conftest import TorchChild
from tests.labs.corpus import PROGRAMS, Program, is_explained, lesson_of, messages, programs, run_program
from tutor.labs.lab import LabResult
from tutor.lessons import Lesson

lesson = cache(lesson_of)
HAS_TORCH = importlib.util.find_spec("torch") is not None


def a_third(lab: str) -> list[Program]:
    """Return every third program; every sixth in NumPy."""
    return list(programs(lab))[:: 6 if lab == "lab3-numpy" else 3]


SOME = [program for lab in PROGRAMS for program in a_third(lab)]


@pytest.mark.parametrize("program", SOME, ids=lambda program: f"{program.lab}: {program.name}")
def test_right_programs_pass_and_wrong_ones_are_explained(program: Program, torch_child: TorchChild) -> None:
    if program.lab != "lab3-numpy" and not HAS_TORCH:
        pytest.skip("needs PyTorch")
    result = run_program(program, lesson(program.lab), torch_child)
    assert result.passed is program.is_right, messages(result)
    if program.is_right:
        assert not messages(result), "a right program gets no advice"
    else:
        assert is_explained(program, result), messages(result)


def test_the_names_of_the_programs_are_unique() -> None:
    for lab in PROGRAMS:
        assert max(Counter(program.name for program in programs(lab)).values()) == 1


def in_numpy(changes: dict[str, str], child: TorchChild) -> LabResult:
    """Run the solution in NumPy with changes."""
    return run_program(Program("lab3-numpy", "", changes, "-"), lesson("lab3-numpy"), child)


def test_consequences_of_a_mistake_are_not_further_mistakes(torch_child: TorchChild) -> None:
    first, *others = messages(in_numpy({"np.maximum(0, Z_hidden)": "Z_hidden"}, torch_child))
    assert first.startswith("Your H is what comes out")
    assert len(others) == 9
    assert all("is right from your own" in other and "fix that first" in other for other in others)


def test_code_that_was_not_reached_is_not_a_mistake(torch_child: TorchChild) -> None:
    result = in_numpy({"x @ W_hidden": "x * W_hidden"}, torch_child)
    failed = {check.message for check in result.checks if not check.passed}
    assert failed == {"The program stopped before its end."}


def test_a_line_with_a_right_result_is_not_blamed(torch_child: TorchChild) -> None:
    """A prediction of 0.1 would also fit missing hidden biases, but H is right."""
    changes = {"yhat = np.maximum(0, Z_output)": "yhat = np.round(np.maximum(0, Z_output), 1)"}
    result = in_numpy(changes, torch_child)
    assert messages(result)[0].startswith("yhat[0] is 0.1, which is not right.")
    assert "bias" not in messages(result)[0]


@pytest.fixture
def lab_4() -> Lesson:
    return lesson("lab4")


@pytest.mark.needs("torch")
def test_several_mistakes_at_once_are_all_reported(lab_4: Lesson, torch_child: TorchChild) -> None:
    changes = {
        "        optimizer.step()\n": "",
        "batch_size=8": "batch_size=16",
        "MSELoss()": "MSELoss(reduction='sum')",
        "nn.Linear(8, 1))": "nn.Linear(8, 1), nn.ReLU())",
    }
    said = messages(run_program(Program("lab4", "", changes, "-"), lab_4, torch_child))
    for expected in (
        "loss.backward() ran but optimizer.step() never did",
        "The batches have 16 rows, and 8 are asked for",
        "MSELoss has reduction='sum', and 'mean' is asked for",
        "Linear(8, 1), ReLU()",
        "optimizer.step() was never called",
    ):
        assert any(expected in each for each in said), said


@pytest.mark.needs("torch")
def test_the_fit_shows_all_rows(lab_4: Lesson, torch_child: TorchChild) -> None:
    for name in ("the solution", "a function", "a trainer class"):
        program = next(each for each in programs("lab4") if each.name == name)
        result = run_program(program, lab_4, torch_child)
        assert result.run.fit is not None, name
        assert len(result.run.fit["x"]) == 86
