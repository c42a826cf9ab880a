"""Formulas are marked by their value, not by how they are written."""

from __future__ import annotations

import pytest

from tests.marking.marking_exercises import graph, ids
from tutor.formulas import parse
from tutor.marking import AuthorMistake, Mark, Verdict, mark_expression

CORRECT, WRONG = Verdict.CORRECT, Verdict.WRONG


def marked(which: str, asked: str, typed: str, *using: str) -> Mark:
    return mark_expression(typed, graph=graph(which), asked=asked, using=using or None)


@pytest.mark.parametrize(
    ("which", "asked", "typed"),
    [
        ("book", "dE/dw21", "delta3*H1"),
        ("book", "dE/dw21", "H1*delta3"),
        ("book", "dE/dw21", "(yhat - y)*yhat*(1 - yhat)*H1"),
        ("book", "dE/dw21", "-(y - yhat)*(yhat - yhat^2)*H1"),
        ("book", "dE/dw21", "(yhat − y)·ŷ·(1 − ŷ)·H₁"),
        ("book", "dE/dw21", "dE/dyhat * dyhat/dZ3 * dZ3/dw21"),
        ("book", "dE/dw21", "(yhat-y)*sigmoid'(Z3)*sigmoid(Z1)"),
        ("book", "delta1", "w21*delta3*H1*(1-H1)"),
        ("book", "Z3", "theta3 + w22*H2 + w21*H1"),
        ("book", "H1", "1/(1 + e^(-Z1))"),
        ("book", "H1", "e^Z1/(1 + e^Z1)"),
        ("book", "H1", "(1 + tanh(Z1/2))/2"),
        ("book", "w21_new", "w21 - alpha*delta3*H1"),
        ("book", "E", "(yhat - y)^2/2"),
        ("book", "E", "0.5*(y - yhat)^2"),
        ("cross-entropy", "E", "-(y*ln(yhat) + (1-y)*ln(1-yhat))"),
        ("cross-entropy", "delta3", "yhat - y"),
        ("cross-entropy", "dE/dyhat", "(1-y)/(1-yhat) - y/yhat"),
        ("softmax", "delta5", "yhat1 - y1"),
        ("softmax", "yhat1", "e^Z5/(e^Z5 + e^Z6)"),
        ("softmax", "yhat1", "1/(1 + e^(Z6 - Z5))"),
        ("relu", "H1", "max(0, Z1)"),
        ("relu", "H1", "(Z1 + abs(Z1))/2"),
        ("descent", "g", "2*(w - 3)"),
        ("descent", "g", "2w - 6"),
    ],
)
def test_equal_formulas_are_right(which: str, asked: str, typed: str) -> None:
    found = marked(which, asked, typed)
    assert found.verdict is CORRECT, found.message


@pytest.mark.parametrize(
    ("which", "asked", "typed", "mistake"),
    [
        ("book", "dE/dw21", "delta3", "input-left-out"),
        ("book", "dE/dw21", "delta3*H2", "other-input-used"),
        ("book", "dE/dw21", "delta3*Z1", "pre-activation-used"),
        ("book", "dE/dw21", "-delta3*H1", "sign-lost"),
        ("book", "dE/dw21", "(yhat - y)*H1", "derivative-left-out"),
        ("book", "delta3", "yhat - y", "derivative-left-out"),
        ("book", "delta3", "(y - yhat)*yhat*(1-yhat)", "difference-reversed"),
        ("book", "delta1", "w21*delta3", "derivative-left-out"),
        ("book", "delta1", "w22*delta3*H1*(1-H1)", "other-unit-weights"),
        ("mazur", "delta1", "w5*delta3*H1*(1-H1)", "sum-left-out"),
        ("book", "Z3", "w21*H1 + w22*H2", "bias-left-out"),
        ("book", "Z3", "-(w21*H1 + w22*H2 + theta3)", "sign-lost"),
        ("book", "H1", "-1/(1+e^-Z1)", "sign-lost"),
        ("book", "Z3", "w21*Z1 + w22*Z2 + theta3", "activation-skipped-before"),
        ("book", "H1", "1/(1+e^Z1)", "sign-in-exponent"),
        ("book", "w21_new", "w21 + alpha*delta3*H1", "ascent"),
        ("book", "w21_new", "w21 - delta3*H1", "rate-left-out"),
        ("book", "w21_new", "w21 - alpha*delta3", "delta-for-gradient"),
        ("book", "E", "(yhat - y)^2", "factor-two"),
        ("descent", "g", "w - 3", "factor-left-out"),
        ("descent", "g", "2*(3 - w)", "difference-reversed"),
    ],
)
def test_the_mistake_in_a_wrong_formula_is_named(which: str, asked: str, typed: str, mistake: str) -> None:
    found = marked(which, asked, typed)
    assert (found.verdict, ids(found)) == (WRONG, [mistake]), found.message
    assert found.message


def test_a_formula_must_hold_on_both_sides_of_a_kink() -> None:
    """With these numbers max(0, Z1) is 0 and max(0, Z2) is Z2; a formula has to hold for others, too."""
    assert marked("relu", "H2", "Z2").verdict is WRONG
    assert marked("relu", "H1", "0").verdict is WRONG
    assert marked("relu", "H1", "0*Z1").verdict is WRONG


def test_a_number_typed_for_a_name_is_right_only_by_chance() -> None:
    found = marked("book", "w21_new", "w21 - 0.9*dE/dw21")
    assert found.verdict is WRONG
    assert found.message == "With these numbers it happens to come out right; with others it would not."


def test_the_quantity_itself_is_not_an_answer() -> None:
    for typed in ("delta3", "δ₃", "dE/dZ3", "1*delta3"):
        found = marked("book", "delta3", typed)
        assert found.verdict is Verdict.UNREADABLE
        assert not found.verdict.counts


def test_only_the_allowed_names_may_be_used() -> None:
    assert marked("book", "dE/dw21", "(yhat - y)*yhat*(1-yhat)*H1", "yhat", "y", "H1").verdict is CORRECT
    found = marked("book", "dE/dw21", "delta3*H1", "yhat", "y", "H1")
    assert found.verdict is Verdict.UNREADABLE
    assert "may not be used here" in found.message


def test_a_formula_without_a_network() -> None:
    right = parse("1/(1 + exp(-z))")
    ranges = {"z": (-3.0, 3.0)}
    assert mark_expression("e^z/(1+e^z)", right, variables=ranges).verdict is CORRECT
    assert mark_expression("sigmoid(z)", right, variables=ranges).verdict is CORRECT
    found = mark_expression("1/(1 + exp(z))", right, variables=ranges)
    assert (found.verdict, ids(found)) == (WRONG, ["sign-in-exponent"])
    own = [AuthorMistake(parse("1 + exp(-z)"), "One over that.")]
    assert mark_expression("1 + e^-z", right, variables=ranges, mistakes=own).message == "One over that."


@pytest.mark.parametrize(
    ("typed", "right", "low", "high"),
    [("sqrt(z)", "sqrt(z)*1", -3, -1), ("ln(z - 10)", "ln(z-10)", 0, 1), ("0*z", "z - z", -1, 1)],
)
def test_an_undecided_formula_is_not_counted(typed: str, right: str, low: float, high: float) -> None:
    found = mark_expression(typed, parse(right), variables={"z": (low, high)})
    assert found.verdict is Verdict.UNDECIDED
    assert not found.verdict.counts
    assert "Not counted as an attempt" in found.message


@pytest.mark.parametrize(
    "typed", ["", "(", "delta3*", "foo*H1", "delta3*H1)", "__import__('os')", "9**9**9**9 +", "1 < 2"]
)
def test_text_that_is_not_a_formula_is_unreadable(typed: str) -> None:
    found = marked("book", "dE/dw21", typed)
    assert found.verdict is Verdict.UNREADABLE
    assert found.column is not None


def test_a_formula_that_is_nearly_right_is_wrong() -> None:
    assert marked("book", "dE/dw21", "delta3*H1 + 0.0001").verdict is WRONG
    assert marked("book", "H1", "sigmoid(Z1)*1.00001").verdict is WRONG


def test_marking_is_the_same_each_time() -> None:
    for typed in ("delta3*H1", "delta3*H2", "delta3*Z1*0.999999"):
        assert marked("book", "dE/dw21", typed) == marked("book", "dE/dw21", typed)
