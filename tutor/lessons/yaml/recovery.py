"""Find what to leave out around an error that has no obvious repair: the block, the screen or the network.

Without it, the rest of the file can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ITEM = re.compile(r"^(?P<indent> *)-(?: |$)")
_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z_][\w-]*) *:(?: |$)")
#: The lists whose items can be left out one by one. Anything else is left out with what contains it.
_LISTS = ("screens", "blocks")
_SEVERAL = ("networks", "worksheets")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines from ``start`` up to but without ``end`` (from 0), and the empty item or key that replaces them."""

    start: int
    end: int
    instead: str


def regions(lines: Sequence[str], at: int) -> Iterator[Region]:
    """Yield the regions around a line that can be left out, from the innermost outwards."""
    around = _around(lines, at)
    if len(around) > 1 and around[0] == at and _ITEM.match(lines[at]) and not lines[around[1]].rstrip().endswith(":"):
        yield Region(at, _end(lines, at), "")  # an item that is in no list
    for place, start in enumerate(around):
        above = [_key(lines[line]) for line in around[place + 1 :]]
        item, key = _ITEM.match(lines[start]), _KEY.match(lines[start])
        if item and above[:1] and above[0] in _LISTS:
            yield Region(start, _end(lines, start), f"{item['indent']}- ~")
        elif key and (not above or (len(above) == 1 and above[0] in _SEVERAL)):
            yield Region(start, _end(lines, start), f"{key['indent']}{key['key']}: ~")


def _around(lines: Sequence[str], line: int) -> list[int]:
    """Return the items and keys that contain a line by its indentation, innermost first, starting with the line."""
    found: list[int] = []
    level = float("inf")
    for number in range(min(line, len(lines) - 1), -1, -1):
        here = _level(lines[number])
        if here is not None and here < level:
            found.append(number)
            level = here
    return found


def _end(lines: Sequence[str], start: int) -> int:
    """Return the end of the item or key at a line: the next item or key that is not indented further."""
    level = _level(lines[start])
    assert level is not None
    for number in range(start + 1, len(lines)):
        here = _level(lines[number])
        if here is not None and here <= level:
            return number
    return len(lines)


def _level(line: str) -> float | None:
    """Return the indentation of an item or key, or None for any other line. An item counts half a column more, because
    a list may be indented like its key."""
    if item := _ITEM.match(line):
        return len(item["indent"]) + 0.5
    key = _KEY.match(line)
    return None if key is None else len(key["indent"])


def _key(line: str) -> str:
    """Return the key that a line begins with, perhaps after the dash of an item; else empty."""
    key = _KEY.match(re.sub(r"^( *)- ", r"\1  ", line))
    return key["key"] if key else ""
