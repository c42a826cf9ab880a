"""Read numbers, rows and named values from plain YAML data.

The functions that read a value raise ``NetworkError`` with the place of what does not fit.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TypeGuard

from tutor.errors import FormulaError, NetworkError, Place
from tutor.formulas import evaluate, parse
from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS

#: The largest number in a lesson; a larger one is a mistake.
LARGEST = 1e12

IDENTIFIER = re.compile(r"^[^\W\d]\w*$")
_DECIMAL_COMMA = re.compile(r"([-−]?\d+),(\d+)")

#: Other names for the format's activations, losses and optimizers.
_ELSEWHERE = {"none": "linear"} | {
    alias: name
    for entries in (ACTIVATIONS, LOSSES, OPTIMIZERS)
    for name, entry in entries.items()
    for alias in entry.aliases
}


def number(value: object, place: Place) -> float:
    """Return a finite number; evaluate a text such as ``1/3``."""
    if isinstance(value, str):
        value = _worked_out(value, place)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NetworkError(f"A number is expected here, not {shown(value)}.", place)
    result = float(value)
    if not math.isfinite(result) or abs(result) > LARGEST:
        hint = f"Use one that is not larger than {LARGEST:g}." if math.isfinite(result) else "Use a finite number."
        raise NetworkError(f"{shown(value)} is not a number to calculate with.", place, hint=hint)
    return result


def _worked_out(text: str, place: Place) -> float:
    if re.search(r"[\w)]\s+[-−+][\d.]", text):
        raise NetworkError(f"A comma may be missing between two numbers in {text!r}.", place)
    if comma := _DECIMAL_COMMA.fullmatch(text.strip()):
        raise NetworkError(f"A decimal has a point here: {comma[1]}.{comma[2]}, not {text.strip()}.", place)
    try:
        return evaluate(parse(text), {})
    except FormulaError as error:
        raise NetworkError(f"A number is expected here, not {text!r}.", place, hint=error.message) from None


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether a value is a list; a text is none."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def shown(value: object) -> str:
    """Return a value as an error message shows it."""
    if isinstance(value, Mapping):
        return "names with values"
    if is_list(value):
        return f"a list of {len(value)}"
    return "nothing" if value is None else repr(value)


def mapping(value: object, place: Place, what: str) -> Mapping[str, object]:
    """Return a mapping with text keys."""
    if not isinstance(value, Mapping):
        raise NetworkError(f"{what} must be keys with values, not {shown(value)}.", place)
    return value


def listed(value: object, place: Place, what: str) -> Sequence[object]:
    """Return a list that is not empty."""
    if isinstance(value, str) and _DECIMAL_COMMA.fullmatch(value.strip()):
        number(value, place)
    if not is_list(value):
        hint = f"Put it in brackets: [{value}]." if isinstance(value, str) and "," in value else ""
        raise NetworkError(f"{what} must be a list, not {shown(value)}.", place, hint=hint)
    if not value:
        raise NetworkError(f"{what} must not be empty.", place)
    return value


def choice(value: object, allowed: Collection[str], place: Place, what: str) -> str:
    """Return ``value`` if it is one of the allowed words; otherwise the error suggests the nearest."""
    if isinstance(value, str) and value in allowed:
        return value
    word = str(value).lower()
    near = difflib.get_close_matches(_ELSEWHERE.get(word, word), list(allowed), 1, 0.5)
    hint = f"Did you mean {near[0]}?" if near else f"It can be {', '.join(allowed)}."
    raise NetworkError(f"Unknown {what} {value!r}.", place, hint=hint)


def named_row(value: object, place: Place, what: str) -> tuple[tuple[str, ...] | None, tuple[float, ...]]:
    """Return a row of numbers, plain or named: (names or None, values)."""
    if isinstance(value, Mapping):
        if not value:
            raise NetworkError(f"{what} must not be empty.", place)
        return tuple(map(str, value)), tuple(number(cell, (*place, key)) for key, cell in value.items())
    cells = listed(value, place, what)
    for index, cell in enumerate(cells):
        if isinstance(cell, Mapping) and cell:
            names = ", ".join(f"{key}: {inner}" for key, inner in cell.items())
            raise NetworkError(
                f"A number is expected here, not {shown(cell)}.", (*place, index), hint=f"Named values: {{{names}, …}}."
            )
    return None, tuple(number(cell, (*place, index)) for index, cell in enumerate(cells))


def unknown_keys(spec: Mapping[str, object], known: Collection[str], place: Place, what: str) -> None:
    """Reject a key that the format does not have; the error suggests the nearest."""
    for key in spec:
        if key not in known:
            near = difflib.get_close_matches(str(key), list(known), 1, 0.5)
            hint = f"Did you mean {near[0]}?" if near else f"It can be {', '.join(sorted(known))}."
            raise NetworkError(f"Unknown key {key!r} in {what}.", (*place, key), hint=hint)
