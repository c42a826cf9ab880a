"""Values and derivatives: closures against plain evaluation, calculus against finite differences."""

import math

import numpy as np
import pytest

from tutor.errors import FormulaError
from tutor.formulas import FUNCTIONS, compile_arrays, compile_tree, differentiate, evaluate, parse
from tutor.formulas.tree import Name, Num

FORMULAS = [
    "a*b + c*a + 0.3",
    "(a - b)^2/2",
    "1/(1 + e^-a)",
    "sigmoid(a*b + c) * a",
    "a^b",
    "2^a",
    "ln(a*c) - log10(b)",
    "sqrt(a^2 + b^2)",
    "abs(a - c)",
    "exp(a)/(exp(a) + exp(b) + exp(c))",
    "max(a, b*c, 0.1)",
    "min(a*a, b)",
    "tanh'(a)*b",
    "norm(a, b, c)",
    "mean(a, b, a*c)",
    "-(y - 0.3*a)*a",
    "c/(sqrt(a) + 0.001)",
]
VALUES = {"a": 0.7, "b": 1.3, "c": 0.4, "y": 1.0}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("by", ["a", "b", "c"])
def test_derivative_is_the_limit_of_differences(formula: str, by: str) -> None:
    tree = parse(formula)
    step = 1e-6
    up = evaluate(tree, {**VALUES, by: VALUES[by] + step})
    down = evaluate(tree, {**VALUES, by: VALUES[by] - step})
    assert evaluate(differentiate(tree, by), VALUES) == pytest.approx((up - down) / (2 * step), abs=1e-7)


def test_slopes_at_a_kink_are_pytorchs() -> None:
    assert FUNCTIONS["relu'"].value(0.0) == 0
    assert FUNCTIONS["leaky_relu'"].value(0.0, 0.01) == 0.01
    assert FUNCTIONS["step"].value(0.0) == 0
    assert FUNCTIONS["elu'"].value(0.0) == 1


OF_NUMBERS = [name for name, function in FUNCTIONS.items() if not function.of_arrays and function.arity[1] <= 2]


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_functions_agree_on_arrays_and_numbers(name: str) -> None:
    points = [0.3, 1.7] if name in ("ln", "log10", "sqrt") else [-40.0, -1.2, 0.0, 0.3, 1.7, 40.0]
    many = FUNCTIONS[name].array(np.array(points))
    assert many == pytest.approx([FUNCTIONS[name].value(point) for point in points])


@pytest.mark.parametrize("formula", FORMULAS[:10])
def test_compiled_over_numbers_and_over_arrays(formula: str) -> None:
    tree, slots = parse(formula), {name: place for place, name in enumerate(VALUES)}
    row = list(VALUES.values())
    assert compile_tree(tree, slots)(row) == pytest.approx(evaluate(tree, VALUES))
    many = compile_arrays(tree, slots)([np.array([value, value + 0.1]) for value in row])
    assert many[0] == pytest.approx(evaluate(tree, VALUES))


def test_derivatives_are_short() -> None:
    assert differentiate(parse("w*x + b"), "w") == Name("x")
    assert differentiate(parse("w*x + b"), "b") == Num(1.0)
    assert differentiate(parse("w*x + b"), "q") == Num(0.0)
    assert differentiate(parse("(w - x)^2/2"), "w") == parse("w - x")


@pytest.mark.parametrize("typed", ["1/0", "ln(0)", "sqrt(-1)", "(-1)^0.5", "e^1000", "foo", "10^300*10^300", "0^-1"])
def test_a_formula_without_a_value_is_an_error(typed: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(parse(typed))


def test_sigmoid_does_not_overflow() -> None:
    assert evaluate(parse("sigmoid(-1000)")) == 0
    assert evaluate(parse("sigmoid(1000)")) == 1
    assert math.isfinite(evaluate(parse("softplus(900)")))
