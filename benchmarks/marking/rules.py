"""The default rules of other systems for comparing numbers, as published, as predicates.

PrairieLearn: ``pl-number-input`` compares relabs with rtol 1e-2, atol 1e-8, or by decimal digits. STACK: NumRelative
and NumAbsolute with 0.05. Numbas: a number of decimal places, both sides rounded. WeBWorK: relative tolerance 1e-3
(0.1 %), zeroLevel 1e-14.
"""

from __future__ import annotations

from collections.abc import Callable

Rule = Callable[[float, float, int], bool]


def prairielearn(typed: float, true: float, decimals: int) -> bool:
    return abs(typed - true) <= 1e-8 + 1e-2 * abs(true)


def prairielearn_digits(typed: float, true: float, decimals: int) -> bool:
    return abs(typed - true) <= 0.5 * 10.0**-2 * (1 + 1e-9)


def stack_relative(typed: float, true: float, decimals: int) -> bool:
    return abs(typed - true) <= 0.05 * abs(true)


def stack_absolute(typed: float, true: float, decimals: int) -> bool:
    return abs(typed - true) <= 0.05


def numbas(typed: float, true: float, decimals: int) -> bool:
    return round(typed, decimals) == round(true, decimals)


def webwork(typed: float, true: float, decimals: int) -> bool:
    return abs(typed - true) <= (1e-3 * abs(true) if true else 1e-14)


RULES: dict[str, Rule] = {
    "PrairieLearn, 1e-2": prairielearn,
    "PrairieLearn, 2 digits": prairielearn_digits,
    "STACK, relative 0.05": stack_relative,
    "STACK, absolute 0.05": stack_absolute,
    "Numbas, decimal places": numbas,
    "WeBWorK, 1e-3": webwork,
}
