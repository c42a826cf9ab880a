"""In a line of working, the setup and the arithmetic are judged separately."""

from __future__ import annotations

import pytest

from tests.marking.marking_exercises import ids, mark
from tutor.marking import Verdict

CORRECT, WRONG, FOLLOWS, IMPRECISE = Verdict.CORRECT, Verdict.WRONG, Verdict.FOLLOWS, Verdict.IMPRECISE


@pytest.mark.parametrize(
    "line",
    [
        "0.2*1 + 0.4*0 - 0.5*1 - 0.4 = -0.7",
        "Z1 = 0.2*1 + 0.4*0 - 0.5*1 - 0.4 = -0.7",
        "0.2 - 0.5 - 0.4 = -0.7",
        "0,2·1 + 0,4·0 − 0,5·1 − 0,4 = −0,7",
        "w11*x1 + w13*x2 + w15*x3 + theta1 = 0.2 - 0.5 - 0.4 = -0.7",
        "0.2 - 0.5 - 0.4 = -0.3 - 0.4 = -0.7",
        "Z1 = -0.7",
        "Z₁ = −0.7",
        "-0.7 = Z1",
    ],
)
def test_a_right_line_is_right(line: str) -> None:
    found = mark("book", "Z1", line)
    assert (found.verdict, found.message) == (CORRECT, "Right.")


@pytest.mark.parametrize(
    ("quantity", "line", "mistakes", "message"),
    [
        ("Z1", "0.2 - 0.5 - 0.4 = -0.6", ["arithmetic"], "The sum is set up right; −0.6 is not what it adds up to."),
        ("Z1", "0.2 - 0.5 = -0.3", ["bias-left-out"], "This leaves out the bias θ₁."),
        (
            "Z1",
            "0.2 - 0.5 = -0.4",
            ["bias-left-out", "arithmetic"],
            "This leaves out the bias θ₁. And −0.4 is not the result of this line: work it out again.",
        ),
        ("H1", "1/(1+e^0.7) = 0.342", ["arithmetic"], "The line is set up right; 0.342 is not its result."),
        (
            "H1",
            "1/(1+e^-0.7) = 0.668",
            ["sign-in-exponent"],
            "Reverse the sign in the exponent: the sigmoid takes e^−Z₁.",
        ),
        (
            "w21_new",
            "-0.3 - 0.9*-0.131*0.332 = -0.271",
            ["arithmetic"],
            "The line is set up right; −0.271 is not its result.",
        ),
    ],
)  # fmt: skip
def test_the_setup_and_the_arithmetic_are_judged_separately(
    quantity: str, line: str, mistakes: list[str], message: str
) -> None:
    found = mark("book", quantity, line)
    assert (found.verdict, ids(found), found.message) == (WRONG, mistakes, message)


def test_a_right_answer_after_a_wrong_line_is_right_with_a_note() -> None:
    found = mark("book", "Z1", "0.2 - 0.5 = -0.7")
    assert found.verdict is CORRECT
    assert "another number" in found.message


def test_rounding_within_a_line_is_no_mistake() -> None:
    assert mark("book", "delta3", "(0.474 - 1)*0.474*(1 - 0.474) = -0.526*0.249 = -0.131").message == "Right."
    assert mark("book", "Z3", "-0.3*0.332 - 0.2*0.525 + 0.1 = -0.0996 - 0.105 + 0.1 = -0.105").message == "Right."


def test_a_line_from_the_learners_numbers_is_consistent() -> None:
    found = mark("book", "Z3", "-0.3*0.426 - 0.2*0.525 + 0.1 = -0.133", Z1="-0.3", H1="0.426", H2="0.525")
    assert found.verdict is FOLLOWS
    assert found.because[0] == "Z1"


def test_a_formula_alone_is_an_exact_answer() -> None:
    assert mark("book", "Z3", "w21*H1 + w22*H2 + theta3").verdict is CORRECT
    assert ids(mark("book", "Z3", "w21*H1 + w22*H2")) == ["bias-left-out"]
    assert mark("book", "H1", "1/3").verdict is WRONG
    assert ids(mark("book", "delta3", "yhat - y")) == ["derivative-left-out"]


def test_the_line_is_read_back() -> None:
    assert mark("book", "Z1", "0.2-0.5-0.4=-.7").read == "I read 0.2 − 0.5 − 0.4 = −0.7"
    assert mark("book", "H1", "sigmoid(-0.7)").read == "I read σ(−0.7) = 0.332"


@pytest.mark.parametrize("line", ["= ", "1 = = 2", "Z2 = 0.1", "-0.7 =", "0.2 + = 0.3", "1,234 = 1"])
def test_a_malformed_line_is_unreadable_and_not_counted(line: str) -> None:
    found = mark("book", "Z1", line)
    assert found.verdict is Verdict.UNREADABLE
    assert not found.verdict.counts
    assert found.column is not None
