"""When two numbers count as equal.

A learner works by hand, where 0.1 + 0.2 is 0.3. In floating point it is not, so every engine and every replay of
roundings ignores such differences where an answer depends on them: in conditions, in ``argmax`` and at a kink.

The functions take numbers, NumPy arrays, PyTorch tensors and mpmath's numbers.
"""

from __future__ import annotations

from typing import Any

#: A difference no larger than this is a rounding error: of the numbers' size, or absolute for numbers below 1.
NOISE = 1e-12


def is_equal(left: Any, right: Any) -> Any:
    """Return whether two numbers are equal, cell by cell; an infinite one equals only itself."""
    gap = abs(left - right)
    return (left == right) | ((gap <= NOISE * (1 + abs(left))) & (gap <= NOISE * (1 + abs(right))))


def holds(relation: str, left: Any, right: Any) -> Any:
    """Return whether ``left`` and ``right`` stand in the relation ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""
    equal = is_equal(left, right)
    if relation in ("=", "!="):
        return equal ^ (relation == "!=")
    beyond = left < right if relation in ("<", "<=") else left > right
    return (beyond | equal) if relation.endswith("=") else (beyond & (equal ^ True))
