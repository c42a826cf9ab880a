"""Pick a few names to test out of many that differ only in their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable


def first_and_last(names: Iterable[str]) -> list[str]:
    """Return the first and last name of each group that differs only in numbers (Z1, Z2, Z3) or in the part before
    the dot (hidden.dW, output.dW)."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(re.sub(r"(?<![@\d])\d+", "", name.rpartition(".")[2]), []).append(name)
    return list(dict.fromkeys(name for each in alike.values() for name in (each[0], each[-1])))
