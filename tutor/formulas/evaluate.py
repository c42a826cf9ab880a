"""Evaluate trees: once, with readable errors (``evaluate``), or many times, compiled to closures (``compile_tree``).

No text is ever run: a tree becomes nested Python functions over a list of floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.errors import FormulaError
from tutor.formulas.display import text
from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.tree import (
    Add,
    Array,
    Call,
    Compare,
    Derivative,
    Div,
    Index,
    Logic,
    MatMul,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Transpose,
    Tree,
    children,
)
from tutor.functions.equality import NOISE, holds

Compiled = Callable[[Sequence[float]], float]

#: Names of numbers, unless something else has the name.
CONSTANTS: Mapping[str, float] = {"e": math.e, "pi": math.pi, "π": math.pi}


def evaluate(tree: Tree, env: Mapping[str, float] | None = None) -> float:
    """Return the value of a tree of single numbers; a condition gives 1.0 or 0.0.

    Raises:
        FormulaError: A name has no value, something is divided by zero, a root or logarithm does not exist, or the
            result is too large for a float.
    """
    places: dict[str, int] = {}
    values: list[float] = []

    def place(name: str) -> int | None:  # copy only the few values that the formula uses
        if name not in places and env is not None and name in env:
            places[name] = len(values)
            values.append(env[name])
        return places.get(name)

    try:
        result = _Compiler(place, lambda name: FUNCTIONS[name].value).compile(tree)(values)
    except ZeroDivisionError:
        raise FormulaError("This divides by zero.") from None
    except OverflowError:
        raise FormulaError("The result is too large.") from None
    except ValueError:
        raise FormulaError("This has no value: perhaps a root or logarithm of a negative number.") from None
    if not math.isfinite(result):
        raise FormulaError("The result is too large.")
    return float(result)


_LAST_BITS = 1e-14


def settled(value: float, tree: Tree, env: Mapping[str, float]) -> float:
    """Return ``value``, the value of a tree, or 0 if it is only the rounding error of a sum that cancels, such as
    0.4 + 0.1 − 0.5."""
    if value == 0.0 or abs(value) > NOISE or not isinstance(tree, Add):
        return value
    try:
        largest = max(abs(evaluate(term, env)) for term in tree.terms)
    except FormulaError:
        return value
    return 0.0 if abs(value) < _LAST_BITS * largest else value


#: A larger exponent is a typing error, and exact arithmetic with it would take far too long.
MOST_EXPONENT = 1000


def check_constants(tree: Tree) -> bool:
    """Check that every part of a formula that is made of numbers alone has a value; return whether the whole is.

    Raises:
        FormulaError: A part such as ``9^9^9`` or ``(-1)^0.5`` has none, or an exponent is too large.
    """
    parts = [check_constants(part) for part in children(tree)]
    if isinstance(tree, Name | Derivative | Array | MatMul | Transpose | Index):
        return False
    is_constant = all(parts) and not (isinstance(tree, Call) and FUNCTIONS[tree.function].of_arrays)
    if isinstance(tree, Pow) and parts[1] and abs(evaluate(tree.exponent)) > MOST_EXPONENT:
        raise FormulaError(f"{text(tree)} has an exponent beyond {MOST_EXPONENT}.", hint="Write a smaller one.")
    if isinstance(tree, Div) and parts[1] and evaluate(tree.denominator) == 0:
        raise FormulaError(f"{text(tree)} has no value. This divides by zero.")
    if is_constant and parts:
        try:
            evaluate(tree)
        except FormulaError as error:
            raise FormulaError(f"{text(tree)} has no value. {error.message}") from None
    return is_constant


def compile_tree(tree: Tree, slots: Mapping[str, int]) -> Compiled:
    """Return a function from a list of values to the tree's value; ``slots`` gives each name's index in the list.

    The function raises ``ZeroDivisionError``, ``OverflowError`` or ``ValueError``, as Python's own arithmetic does.

    Raises:
        FormulaError: A name has no slot, or the tree is an array.
    """
    return _Compiler(slots.get, lambda name: FUNCTIONS[name].value).compile(tree)


def compile_arrays(tree: Tree, slots: Mapping[str, int]) -> Callable[[Sequence[Any]], Any]:
    """Do the same as ``compile_tree`` for a list of NumPy arrays (or numbers): many sets of values at once."""
    return _Compiler(slots.get, lambda name: FUNCTIONS[name].array).compile(tree)


class _Compiler:
    """Compiles trees to closures; ``place`` gives each name's index in the list of values.

    Products and weighted sums of names, which are common in networks, are inlined.
    """

    def __init__(self, place: Callable[[str], int | None], function: Callable[[str], Callable[..., Any]]) -> None:
        self._place = place
        self._function = function

    def compile(self, tree: Tree) -> Compiled:
        match tree:
            case Num(value):
                return lambda v: value
            case Name(name):
                return self._name(name)
            case Neg(of):
                inner = self.compile(of)
                return lambda v: -inner(v)
            case Add(terms):
                return self._sum(terms)
            case Mul(factors):
                return self._product(factors)
            case Div(numerator, denominator):
                over, below = self.compile(numerator), self.compile(denominator)
                return lambda v: over(v) / below(v)
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Compare(relation, left, right):
                return self._comparison(relation, self.compile(left), self.compile(right))
            case Logic(operator, operands):
                return self._logic(operator, [self.compile(each) for each in operands])
        raise FormulaError("This is an array, where a single number is needed.")

    def _name(self, name: str) -> Compiled:
        slot = self._place(name)
        if slot is None:
            if name in CONSTANTS:
                constant = CONSTANTS[name]
                return lambda v: constant
            raise FormulaError(f"{name} has no value here.")
        return lambda v: v[slot]

    def _pair(self, tree: Tree) -> tuple[int, int] | None:
        """Return the slots of a product of two names, or None for other trees."""
        match tree:
            case Mul((Name(left), Name(right))):
                first, second = self._place(left), self._place(right)
                if first is not None and second is not None:
                    return first, second
        return None

    def _sum(self, terms: tuple[Tree, ...]) -> Compiled:
        pairs = [pair for pair in map(self._pair, terms) if pair is not None]
        if len(pairs) >= 2:
            rest = tuple(self.compile(term) for term in terms if self._pair(term) is None)
            return _weighted_sum(tuple(pairs), rest)
        parts = tuple(self.compile(term) for term in terms)
        if len(parts) == 2:
            first, second = parts
            return lambda v: first(v) + second(v)

        def total(v: Sequence[float]) -> float:
            result = parts[0](v)
            for part in parts[1:]:
                result = result + part(v)
            return result

        return total

    def _product(self, factors: tuple[Tree, ...]) -> Compiled:
        pair = self._pair(Mul(factors))
        if pair is not None:
            left, right = pair
            return lambda v: v[left] * v[right]
        parts = tuple(self.compile(factor) for factor in factors)
        if len(parts) == 2:
            first, second = parts
            return lambda v: first(v) * second(v)

        def product(v: Sequence[float]) -> float:
            result = parts[0](v)
            for part in parts[1:]:
                result = result * part(v)
            return result

        return product

    def _power(self, base: Tree, exponent: Tree) -> Compiled:
        of = self.compile(base)
        if isinstance(exponent, Num) and exponent.value == 2.0:

            def square(v: Sequence[float]) -> float:
                value = of(v)
                return value * value

            return square
        to = self.compile(exponent)

        def power(v: Sequence[float]) -> float:
            value: float | complex = of(v) ** to(v)
            if isinstance(value, complex):
                raise ValueError("the root of a negative number")
            return value

        return power

    def _call(self, function: str, arguments: tuple[Tree, ...]) -> Compiled:
        value = self._function(function)
        parts = tuple(self.compile(argument) for argument in arguments)
        if len(parts) == 1:
            only = parts[0]
            return lambda v: value(only(v))
        return lambda v: value(*[part(v) for part in parts])

    def _comparison(self, relation: str, left: Compiled, right: Compiled) -> Compiled:
        return lambda v: 1.0 * holds(relation, left(v), right(v))

    def _logic(self, operator: str, parts: list[Compiled]) -> Compiled:
        if operator == "not":
            return lambda v: 1.0 * (parts[0](v) == 0)
        decides = operator == "or"

        def joined(v: Sequence[float]) -> float:
            result = parts[0](v) != 0
            for part in parts[1:]:
                if result is decides:  # the rest need not have a value; never true of an array
                    break
                result = result | (part(v) != 0) if decides else result & (part(v) != 0)
            return 1.0 * result

        return joined


def _weighted_sum(pairs: tuple[tuple[int, int], ...], rest: tuple[Compiled, ...]) -> Compiled:
    if len(pairs) == 2 and len(rest) == 1:
        (a, b), (c, d) = pairs
        only = rest[0]
        return lambda v: v[a] * v[b] + v[c] * v[d] + only(v)

    def total(v: Sequence[float]) -> float:
        result = 0.0
        for left, right in pairs:
            result = result + v[left] * v[right]
        for part in rest:
            result = result + part(v)
        return result

    return total
