"""Advice about programs that run without an exception but do something wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.labs.advice import advise

GOOD: dict[str, Any] = {
    "steps": 10, "backwards": 10, "stale": 0, "gradients": True, "optimizers_made": 1, "leaves": 4, "left_out": 0,
}  # fmt: skip

TRAINING = [
    ({}, ""),
    ({"stale": 9}, "Nothing cleared the gradients"),
    ({"stale": 4}, "4 of 10 steps began with the old gradients"),
    ({"left_out": 4}, "another model's"),
    ({"left_out": 2}, "does not have 2 of the 4 parameters"),
    ({"optimizers_made": 10}, "once, before the loop"),
    ({"backwards": 0}, "loss.backward() never did"),
    ({"steps": 0}, "optimizer.step() never did"),
    ({"gradients": False}, "The order is zero_grad"),
]


@pytest.mark.parametrize(("change", "said"), TRAINING)
def test_advice_on_a_training_loop(change: dict[str, Any], said: str) -> None:
    told = advise("", {"models": [], "seen": {**GOOD, **change}})
    assert len(told) == bool(said)
    assert said in " ".join(told)


THROWN_AWAY = [
    ("x.to(device)", "Line 1: x.to(device) returns a new tensor and leaves x as it was. Write x = x.to(device)."),
    ("x = x.to(device)", ""),
    ("model.to(device)", ""),
    ("for x, y in data:\n    x.float()", "Write x = x.float()."),
    ("x.reshape(2, 3)", "Write x = x.reshape(2, 3)."),
    ("print(x.to(device))", ""),
]


@pytest.mark.parametrize(("source", "said"), THROWN_AWAY)
def test_advice_on_a_result_that_is_thrown_away(source: str, said: str) -> None:
    told = advise(source, {"models": [{"name": "model"}], "seen": {}})
    assert len(told) == bool(said)
    assert said in " ".join(told)


@pytest.mark.parametrize("line", ["x.float()", "x.reshape(\n    2,\n    4,\n)", "loss.backward"])
def test_no_advice_concerns_the_line_that_raised_the_exception(line: str) -> None:
    source, last = f"a.view(2, 3)\n{line}", 1 + len(line.splitlines())
    assert len(advise(source, {"models": [], "seen": {}})) == 2
    (told,) = advise(source, {"models": [], "seen": {}}, failed={last})
    assert told.startswith("Line 1:")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("loss = f(yhat)\nyhat.backward()", "Line 2: yhat.backward() differentiates yhat. Write loss.backward()."),
        ("loss = f(yhat)\nloss.mean().backward()\nother.backward()", ""),
        ("E = f(yhat)\nE.backward()", ""),
        ("losses = []\nl = f(yhat)\nl.backward()\nlosses.append(l)", ""),
        ("loss = f(yhat)\ntotal = loss + penalty\ntotal.backward()", ""),
        ("E = f(yhat)\nE.backward()\nloss = E.item()", ""),
        ("E = f(yhat)\nloss = round(float(E.detach()), 4)\nE.backward()", ""),
        ("E = f(yhat)\nE.backward()\nloss = E", ""),
        ('E = f(yhat)\nE.backward()\ntext = """\nloss = E + 1"""', ""),
    ],
)
def test_advice_on_a_backward_pass_that_does_not_begin_at_the_loss(source: str, said: str) -> None:
    assert advise(source, {"models": [], "seen": {}}) == ((said,) if said else ())


def test_without_facts_a_name_may_be_a_module_which_to_changes_in_place() -> None:
    assert advise("model.to(device)", None) == ()
    assert len(advise("x.reshape(2, 3)", None)) == 1


def test_a_syntax_error_gets_no_advice() -> None:
    assert advise("for", None) == ()
