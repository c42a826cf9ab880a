"""What stands around an error that has no obvious repair: the block, the screen, the network.

Set aside, it lets the rest of the file be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ITEM = re.compile(r"^(?P<indent> *)-(?: |$)")
_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z_][\w-]*) *:(?: |$)")
#: What is a list of things that stand for themselves; anything else is set aside with what it belongs to.
_LISTS = ("screens", "blocks")
_SEVERAL = ("networks", "worksheets")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines from ``start`` up to ``end`` (from 0), and the line that may stand in their place: it holds nothing."""

    start: int
    end: int
    instead: str


def regions(lines: Sequence[str], at: int) -> Iterator[Region]:
    """What a line stands in that can be set aside, from the innermost outwards."""
    around = _around(lines, at)
    if len(around) > 1 and around[0] == at and _ITEM.match(lines[at]) and not lines[around[1]].rstrip().endswith(":"):
        yield Region(at, _end(lines, at), "")  # it stands in no list
    for place, start in enumerate(around):
        above = [_key(lines[line]) for line in around[place + 1 :]]
        item, key = _ITEM.match(lines[start]), _KEY.match(lines[start])
        if item and above[:1] and above[0] in _LISTS:
            yield Region(start, _end(lines, start), f"{item['indent']}- ~")
        elif key and (not above or (len(above) == 1 and above[0] in _SEVERAL)):
            yield Region(start, _end(lines, start), f"{key['indent']}{key['key']}: ~")


def _around(lines: Sequence[str], line: int) -> list[int]:
    """Return the lines that a line belongs to by its indentation, itself first where it is an item or a key."""
    found: list[int] = []
    level = float("inf")
    for number in range(min(line, len(lines) - 1), -1, -1):
        here = _level(lines[number])
        if here is not None and here < level:
            found.append(number)
            level = here
    return found


def _end(lines: Sequence[str], start: int) -> int:
    """Return where what begins at a line ends: at the next item or key that is no further in."""
    level = _level(lines[start])
    assert level is not None
    for number in range(start + 1, len(lines)):
        here = _level(lines[number])
        if here is not None and here <= level:
            return number
    return len(lines)


def _level(line: str) -> float | None:
    """Return how far in an item or a key is; a list may be as far in as its own key. None for any other line."""
    if item := _ITEM.match(line):
        return len(item["indent"]) + 0.5
    key = _KEY.match(line)
    return None if key is None else len(key["indent"])


def _key(line: str) -> str:
    """Return the key that a line begins with, perhaps as an item's first."""
    key = _KEY.match(re.sub(r"^( *)- ", r"\1  ", line))
    return key["key"] if key else ""
