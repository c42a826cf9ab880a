"""What each kind of check says about the values a program left, without running a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tutor.labs.array_mistakes import mistaken_arrays
from tutor.labs.checks import CheckResult, Evidence, judge, question
from tutor.labs.follow import FollowThrough
from tutor.labs.sandbox.inside.describe import describe
from tutor.lessons.blocks import Check
from tutor.lessons.template import Template
from tutor.network import Graph, Network, build_graph

LAB2 = {
    "inputs": [1, 0, 1],
    "target": 1,
    "layers": [
        {
            "name": "hidden",
            "weights": [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]],
            "bias": [-0.4, 0.2],
            "activation": "relu",
        },
        {"name": "output", "weights": [[-0.3], [-0.2]], "bias": [0.1], "activation": "relu"},
    ],
    "optimizer": {"sgd": {"lr": 0.001}},
}


@pytest.fixture(scope="module")
def lab2() -> Graph:
    return build_graph(Network.from_spec(LAB2))


def evidence_of(value: object, *, output: str = "", names: tuple[str, ...] = ()) -> Evidence:
    return Evidence({"value": describe(value)}, {"names": names}, output, "")


def check(kind: str = "variable", subject: Any = "v", **more: Any) -> Check:
    return Check(kind=kind, subject=subject, **more)


def check_of(graph: Graph, quantity: str, **more: Any) -> Check:
    equals: Any = graph.array_values(graph.quantity(quantity))
    return check(equals=equals, quantity=quantity, of="lab2", **more)


VALUES: list[tuple[object, dict[str, Any], bool]] = [
    # value, what is asked, passes
    (0.1, {"equals": 0.1}, True),
    (0.1 + 1e-9, {"equals": 0.1}, True),
    (0.1001, {"equals": 0.1}, False),
    (0.1001, {"equals": 0.1, "decimals": 3}, True),
    (0.1006, {"equals": 0.1, "decimals": 3}, False),
    (np.float32(0.1), {"equals": 0.1, "decimals": 8}, True),
    (np.array([[0.5]]), {"equals": 0.5}, True),
    (np.array([[0.5]]), {"equals": 0.5, "exact_shape": True}, False),
    ([[1, 2], [3, 4]], {"equals": [[1, 2], [3, 4]]}, True),
    ([[1, 2], [3, 4]], {"equals": [1, 2, 3, 4]}, False),
    (np.array([[1.0], [2.0]]), {"equals": [1, 2]}, True),
    (np.array([[1.0], [2.0]]), {"equals": [1, 2], "exact_shape": True}, False),
    (np.array([1.0, np.nan]), {"equals": [1, 2]}, False),
    (True, {"equals": 1}, True),
    (None, {"equals": 1}, False),
    ("text", {"equals": 1}, False),
    ("text", {"equals": "text"}, True),
    ([[1, 2], [3]], {"equals": [[1, 2], [3, 4]]}, False),
    (0.2, {"below": 0.25}, True),
    (0.25, {"below": 0.25}, False),
    (float("nan"), {"below": 0.25}, False),
    (float("inf"), {"above": 0}, False),
    (3, {"above": 2, "below": 4}, True),
    ("3", {"above": 2}, False),
    ([1, 2, 3], {"length": 3}, True),
    ([1, 2], {"length": 3}, False),
    (5, {"length": 3}, False),
    (np.zeros((4, 2)), {"length": 4}, True),
]


@pytest.mark.parametrize(("value", "asked", "passes"), VALUES)
def test_values_are_compared_as_the_check_asks(value: object, asked: dict[str, Any], passes: bool) -> None:
    result = judge(check(**asked), evidence_of(value))
    assert result.passed is passes
    assert bool(result.message) is not passes


def test_the_old_value_never_passes_for_the_new_one(lab2: Graph) -> None:
    """The step is 0.000184; without ``decimals`` the check must notice it."""
    old = lab2.array_values(lab2.quantity("hidden.W"))
    assert not judge(check_of(lab2, "hidden.W_new"), evidence_of(old), lab2).passed
    assert judge(check_of(lab2, "hidden.W_new", decimals=3), evidence_of(old), lab2).passed


W, T = np.array([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]), np.array([-0.4, 0.2])
X, V, B = np.array([1.0, 0, 1]), np.array([-0.3, -0.2]), 0.1
Z = X @ W + T
H = np.maximum(Z, 0)
YHAT = H @ V + B
D3 = YHAT - 1
D = V * D3 * (Z > 0)
ONE_OFF = np.outer(X, D)
ONE_OFF[1, 1] = 1
WRONG = [
    # quantity, the learner's value, words of the message
    ("hidden.Z", X @ W, "is what comes out when the biases are left out"),
    ("hidden.H", Z, "is what comes out when the activation function is left out"),
    ("hidden.H", 1 / (1 + np.exp(-Z)), "with sigmoid in the activation's place"),
    ("output.yhat", np.maximum(Z @ V + B, 0), "when the activation function is left out"),
    ("output.delta", -D3, "the wrong way round"),
    ("hidden.delta", V * D3, "slope is left out"),
    ("hidden.delta", (V - 0.001 * D3 * H) * D3 * (Z > 0), "updated before the hidden δ"),
    ("hidden.dW", np.outer(np.ones(3), D), "δ alone"),
    ("E", D3**2, "a ½ is missing"),
    ("hidden.W_new", W + 0.001 * np.outer(X, D), "is what comes out when the gradient is added"),
    ("hidden.W_new", W - np.outer(X, D), "the learning rate is left out"),
    ("hidden.W_new", W, "nothing was subtracted"),
    ("hidden.W_new", 0.001 * np.outer(X, D), "is the step alone"),
    ("hidden.W_new", np.outer(X, D), "is the gradient itself in the hidden layer"),
    ("hidden.dW", np.outer(D, X), "Its rows and columns are swapped"),
    (
        "hidden.dW",
        ONE_OFF,
        "[1, 1] is 1, which is not right. 5 of 6 values are right",
    ),
    ("output.yhat", 0.0800009, "close, but not to 6 decimals"),
    ("hidden.dW", np.round(np.outer(X, D), 2), "the right value, rounded"),
    ("hidden.dW", np.round(np.outer(X, D), 1), "which is not right"),  # 0.2 may be anything
]


@pytest.mark.parametrize(("quantity", "value", "said"), WRONG, ids=[f"{row[0]}-{n}" for n, row in enumerate(WRONG)])
def test_the_mistake_behind_a_wrong_array_is_named(lab2: Graph, quantity: str, value: object, said: str) -> None:
    result = judge(check_of(lab2, quantity, decimals=6), evidence_of(value), lab2)
    assert not result.passed
    assert said in result.message


def test_the_right_value_is_never_revealed(lab2: Graph) -> None:
    for quantity in ("hidden.Z", "output.yhat", "hidden.W_new"):
        message = judge(check_of(lab2, quantity), evidence_of(7.125), lab2).message
        true = lab2.values[lab2.quantity(quantity).cells[-1]]
        assert f"{true:.4g}" not in message


def test_no_typical_mistake_equals_the_right_answer(lab2: Graph) -> None:
    for array in lab2.arrays.values():
        true = tuple(lab2.values[cell] for cell in array.cells)
        assert all(each.cells != true for each in mistaken_arrays(lab2, array))


def test_mistakes_are_named_although_some_would_take_the_logarithm_of_a_negative_number() -> None:
    layers = [{"weights": [[-0.5], [0.3]], "activation": "sigmoid"}]
    spec = {"inputs": [1, 0.5], "target": 1, "layers": layers, "loss": "binary_cross_entropy"}
    graph = build_graph(Network.from_spec(spec))
    (quantity,) = {graph.quantity("output.yhat")}
    left_out = -0.5 + 0.3 * 0.5  # the sigmoid is left out: Z itself, below 0
    message = judge(check_of(graph, quantity.name), evidence_of([left_out]), graph).message
    assert "activation function is left out" in message
    earlier = FollowThrough()
    earlier.note(check_of(graph, quantity.name), graph, describe([left_out]))
    assert earlier.behind(check_of(graph, "E", subject="loss"), graph, describe(0.3)) == ""


def error(kind: str, message: str, *names: str) -> Evidence:
    return Evidence({"error": {"type": kind, "message": message}}, {"names": names}, "", "")


MISSING = [
    (error("NameError", "name 'yhat' is not defined", "y_hat", "x"), "There is y_hat; yhat is looked for."),
    (error("NameError", "name 'W_hidden' is not defined", "w_hidden"), "There is w_hidden"),
    (error("NameError", "name 'yhat' is not defined", "x"), "There is no variable yhat at the end."),
    (error("AttributeError", "'list' object has no attribute 'grad'"), "'list' object has no attribute 'grad'."),
    (error("IndexError", "list index out of range"), "v gives IndexError: list index out of range."),
    (Evidence({}, {}, "", ""), "could not be read"),
]


@pytest.mark.parametrize(("evidence", "said"), MISSING)
def test_a_missing_or_misspelt_variable_is_explained(evidence: Evidence, said: str) -> None:
    assert said in judge(check(equals=1), evidence).message


OPEN = [
    # the check, the evidence, whether the value is merely not there yet
    (check(equals=1), error("NameError", "name 'v' is not defined"), True),
    (check(equals=1), error("NameError", "name 'v' is not defined", "v1", "V"), False),
    (check(subject="losses[-1]", below=1), error("IndexError", "list index out of range"), True),
    (check(subject="losses", length=3), evidence_of([]), True),
    (check(subject="losses", length=3), evidence_of([1, 2]), False),
    (check(equals=1), evidence_of(None), True),
    (check(equals=1), evidence_of(2), False),
    (check("call", "relu(1)", equals=1), error("NameError", "name 'relu' is not defined"), True),
    (check("call", "relu(1)", equals=1), error("NameError", "name 'maximum' is not defined"), False),
    (check("call", "relu(1)", equals=1), error("AttributeError", "module 'numpy' has no attribute 'maxi'"), False),
    (check("python", "assert lr == 0.001"), error("NameError", "name 'lr' is not defined"), True),
    (check("python", "assert lr == 0.001"), error("AssertionError", "keep the rate"), False),
    (check("prints", "loss"), evidence_of(0), True),
]


@pytest.mark.parametrize(("asked", "evidence", "is_open"), OPEN)
def test_a_value_not_there_yet_is_not_a_mistake(asked: Check, evidence: Evidence, is_open: bool) -> None:
    result = judge(asked, evidence)
    assert (result.passed, result.is_open) == (False, is_open)
    assert result.message


def test_an_unchanged_parameter_counts_as_not_updated_yet(lab2: Graph) -> None:
    result = judge(check_of(lab2, "hidden.W_new"), evidence_of([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]), lab2)
    assert result.is_open
    assert result.state.value == "not updated"
    assert "nothing was subtracted" in result.message


def test_for_a_variable_not_there_yet_only_the_authors_words_are_said() -> None:
    missing, asked = error("NameError", "name 'v' is not defined"), check(equals=1, say="v is the sum.")
    assert judge(asked, missing).message == "v is the sum."
    misspelt = judge(asked, error("NameError", "name 'v' is not defined", "V"))
    assert misspelt.message == "There is no variable v at the end. There is V; v is looked for. v is the sum."


def test_a_name_with_another_meaning_is_not_suggested() -> None:
    missing = replace(error("NameError", "name 'dW' is not defined", "W", "dw"), taken=frozenset({"W", "dW"}))
    assert (
        judge(check(equals=1), missing).message == "There is no variable dW at the end. There is dw; dW is looked for."
    )
    missing = replace(missing, taken=frozenset({"W", "dW", "dw"}))
    assert judge(check(equals=1), missing).message == "There is no variable dW at the end."


def test_prints_looks_for_a_pattern_in_the_output() -> None:
    asked = check("prints", "Epoch .*1000")
    assert judge(asked, evidence_of(0, output="Epoch [999]\nEpoch [1000/1000]\n")).passed
    assert "the last line is “Epoch 9”" in judge(asked, evidence_of(0, output="Epoch 9\n")).message
    assert judge(asked, evidence_of(0, output=" \n")).message == "Nothing is printed."


def test_a_python_check_reports_its_assertion_or_exception() -> None:
    asked = check("python", "assert lr == 0.001")
    assert judge(asked, Evidence({}, {}, "", "")).passed
    assert judge(asked, error("AssertionError", "keep the rate")).message == "keep the rate."
    assert "ZeroDivisionError" in judge(asked, error("ZeroDivisionError", "division by zero")).message


def test_the_authors_words_follow_the_tutors() -> None:
    said = Template("It comes from H.", ("It comes from H.",))
    assert judge(check(equals=1, say=said), evidence_of(2)).message == "v is 2, which is not right. It comes from H."
    stopped = Evidence({"value": describe(2)}, {}, "", "", has_ended=False)
    assert judge(check(equals=1, say=said), stopped).message.endswith("The program stopped before its end.")


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (check(equals=[1], quantity="output.yhat", decimals=4), "v equals output.yhat to 4 decimals"),
        (check(subject="losses[-1]", below=0.25), "losses[-1] is below 0.25"),
        (check("prints", "done"), "prints done"),
        (check("layers", ("Linear", "Linear")), "layers: Linear, Linear"),
        (check("optimizer", "SGD", parameters={"lr": 0.01}), "optimizer: SGD, lr 0.01"),
        (check("batch_size", 8), "batch size: 8"),
    ],
)
def test_every_check_has_a_title(asked: Check, line: str) -> None:
    assert asked.title(None) == line
    assert (question(asked) is None) is (asked.kind not in ("variable", "call"))
    assert isinstance(judge(asked, evidence_of(0)), CheckResult)


@pytest.mark.parametrize(
    ("subject", "quantity", "line"),
    [
        ("H", "hidden.H", "H equals H of the hidden layer to 6 decimals"),
        ("W_output", "output.W_new", "W_output equals W′ of the output layer to 6 decimals"),
        ("W_hidden.grad", "hidden.dW", "W_hidden.grad equals ∂E/∂W of the hidden layer to 6 decimals"),
        ("lr", "alpha", "lr equals α to 6 decimals"),
        ("z", "Z1", "z equals Z₁ to 6 decimals"),
    ],
)
def test_a_quantity_is_named_as_the_lesson_shows_it(subject: str, quantity: str, line: str, lab2: Graph) -> None:
    """Learners have never seen hidden.H or W_new, which are names in the lesson's file."""
    assert check_of(lab2, quantity, subject=subject, decimals=6).title(lab2) == line
