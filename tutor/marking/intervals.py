"""Interval arithmetic over formulas: the range of a value whose parents are known only within bounds.

Used where a kink (a ReLU near 0) lies inside the bounds and slopes say nothing. The range is too wide if a name occurs
twice, but never too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import product

from tutor.formulas import FUNCTIONS
from tutor.formulas.evaluate import CONSTANTS
from tutor.formulas.tree import Add, Call, Compare, Div, Logic, Mul, Name, Neg, Num, Pow, Tree, sub
from tutor.functions import ACTIVATIONS
from tutor.functions.equality import holds

Interval = tuple[float, float]

_EVERYTHING: Interval = (-math.inf, math.inf)
_RISING = frozenset(
    {"exp", "ln", "log10", "sqrt", "sign", "max", "min", "sum", "mean"}
    | {name for name, entry in ACTIVATIONS.items() if entry.rises}
    | {f"{name}'" for name, entry in ACTIVATIONS.items() if entry.slope_rises}
)
#: Functions whose only turning point is at 0.
_TURN_AT_0 = frozenset({"abs"} | {f"{name}'" for name, entry in ACTIVATIONS.items() if entry.slope_peaks})


def interval(tree: Tree, of: Callable[[str], Interval]) -> Interval:
    """Return the range of ``tree`` if each name lies in the interval that ``of`` gives."""
    match tree:
        case Num(value):
            return value, value
        case Name(name):
            return (CONSTANTS[name], CONSTANTS[name]) if name in CONSTANTS and name not in ("e",) else of(name)
        case Neg(inner):
            low, high = interval(inner, of)
            return -high, -low
        case Add(terms):
            parts = [interval(term, of) for term in terms]
            return sum(low for low, _ in parts), sum(high for _, high in parts)
        case Mul(factors):
            return _product([interval(factor, of) for factor in factors])
        case Div(over, below):
            low, high = interval(below, of)
            if low <= 0 <= high:
                return _EVERYTHING
            return _product([interval(over, of), (1 / high, 1 / low)])
        case Pow(base, Num(exponent)):
            return _power(interval(base, of), exponent)
        case Pow(base, exponent):
            return _range(math.pow, product(interval(base, of), interval(exponent, of)))
        case Call(function, arguments):
            return _call(function, [interval(argument, of) for argument in arguments])
        case Compare(relation, left, right):
            low, high = interval(sub(left, right), of)
            return (0.0, 1.0) if low < 0 < high else _range(lambda z: float(holds(relation, z, 0.0)), [(low,), (high,)])
        case Logic("not", (operand,)):
            low, high = _truth(interval(operand, of))
            return 1 - high, 1 - low
        case Logic(operator, operands):
            lows, highs = zip(*(_truth(interval(operand, of)) for operand in operands), strict=True)
            either = max if operator == "or" else min
            return either(lows), either(highs)
    return _EVERYTHING


def _truth(of: Interval) -> Interval:
    """Return the range of a condition's value, 0 or 1; any number but 0 counts as 1."""
    low, high = of
    return float(not low <= 0 <= high), float((low, high) != (0, 0))


def _product(parts: Sequence[Interval]) -> Interval:
    result = parts[0]
    for low, high in parts[1:]:
        corners = [_times(a, b) for a in result for b in (low, high)]
        result = (min(corners), max(corners))
    return result


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _power(base: Interval, exponent: float) -> Interval:
    is_whole = exponent == int(exponent) and exponent > 0
    return _range(lambda z: z**exponent if is_whole else math.pow(z, exponent), _turning_at_0(base, is_whole))


def _turning_at_0(of: Interval, turns: bool) -> list[tuple[float]]:
    """Return the ends of an interval and, if the function turns there, 0 between them."""
    low, high = of
    return [(low,), (high,), *([(0.0,)] if turns and low <= 0 <= high else [])]


def _call(function: str, parts: list[Interval]) -> Interval:
    value = FUNCTIONS[function].value
    if function in _RISING:
        return _range(value, product(*parts))
    (low, high), *parameters = parts
    if function in _TURN_AT_0:
        return _range(value, _turning_at_0(parts[0], True))
    # the rest are smooth, so a turning point is close to one of these samples
    ends = [end for end, _ in parameters]
    return _range(lambda z: value(z, *ends), [(low + (high - low) * part / 32,) for part in range(33)])


def _range(value: Callable[..., float], points: Iterable[tuple[float, ...]]) -> Interval:
    """Return the least and greatest value at some points; everything if it has none at one of them."""
    try:
        found = [value(*point) for point in points]
    except (ArithmeticError, ValueError):
        return _EVERYTHING
    return min(found), max(found)
