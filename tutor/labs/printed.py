"""What a cell printed against what the lesson says it prints: words as they are, numbers as close as asked."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)")


def difference(printed: str, wanted: str, within: float | None = None) -> str:
    """Where the two differ, in a sentence; empty where they agree.

    Spaces and line breaks count as one space each. ``within`` is how far a number may be off; without it numbers must
    be written alike.
    """
    ours, theirs = printed.split(), wanted.split()
    for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other and not _is_close(one, other, within):
            return f"It prints “{_around(ours, place)}” where “{_around(theirs, place)}” is expected."
    if len(ours) < len(theirs):
        return f"It should go on with “{_around(theirs, len(ours))}”."
    if len(ours) > len(theirs):
        return f"It goes on with “{_around(ours, len(theirs))}”, which is not expected."
    return ""


def _is_close(one: str, other: str, within: float | None) -> bool:
    if within is None or _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=0, abs_tol=within * (1 + 1e-9)) for a, b in pairs)


def _around(words: list[str], place: int) -> str:
    return " ".join(words[max(0, place - 2) : place + 4])
