"""Quantities that differ in their numbers alone are alike: what holds of the first and the last holds of all."""

from __future__ import annotations

import re
from collections.abc import Iterable


def first_and_last(names: Iterable[str]) -> list[str]:
    """Return the first and the last of the names that are alike (Z1, Z2, Z3; hidden.dW, output.dW) in each step."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(re.sub(r"(?<![@\d])\d+", "", name.rpartition(".")[2]), []).append(name)
    return list(dict.fromkeys(name for each in alike.values() for name in (each[0], each[-1])))
