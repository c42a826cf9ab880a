"""A third of the programs of ``programs.yaml``, and what is told of several mistakes at once.

All of them are run by ``python -m benchmarks.labs --programs``.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from functools import cache

import pytest

from tests.labs.conftest import TorchChild
from tests.labs.corpus import PROGRAMS, Program, is_explained, lesson_of, programs, told, tried
from tutor.lessons import Lesson

lesson = cache(lesson_of)
HAS_TORCH = importlib.util.find_spec("torch") is not None


def a_third(lab: str) -> list[Program]:
    """Every third program; of the slow ones in NumPy, each of which has a process of its own, every sixth."""
    return list(programs(lab))[:: 6 if lab == "lab3-numpy" else 3]


SOME = [program for lab in PROGRAMS for program in a_third(lab)]


@pytest.mark.parametrize("program", SOME, ids=lambda program: f"{program.lab}: {program.name}")
def test_programs(program: Program, request: pytest.FixtureRequest) -> None:
    if program.lab == "lab3-numpy":
        result = tried(program, lesson(program.lab))
    elif HAS_TORCH:
        result = tried(program, lesson(program.lab), request.getfixturevalue("torch_child"))
    else:
        pytest.skip("needs PyTorch")
    assert result.passed is program.is_right, told(result)
    if not program.is_right:
        assert is_explained(program, result), told(result)


def test_the_programs_have_names_of_their_own() -> None:
    for lab in PROGRAMS:
        assert max(Counter(program.name for program in programs(lab)).values()) == 1


def test_what_follows_from_one_mistake_is_no_other_mistake() -> None:
    numpy = lesson("lab3-numpy")
    first, *others = told(tried(Program("lab3-numpy", "", {"np.maximum(0, Z_hidden)": "Z_hidden"}, "-"), numpy))
    assert first.startswith("Your H is what comes out")
    assert len(others) == 9
    assert all("is right from your own" in other and "fix that first" in other for other in others)


def test_what_was_not_reached_is_no_mistake() -> None:
    result = tried(Program("lab3-numpy", "", {"x @ W_hidden": "x * W_hidden"}, "-"), lesson("lab3-numpy"))
    messages = {check.message for check in result.checks if not check.passed}
    assert messages == {"The program stopped before its end."}


def test_a_line_with_a_right_result_is_not_blamed() -> None:
    """A prediction of 0.1 fits where the hidden biases are missing too, but H is right."""
    changes = {"yhat = np.maximum(0, Z_output)": "yhat = np.round(np.maximum(0, Z_output), 1)"}
    result = tried(Program("lab3-numpy", "", changes, "-"), lesson("lab3-numpy"))
    assert told(result)[0].startswith("yhat[0] is 0.1: the right value, rounded.")
    assert "bias" not in told(result)[0]


@pytest.fixture
def lab_4() -> Lesson:
    return lesson("lab4")


@pytest.mark.needs("torch")
def test_several_mistakes_at_once(lab_4: Lesson, torch_child: TorchChild) -> None:
    changes = {
        "        optimizer.step()\n": "",
        "batch_size=8": "batch_size=16",
        "MSELoss()": "MSELoss(reduction='sum')",
        "nn.Linear(8, 1))": "nn.Linear(8, 1), nn.ReLU())",
    }
    said = told(tried(Program("lab4", "", changes, "-"), lab_4, torch_child))
    for expected in (
        "loss.backward() ran but optimizer.step() never did",
        "The batches have 16 rows, and 8 are asked for",
        "MSELoss has reduction='sum', and 'mean' is asked for",
        "Linear(8, 1), ReLU()",
        "optimizer.step() was never called",
    ):
        assert any(expected in each for each in said), said


@pytest.mark.needs("torch")
def test_the_picture_shows_all_rows(lab_4: Lesson, torch_child: TorchChild) -> None:
    for name in ("the solution", "a function", "a trainer class"):
        program = next(each for each in programs("lab4") if each.name == name)
        result = tried(program, lab_4, torch_child)
        assert result.run.fit is not None, name
        assert len(result.run.fit["x"]) == 86
