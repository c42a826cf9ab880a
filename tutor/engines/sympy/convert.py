"""Convert between formula trees and SymPy expressions, and evaluate expressions.

SymPy objects are built from trees only, never from text. Numbers are exact: a float becomes the rational number that
it holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mpmath
import sympy

from tutor.engines.sympy.functions import FUNCTIONS
from tutor.formulas.tree import Add, Call, Compare, Div, Logic, Mul, Name, Neg, Num, Pow, Tree, add, mul

Expression = Any

#: Digits used in evaluation: enough that float64's sixteen are right after any cancellation in a lesson.
DIGITS = 40


# -- trees to SymPy -------------------------------------------------------------------------------------------------


def to_sympy(tree: Tree) -> Expression:
    """Return the expression of a tree of single numbers; names become symbols."""
    match tree:
        case Num(value, text):
            return sympy.pi if text in ("π", "pi") else sympy.E if text == "e" else number(value)
        case Name(name):
            return sympy.Symbol(name)
        case Neg(of):
            return -to_sympy(of)
        case Add(terms):
            return sympy.Add(*map(to_sympy, terms))
        case Mul(factors):
            return sympy.Mul(*map(to_sympy, factors))
        case Div(numerator, denominator):
            return to_sympy(numerator) / to_sympy(denominator)
        case Pow(base, exponent):
            return to_sympy(base) ** to_sympy(exponent)
        case Call(function, arguments):
            return _call(function, [to_sympy(argument) for argument in arguments])
        case Compare(relation, left, right):
            return _condition(relation, to_sympy(left), to_sympy(right))
        case Logic("not", (operand,)):
            return 1 - to_sympy(operand)
        case Logic("and", operands):
            return sympy.Mul(*map(to_sympy, operands))
        case Logic(_, operands):
            return 1 - sympy.Mul(*(1 - to_sympy(operand) for operand in operands))
    raise TypeError(f"{type(tree).__name__} is not a formula of single numbers")


def _condition(relation: str, left: Expression, right: Expression) -> Expression:
    """Return 1 if the condition holds, else 0, built from the function that is 1 where the left side is greater."""
    above, below = FUNCTIONS["above"](left, right), FUNCTIONS["above"](right, left)
    holds = {
        ">": above,
        "<": below,
        ">=": 1 - below,
        "<=": 1 - above,
        "=": (1 - above) * (1 - below),
        "!=": above + below,
    }
    return holds[relation]


def number(value: float) -> Expression:
    """Return the exact number that a float holds; infinities and nan stay as they are."""
    if not math.isfinite(value):
        return sympy.Float(value)
    return sympy.Integer(int(value)) if value == int(value) else sympy.Rational(*value.as_integer_ratio())


#: Functions that SymPy has itself.
_ELEMENTARY: dict[str, Callable[..., Expression]] = {
    "exp": sympy.exp,
    "ln": sympy.log,
    "log10": lambda z: sympy.log(z) / sympy.log(10),
    "sqrt": sympy.sqrt,
    "sum": sympy.Add,
    "mean": lambda *each: sympy.Add(*each) / len(each),
    "norm": lambda *each: sympy.sqrt(sympy.Add(*(z**2 for z in each))),
}


def _call(function: str, arguments: list[Expression]) -> Expression:
    """Return a function's expression; that of a slope (``sigmoid'``) as SymPy differentiates it."""
    known = _ELEMENTARY.get(function) or FUNCTIONS.get(function)
    if known is not None:
        return known(*arguments)
    z, slope = _slope(function, *arguments[1:])
    return slope.xreplace({z: arguments[0]})


@lru_cache(maxsize=256)
def _slope(function: str, *parameters: Expression) -> tuple[Expression, Expression]:
    """Return a symbol, and a function's slope (``sigmoid'``) at it as SymPy differentiates it."""
    bare = function.rstrip("'")
    z = sympy.Dummy("z")
    return z, sympy.diff(FUNCTIONS[bare](z, *parameters), z, len(function) - len(bare))


# -- values ---------------------------------------------------------------------------------------------------------


def value(expression: Expression, env: Mapping[str, float]) -> float:
    """Return the value of an expression with numbers for its symbols; nan if it has none, as 0 · ln 0."""
    with mpmath.workdps(DIGITS):
        try:
            return float(_Evaluation(env).visit(expression))
        except (ZeroDivisionError, ValueError, TypeError, OverflowError):
            return float("nan")


class _Evaluation:
    """Evaluates an expression, each subexpression once."""

    def __init__(self, env: Mapping[str, float]) -> None:
        self.env = env
        self.known: dict[Expression, Any] = {}

    def visit(self, expression: Expression) -> Any:
        found = self.known.get(expression)
        if found is None:
            found = self.known[expression] = self._work_out(expression)
        return found

    def _work_out(self, expression: Expression) -> Any:
        if expression.is_Symbol:
            return mpmath.mpf(self.env[expression.name])
        if expression.is_Rational:
            return mpmath.mpf(int(expression.p)) / int(expression.q)
        if expression.is_Number or expression.is_NumberSymbol:
            return mpmath.mpmathify(expression.evalf(DIGITS))
        arguments = [self.visit(argument) for argument in expression.args]
        if expression.is_Add:
            return mpmath.fsum(arguments)
        if expression.is_Mul:
            return mpmath.fprod(arguments)
        if expression.is_Pow:
            return arguments[0] ** arguments[1]
        if expression.func is sympy.exp:
            return mpmath.exp(arguments[0])
        if expression.func is sympy.log:
            return mpmath.log(arguments[0])
        return expression.func.number(*arguments)


# -- SymPy to trees -------------------------------------------------------------------------------------------------


def to_tree(expression: Expression) -> Tree:
    """Return a tree for an expression, with terms and factors in the order in which people write them."""
    if expression.is_Symbol:
        return Name(expression.name)
    if expression.is_Rational:
        return _number(expression)
    if expression is sympy.E:
        return Num(float(expression), "e")
    if expression.is_Number or expression.is_NumberSymbol:
        return Num(float(expression), "π" if expression is sympy.pi else "")
    if expression.is_Add:
        return _sum(expression)
    if expression.is_Mul:
        return _product(expression)
    if expression.is_Pow:
        return _power(*expression.as_base_exp())
    if expression.func in (sympy.exp, sympy.log):
        return Call("exp" if expression.func is sympy.exp else "ln", (to_tree(expression.args[0]),))
    if expression.func is FUNCTIONS["above"]:
        return Compare(">", *map(to_tree, expression.args))
    return Call(expression.func.tree_name, tuple(map(to_tree, expression.args)))


def _is_negative(expression: Expression) -> bool:
    """Return whether the expression would be written with a minus in front."""
    if expression.is_Add:
        return all(map(_is_negative, expression.args))
    return bool(expression.as_coeff_Mul()[0].is_negative)


def _number(expression: Expression) -> Tree:
    if expression.is_negative:
        return Neg(_number(-expression))
    if expression.is_Integer:
        return Num(float(expression), str(expression))
    if expression.q <= 1000:
        return Div(_number(sympy.Integer(expression.p)), _number(sympy.Integer(expression.q)))
    return Num(float(expression))


def _sum(expression: Expression) -> Tree:
    """Order the terms of a sum: positive first, numbers before names, short before long: 1 − σ(Z), ŷ − y."""

    def key(term: Expression) -> tuple[bool, bool, int, str]:
        return _is_negative(term), not term.is_Number, term.count_ops(), str(term)

    return add(*map(to_tree, sorted(expression.args, key=key)))


def _product(expression: Expression) -> Tree:
    """Order the factors of a product: number, names, functions, sums; negative exponents become a fraction."""
    numerator, denominator = sympy.fraction(expression)
    if denominator != 1:
        if _is_negative(numerator):
            return Neg(Div(to_tree(-numerator), to_tree(denominator)))
        return Div(to_tree(numerator), to_tree(denominator))
    coefficient, factors = expression.as_coeff_mul()
    if coefficient.is_negative:
        return Neg(to_tree(-expression))

    def key(factor: Expression) -> tuple[bool, int, str]:
        return factor.is_Add, factor.count_ops(), str(factor)

    trees = [to_tree(factor) for factor in sorted(factors, key=key)]
    return mul(*trees) if coefficient == 1 else mul(to_tree(coefficient), *trees)


def _power(base: Expression, exponent: Expression) -> Tree:
    if exponent == sympy.Rational(1, 2):
        return Call("sqrt", (to_tree(base),))
    if exponent.is_negative:
        return Div(Num(1.0, "1"), to_tree(base**-exponent))
    return Pow(to_tree(base), to_tree(exponent))


@lru_cache(maxsize=1024)
def differentiated(tree: Tree, by: str) -> Tree:
    """Return the derivative of a tree with respect to a name, as SymPy works it out; many quantities share it."""
    return to_tree(sympy.diff(to_sympy(tree), sympy.Symbol(by)))
