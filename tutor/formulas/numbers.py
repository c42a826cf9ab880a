"""Write numbers as text: as the tutor shows them, in prose and mathematics, as a learner types them, and in code."""

from __future__ import annotations

from math import floor, isfinite, log10

_SUPERSCRIPTS = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")


def superscript(digits: str) -> str:
    """Return digits and signs as superscripts: ``⁻⁷`` for ``-7``."""
    return digits.translate(_SUPERSCRIPTS)


def real_minus(number: str) -> str:
    """Return a number's text with a minus sign (−) in place of the hyphen."""
    return number.replace("-", "−")


def plain(value: float, decimals: int, *, trim: bool = False) -> str:
    """Return a number as one types it: with ``decimals`` decimals, a hyphen for a minus, and never ``-0``; ``trim``
    drops trailing zeros."""
    text = f"{round(value, decimals) + 0.0:.{decimals}f}" if isfinite(value) else str(value)
    return text.rstrip("0").rstrip(".") if trim and "." in text else text


def as_typed(value: float, decimals: int) -> str:
    """Return a number as a learner would type it, rounded to ``decimals``, with a hyphen for a minus; an exact number
    has no trailing zeros."""
    text = plain(value, decimals)
    return plain(value, decimals, trim=True) if abs(float(text) - value) < 1e-12 else text


def figures(value: float, count: int) -> str:
    """Return a number with ``count`` significant figures and a minus sign: ``−0.0123``, ``1.2e+06``, never ``−0``."""
    return real_minus(f"{value + 0.0:.{count}g}")


def format_number(value: float, decimals: int | None = None, *, trim: bool = True) -> str:
    """Return a number as the tutor shows it: with a minus sign, at most ``decimals`` decimals (default: nine figures),
    no trailing zeros unless ``trim`` is off, as ``1×10⁻¹⁰`` if it would be too long, and never as ``−0``."""
    if value != value:
        return "undefined"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    if decimals is not None:
        return real_minus(plain(value, decimals, trim=trim))
    shown = f"{value + 0.0:.9g}"
    if "e" in shown:
        mantissa, _, power = shown.partition("e")
        shown = f"{mantissa}×10{superscript(str(int(power)))}"
        if -9 <= int(power) < 0:
            shown = f"{value:.{8 - int(power)}f}".rstrip("0")
    return real_minus(shown)


def readable(value: float, decimals: int | None = None) -> str:
    """Return a number for prose, with a hyphen for a minus and ``decimals`` decimals, or as many as it needs."""
    if not isfinite(value):
        return format_number(value).replace("−", "-")
    if decimals is not None:
        return plain(value, decimals)
    return plain(round(value, readable_decimals(value)), 12, trim=True)


def readable_decimals(value: float) -> int:
    """Return how many decimals a number needs in prose: at most six if that is exact (0.199908), else four, or enough
    for three figures if it is small."""
    if not isfinite(value) or value == 0:
        return 0
    if abs(value - round(value, 6)) < 1e-12:
        return 6
    return min(12, max(4, 2 - floor(log10(abs(value)))))


def in_code(value: float, decimals: int | None = None) -> str:
    """Return a number as Python code: ``2``, ``0.1``, ``1e-08``."""
    rounded = float(f"{value:.12g}") if decimals is None else round(value, decimals)
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)
