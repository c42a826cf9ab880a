"""A network or worksheet without a piece that is wrong, so that what is wrong with the rest can be told beside it.

Only where the rest can be judged without that piece: of weights that do not fit, nobody knows what would.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

Spec = dict[str, Any]
Place = tuple[str | int, ...]

_SPARED = frozenset({"target", "loss", "optimizer", "notation", "reduction", "error_signal", "delta_sign", "repeat"})
_SPARED_OF_A_LAYER = frozenset({"bias", "activation", "name"})


def without(spec: Mapping[str, Any], place: Place) -> Spec | None:
    """A copy of a spec without what is wrong at a place; None where the rest says nothing then."""
    rest: Spec = copy.deepcopy(dict(spec))
    match place:
        case ("steps" | "given", str(name), *_):
            return _without_name(rest, name)
        case ("layers", int(number), str(key), *_) if key in _SPARED_OF_A_LAYER:
            rest["layers"][number].pop(key, None)
            if key == "activation":  # which a loss may ask for
                rest.pop("loss", None)
            return rest
        case ("inputs", _, *_) | ("layers", _, "weights", _, _, *_) if _stands_in(rest, place):
            return rest
        case (str(key), *_) if key in _SPARED and key in rest:
            del rest[key]
            return rest
    return None


def _stands_in(spec: Spec, place: Place) -> bool:
    """Put a number in the place of a single value that is none; whether there was one."""
    inside: Any = spec
    try:
        for key in place[:-1]:
            inside = inside[key]
        if isinstance(inside[place[-1]], dict | list):
            return False
        inside[place[-1]] = 0.5
    except (TypeError, KeyError, IndexError):
        return False  # the place is that of a list, and this is none
    return True


def _without_name(spec: Spec, name: str) -> Spec | None:
    """Return a worksheet without a given value or step, and without every step that rests on it."""
    steps: dict[str, Any] = spec.get("steps") or {}
    gone, found = {name}, {name}
    while found:
        word = re.compile("|".join(rf"(?<![^\W_])d?{re.escape(each.partition('@')[0])}\b" for each in found))
        found = {step for step, formula in steps.items() if step not in gone and word.search(str(formula))}
        gone |= found
    spec["given"] = {key: value for key, value in (spec.get("given") or {}).items() if key not in gone}
    spec["steps"] = {step: formula for step, formula in steps.items() if step not in gone}
    return spec if spec["steps"] else None
