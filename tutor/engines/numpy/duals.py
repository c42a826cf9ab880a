"""Dual numbers over arrays: a value and its derivative by one variable, carried together through any formula.

``Dual(p, t)`` is p + t·ε with ε² = 0. Either part may itself be a dual of a lower ``level``, which gives higher
derivatives; numbers of a lower level are constants to those of a higher one. Source: Griewank and Walther,
*Evaluating Derivatives* (2008), chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor.engines.numpy.activations import Array


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """A value (``primal``) and its derivative (``tangent``, of the same shape) by the variable of ``level``."""

    primal: Number
    tangent: Number
    level: int

    def __add__(self, other: Number) -> Number:
        return add(self, other)

    def __sub__(self, other: Number) -> Number:
        return add(self, negative(other))

    def __mul__(self, other: Number) -> Number:
        return multiply(self, other)


Number = Array | Dual
Condition = npt.NDArray[np.bool_]


def value_of(number: Number) -> Array:
    """Return the plain value inside all levels."""
    while isinstance(number, Dual):
        number = number.primal
    return number


def level_of(number: Number) -> int:
    """Return a dual's level; −1 for a plain array."""
    return number.level if isinstance(number, Dual) else -1


def tangent_at(number: Number, level: int) -> Number:
    """Return the derivative by the variable of ``level``; 0 if the number does not depend on it."""
    if isinstance(number, Dual) and number.level == level:
        return number.tangent
    return np.zeros_like(value_of(number))


def linear(number: Number, work: Callable[[Array], Array]) -> Number:
    """Apply a linear operation (a sum, a transpose, picking cells), which acts alike on value and derivative."""
    if isinstance(number, Dual):
        return Dual(linear(number.primal, work), linear(number.tangent, work), number.level)
    return work(number)


def broadcast(number: Number, shape: tuple[int, ...]) -> Number:
    """Return the number in a wider shape."""
    return linear(number, lambda array: np.broadcast_to(array, shape))


def replace_cells(number: Number, work: Callable[[Array], Array]) -> Number:
    """Change the plain value and leave the derivatives as they are."""
    if isinstance(number, Dual):
        return Dual(replace_cells(number.primal, work), number.tangent, number.level)
    return work(number)


def _split(number: Number, level: int) -> tuple[Number, Number | None]:
    """Return the value and the derivative at a level; None for the derivative of a constant."""
    if isinstance(number, Dual) and number.level == level:
        return number.primal, number.tangent
    return number, None


def _paired(
    left: Number, right: Number, plain: Callable[[Array, Array], Array], by_left: Rule, by_right: Rule
) -> Number:
    """Apply an operation on two numbers, given its plain form and its two partial derivatives."""
    level = max(level_of(left), level_of(right))
    if level < 0:
        return plain(left, right)  # type: ignore[arg-type]
    (a, da), (b, db) = _split(left, level), _split(right, level)
    primal = _paired(a, b, plain, by_left, by_right)
    shape = value_of(primal).shape
    parts = [by_left(a, b, da)] if da is not None else []
    if db is not None:
        parts.append(by_right(a, b, db))
    tangent = parts[0] if len(parts) == 1 else add(parts[0], parts[1])
    return Dual(primal, broadcast(tangent, shape), level)


Rule = Callable[[Number, Number, Number], Number]


def add(left: Number, right: Number) -> Number:
    """left + right."""
    return _paired(left, right, np.add, lambda a, b, d: d, lambda a, b, d: d)


def negative(number: Number) -> Number:
    """−number."""
    return linear(number, np.negative)


def multiply(left: Number, right: Number) -> Number:
    """left · right, cell by cell."""
    return _paired(left, right, np.multiply, lambda a, b, d: multiply(d, b), lambda a, b, d: multiply(a, d))


def divide(left: Number, right: Number) -> Number:
    """left / right, cell by cell."""
    return _paired(
        left,
        right,
        np.divide,
        lambda a, b, d: divide(d, b),
        lambda a, b, d: negative(divide(multiply(a, d), multiply(b, b))),
    )


def power(base: Number, exponent: Number) -> Number:
    """base ^ exponent, cell by cell."""
    return _paired(
        base,
        exponent,
        np.power,
        lambda a, b, d: multiply(multiply(b, power(a, add(b, np.array(-1.0)))), d),
        lambda a, b, d: multiply(multiply(power(a, b), logarithm(a)), d),
    )


def matrix_product(left: Number, right: Number) -> Number:
    """left @ right."""
    return _paired(left, right, np.matmul, lambda a, b, d: matrix_product(d, b), lambda a, b, d: matrix_product(a, d))


def chained(number: Number, plain: Callable[[Array], Array], slope: Callable[[Number], Number]) -> Number:
    """Apply a function cell by cell by the chain rule: f(p + tε) = f(p) + f′(p)·t·ε."""
    if not isinstance(number, Dual):
        return plain(number)
    primal = chained(number.primal, plain, slope)
    return Dual(primal, multiply(slope(number.primal), number.tangent), number.level)


def where(condition: Condition, yes: Number, no: Number) -> Number:
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
    return chained(number, np.log, lambda p: divide(np.array(1.0), p))


def root(number: Number) -> Number:
    """√number."""
    return chained(number, np.sqrt, lambda p: divide(np.array(0.5), root(p)))
