"""Dual numbers over arrays: a value and its derivative by one variable, carried together through any formula.

``Dual(p, t)`` is p + t·ε with ε² = 0. Either part may itself be a dual of a lower ``level``, which gives higher
derivatives; numbers of a lower level are constants to those of a higher one. Source: Griewank and Walther,
*Evaluating Derivatives* (2008), chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor.engines.numpy.activations import Array


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A value (``primal``) and its derivative (``tangent``, of the same shape) by the variable of ``level``.

    ``+ − * /`` work cell by cell, also with an array or a number on either side.
    """

    primal: Number
    tangent: Number
    level: int

    #: Tells arrays to leave an operator to the dual on its other side.
    __array_ufunc__ = None

    def __neg__(self) -> Number:
        return linear(self, np.negative)

    def __add__(self, other: Operand) -> Number:
        return _paired(self, other, np.add, lambda a, b, d: d, lambda a, b, d: d)

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Number:
        return self + -other

    def __rsub__(self, other: Operand) -> Number:
        return -self + other

    def __mul__(self, other: Operand) -> Number:
        return _paired(self, other, np.multiply, lambda a, b, d: d * b, lambda a, b, d: a * d)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> Number:
        return _quotient(self, other)

    def __rtruediv__(self, other: Operand) -> Number:
        return _quotient(other, self)


Number = Array | Dual
Operand = Number | float
Condition = npt.NDArray[np.bool_]


def value_of(number: Number) -> Array:
    """Return the plain value inside all levels."""
    while isinstance(number, Dual):
        number = number.primal
    return number


def tangent_at(number: Number, level: int) -> Number:
    """Return the derivative by the variable of ``level``; 0 if the number does not depend on it."""
    tangent = _split(number, level)[1]
    return np.zeros_like(value_of(number)) if tangent is None else tangent


def linear(number: Number, work: Callable[[Array], Array]) -> Number:
    """Apply a linear operation (a sum, a transpose, picking cells), which acts alike on value and derivative."""
    if isinstance(number, Dual):
        return Dual(linear(number.primal, work), linear(number.tangent, work), number.level)
    return work(number)


def replace_cells(number: Number, work: Callable[[Array], Array]) -> Number:
    """Change the plain value and leave the derivatives as they are."""
    if isinstance(number, Dual):
        return Dual(replace_cells(number.primal, work), number.tangent, number.level)
    return work(number)


def _split(number: Operand, level: int) -> tuple[Any, Number | None]:
    """Return the value and the derivative at a level; None for the derivative of a constant."""
    if isinstance(number, Dual) and number.level == level:
        return number.primal, number.tangent
    return number, None


#: Returns a part of a derivative from both values and one of the two derivatives.
Rule = Callable[[Any, Any, Number], Number]


def _paired(left: Operand, right: Operand, plain: Callable[[Any, Any], Array], by_left: Rule, by_right: Rule) -> Number:
    """Apply an operation on two numbers, given its plain form and its two partial derivatives."""
    level = max((number.level for number in (left, right) if isinstance(number, Dual)), default=None)
    if level is None:
        return plain(left, right)
    (a, da), (b, db) = _split(left, level), _split(right, level)
    primal = _paired(a, b, plain, by_left, by_right)
    shape = value_of(primal).shape
    parts = [by_left(a, b, da)] if da is not None else []
    if db is not None:
        parts.append(by_right(a, b, db))
    tangent = parts[0] if len(parts) == 1 else parts[0] + parts[1]
    return Dual(primal, linear(tangent, lambda array: np.broadcast_to(array, shape)), level)


def _quotient(left: Operand, right: Operand) -> Number:
    return _paired(left, right, np.divide, lambda a, b, d: d / b, lambda a, b, d: -(a * d / (b * b)))


def power(base: Number, exponent: Number) -> Number:
    """base ^ exponent, cell by cell."""
    return _paired(
        base,
        exponent,
        np.power,
        lambda a, b, d: b * power(a, b - 1.0) * d,
        lambda a, b, d: power(a, b) * logarithm(a) * d,
    )


def matrix_product(left: Number, right: Number) -> Number:
    """left @ right."""
    return _paired(left, right, np.matmul, lambda a, b, d: matrix_product(d, b), lambda a, b, d: matrix_product(a, d))


def chained(number: Number, plain: Callable[[Array], Array], slope: Callable[[Number], Number]) -> Number:
    """Apply a function cell by cell by the chain rule: f(p + tε) = f(p) + f′(p)·t·ε."""
    if not isinstance(number, Dual):
        return plain(number)
    primal = chained(number.primal, plain, slope)
    return Dual(primal, slope(number.primal) * number.tangent, number.level)


def where(condition: Condition, yes: Operand, no: Operand) -> Number:
    """``yes`` in the cells where the condition holds, ``no`` in the others."""
    return _paired(
        yes,
        no,
        lambda a, b: np.where(condition, a, b),
        lambda a, b, d: linear(d, lambda array: np.where(condition, array, 0.0)),
        lambda a, b, d: linear(d, lambda array: np.where(condition, 0.0, array)),
    )


def exponential(number: Number) -> Number:
    """e^number."""
    return chained(number, np.exp, exponential)


def logarithm(number: Number) -> Number:
    """ln number."""
    return chained(number, np.log, lambda p: 1.0 / p)


def root(number: Number) -> Number:
    """√number."""
    return chained(number, np.sqrt, lambda p: 0.5 / root(p))
