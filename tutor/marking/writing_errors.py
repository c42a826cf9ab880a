"""Mistakes of writing: a right number with its sign, its decimal point or two of its digits wrong."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.marking.rounding import cut, rounded, unit
from tutor.mistakes.writing import DECIMAL_SHIFT, DIGITS_SWAPPED, SIGN_LOST, TRUNCATED

#: Nobody writes out larger numbers.
_LARGEST = 1e15


def writing_mistakes(value: float, decimals: int) -> Iterator[tuple[str, float]]:
    """Yield (mistake id, number) for each way to write a right value down wrongly; nothing if it is 0, huge or nan."""
    if not 0.5 * unit(decimals) <= abs(value) < _LARGEST:
        return
    yield SIGN_LOST, -value
    for places in (1, -1, 2, -2):
        yield DECIMAL_SHIFT, value * 10.0**places
    yield from ((DIGITS_SWAPPED, each) for each in swapped_digits(value, decimals))
    for fewer in range(1, decimals):
        shorter = cut(value, fewer)
        if shorter and abs(shorter - rounded(value, fewer)) > 1e-12:
            yield TRUNCATED, shorter


def swapped_digits(value: float, decimals: int) -> Iterator[float]:
    """Yield the rounded value with two neighbouring digits swapped, if it has at least three figures."""
    shown = f"{abs(rounded(value, decimals)):.{decimals}f}"
    digits = shown.replace(".", "").lstrip("0")
    if len(digits) < 3:
        return
    point = len(shown) - 1 - decimals if decimals else len(shown)
    plain = shown.replace(".", "")
    for place in range(len(plain) - 1):
        if plain[place] != plain[place + 1]:
            changed = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
            number = float(f"{changed[:point]}.{changed[point:]}") if decimals else float(changed)
            if changed.strip("0") != plain.strip("0"):  # 0.060 for 0.600: the digits are right, the point is not
                yield number if value > 0 else -number
