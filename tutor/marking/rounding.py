"""How people write numbers down: rounded, rounded twice, or cut off."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from tutor.network.decimals import last_figure

#: Half a unit would refuse 0.533 for 0.53245 kept as 0.5325 and then rounded.
ROUNDED = 0.55

#: Numbers from here on have no decimals, infinity and what is no number among them.
_ROUND_ANYWAY = 1e100

#: The least whole number of two figures.
_TWO_FIGURES = 10

#: What floating point adds to a difference of two decimals.
SPECK = 1e-9


def unit(decimals: int) -> float:
    """One unit of the last decimal."""
    return float(10.0**-decimals)


def near(typed: float, value: float, bound: float, decimals: int, *, cuts: bool = True) -> bool:
    """Return whether ``typed`` is some number within ``bound`` of ``value``, rounded or (``cuts``) cut off at
    ``decimals``."""
    u = unit(decimals)
    speck = SPECK * u + 1e-15 * abs(value)
    if abs(typed - value) <= bound + ROUNDED * u + speck:
        return True
    return cuts and is_cut(typed, value, bound, decimals)


def is_cut(typed: float, value: float, bound: float, decimals: int) -> bool:
    """Return whether ``typed`` is some number within ``bound`` of ``value``, cut towards 0 at ``decimals``."""
    u = unit(decimals)
    if typed == 0:
        return abs(value) - bound < u * (1 - SPECK)
    if (typed > 0) != (value > 0) and abs(value) > bound:
        return False
    sign = 1.0 if typed > 0 else -1.0
    lost = sign * (value - typed)
    return -bound - SPECK * u <= lost < u * (1 - SPECK) + bound


def is_rounded(typed: float, value: float, decimals: int) -> bool:
    """Return whether ``typed`` is ``value`` rounded at ``decimals`` (a tie may go either way)."""
    u = unit(decimals)
    return abs(typed - value) <= 0.5 * u + SPECK * u + 1e-15 * abs(value)


def is_on_grid(value: float, decimals: int) -> bool:
    """Return whether a number has no more than so many decimals."""
    scaled = value * 10.0**decimals
    return math.isfinite(scaled) and abs(scaled - round(scaled)) < 1e-7


def is_whole(value: float) -> bool:
    """Return whether a number has no fraction."""
    return abs(value) < _ROUND_ANYWAY and abs(value - round(value)) <= SPECK


def is_shortened(typed: float, value: float, decimals: int) -> bool:
    """Return whether ``typed`` is ``value`` rounded or cut to so many decimals, none of its digits a wrong one."""
    return is_rounded(typed, value, decimals) or is_cut(typed, value, 0.0, decimals)


def is_short(typed: float, value: float, decimals: int) -> bool:
    """Return whether ``typed`` is ``value`` in fewer decimals than asked for, and says something of it: 0.0, and a
    whole number of one figure, are many values'."""
    says_little = abs(typed) < _TWO_FIGURES if decimals < 1 else typed == 0
    return not says_little and is_shortened(typed, value, decimals)


def is_at_figures(typed: float, value: float, figures: int) -> bool:
    """Return whether a number is the value in so few figures that whole digits are rounded away: 330000 for 333333 in
    two."""
    place = last_figure(value, figures)
    return place < 0 and is_rounded(typed, value, place)


def rounded(value: float, decimals: int) -> float:
    """Rounded half away from zero, as people do it; binary noise below 1e-12 of a unit is not seen."""
    if not abs(value) < _ROUND_ANYWAY:
        return value
    scale = 10.0**decimals
    scaled = abs(value) * scale
    whole = math.floor(scaled + 0.5 + 1e-9)
    return math.copysign(whole / scale, value) if whole else 0.0


def cut(value: float, decimals: int) -> float:
    """Cut off towards zero."""
    if not abs(value) < _ROUND_ANYWAY:
        return value
    scale = 10.0**decimals
    whole = math.floor(abs(value) * scale + 1e-9)
    return math.copysign(whole / scale, value) if whole else 0.0


def to_figures(value: float, figures: int) -> float:
    """Rounded to so many significant figures."""
    if value == 0 or not math.isfinite(value):
        return value
    return rounded(value, figures - 1 - math.floor(math.log10(abs(value)) + 1e-12))


def figures_shown(value: float, decimals: int) -> int:
    """Return the significant figures of a value written with so many decimals."""
    if value == 0 or not math.isfinite(value):
        return 0
    return decimals + 1 + math.floor(math.log10(abs(value)) + 1e-12)


def written_decimals(value: float) -> int:
    """Return the decimals of a number's shortest decimal form: 0.25 has 2, 3.0 none."""
    try:
        exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    except InvalidOperation:
        return 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def figures_of(value: float) -> int:
    """Return the significant figures of a number's shortest decimal form, closing zeros not counted."""
    return len(Decimal(repr(value)).normalize().as_tuple().digits) if math.isfinite(value) and value else 0
