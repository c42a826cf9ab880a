"""How people write numbers down: rounded, rounded twice, or cut off."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from tutor.network.decimals import last_figure

#: In units of the last decimal. Half a unit would refuse 0.533 for 0.53245 that was kept as 0.5325 and then rounded.
ROUNDED = 0.55

#: Larger numbers have no decimals. Infinity and nan are treated like them.
_ROUND_ANYWAY = 1e100

#: The smallest whole number with two figures.
_TWO_FIGURES = 10

#: The error of floating point in a difference of two decimals.
SPECK = 1e-9


def unit(decimals: int) -> float:
    """Return one unit of the last decimal."""
    return float(10.0**-decimals)


def near(typed: float, value: float, bound: float, decimals: int, *, cuts: bool = True) -> bool:
    """Return whether ``typed`` is a number within ``bound`` of ``value``, rounded to ``decimals`` or, with ``cuts``,
    cut off there."""
    u = unit(decimals)
    speck = SPECK * u + 1e-15 * abs(value)
    if abs(typed - value) <= bound + ROUNDED * u + speck:
        return True
    return cuts and is_cut(typed, value, bound, decimals)


def is_cut(typed: float, value: float, bound: float, decimals: int) -> bool:
    """Return whether ``typed`` is a number within ``bound`` of ``value``, cut towards 0 at ``decimals``."""
    u = unit(decimals)
    if typed == 0:
        return abs(value) - bound < u * (1 - SPECK)
    if (typed > 0) != (value > 0) and abs(value) > bound:
        return False
    sign = 1.0 if typed > 0 else -1.0
    lost = sign * (value - typed)
    return -bound - SPECK * u <= lost < u * (1 - SPECK) + bound


def is_rounded(typed: float, value: float, decimals: int) -> bool:
    """Return whether ``typed`` is ``value`` rounded to ``decimals`` (a tie may go either way)."""
    u = unit(decimals)
    return abs(typed - value) <= 0.5 * u + SPECK * u + 1e-15 * abs(value)


def is_on_grid(value: float, decimals: int) -> bool:
    """Return whether a number has at most ``decimals`` decimals."""
    scaled = value * 10.0**decimals
    return math.isfinite(scaled) and abs(scaled - round(scaled)) < 1e-7


def is_whole(value: float) -> bool:
    """Return whether a number has no fraction."""
    return abs(value) < _ROUND_ANYWAY and abs(value - round(value)) <= SPECK


def is_one_digit(value: float) -> bool:
    """Return whether a number is a whole number of one digit."""
    return is_whole(value) and abs(value) < 9.5


def is_shortened(typed: float, value: float, decimals: int) -> bool:
    """Return whether ``typed`` is ``value`` rounded or cut to ``decimals``, with no wrong digit."""
    return is_rounded(typed, value, decimals) or is_cut(typed, value, 0.0, decimals)


def says_little(typed: float, decimals: int) -> bool:
    """Return whether many values are rounded to what was typed: 0.0, or a whole number with one figure."""
    return abs(typed) < _TWO_FIGURES if decimals < 1 else typed == 0


def is_short(typed: float, value: float, decimals: int) -> bool:
    """Return whether ``typed`` is ``value`` to ``decimals``, and not a number that says little."""
    return not says_little(typed, decimals) and is_shortened(typed, value, decimals)


def is_at_figures(typed: float, value: float, figures: int) -> bool:
    """Return whether ``typed`` is ``value`` to so few figures that digits before the point are rounded away, as 330000
    is 333333 to two."""
    place = last_figure(value, figures)
    return place < 0 and is_rounded(typed, value, place)


def rounded(value: float, decimals: int) -> float:
    """Return ``value`` rounded half away from zero, as people do it; binary noise below 1e-9 of a unit is ignored."""
    if not abs(value) < _ROUND_ANYWAY:
        return value
    scale = 10.0**decimals
    scaled = abs(value) * scale
    whole = math.floor(scaled + 0.5 + 1e-9)
    return math.copysign(whole / scale, value) if whole else 0.0


def cut(value: float, decimals: int) -> float:
    """Return ``value`` cut off towards zero."""
    if not abs(value) < _ROUND_ANYWAY:
        return value
    scale = 10.0**decimals
    whole = math.floor(abs(value) * scale + 1e-9)
    return math.copysign(whole / scale, value) if whole else 0.0


def to_figures(value: float, figures: int) -> float:
    """Return ``value`` rounded to ``figures`` significant figures."""
    if value == 0 or not math.isfinite(value):
        return value
    return rounded(value, figures - 1 - math.floor(math.log10(abs(value)) + 1e-12))


def figures_shown(value: float, decimals: int) -> int:
    """Return how many significant figures a value shows when written with ``decimals`` decimals."""
    if value == 0 or not math.isfinite(value):
        return 0
    return decimals + 1 + math.floor(math.log10(abs(value)) + 1e-12)


def written_decimals(value: float) -> int:
    """Return how many decimals a number's shortest form has: 2 for 0.25, none for 3.0."""
    try:
        exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    except InvalidOperation:
        return 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def figures_of(value: float) -> int:
    """Return how many significant figures a number's shortest form has, without trailing zeros."""
    return len(Decimal(repr(value)).normalize().as_tuple().digits) if math.isfinite(value) and value else 0
