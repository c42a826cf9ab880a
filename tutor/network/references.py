"""Read references to several quantities: lists, ranges, their training steps and their model."""

from __future__ import annotations

import re

from tutor.errors import QuantityError

_STEP_RANGE = re.compile(r"^(?P<stem>.+)@(?P<first>[0-9]+)\.\.@?(?P<last>[0-9]+)$")
_CELL_RANGE = re.compile(r"^(?P<stem>[^\[\]]+)\[(?P<first>[0-9]+)\.\.(?P<last>[0-9]+)\](?P<step>@[0-9]+)?$")
_UNIT_RANGE = re.compile(
    r"^(?P<head>.*?)(?P<first>[0-9]+)(?P<tail>[^0-9]*)\.\.(?P<head2>.*?)(?P<last>[0-9]+)(?P<tail2>[^0-9]*)$"
)
#: A longer range is taken for a typing error.
_LONGEST_RANGE = 200


def split_owner(text: str) -> tuple[str | None, str]:
    """Split ``lab2:Z1`` into the name of its model, or None, and the quantity."""
    owner, colon, rest = text.partition(":")
    return (owner.strip(), rest.strip()) if colon else (None, text.strip())


def steps_needed(text: str) -> int:
    """Return how many training steps a graph needs for the quantities in ``text``, by the highest ``@``.

    For a parameter, ``w11@3``, this is one step more than needed, which does no harm.
    """
    return max((int(number) for number in re.findall(r"@(?:[0-9]+\.\.@?)?([0-9]+)", text)), default=1)


def split_list(text: str) -> tuple[str, ...]:
    """Split a list at its commas outside brackets: ``hidden.W_new[3,1], E`` has two members."""
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.strip() for part in (*parts, current) if part.strip())


def names_in_range(text: str) -> list[str]:
    """Return the names in a range (``Z1..Z3``, ``E[1..4]``, ``E@1..3``), or an empty list if it is not a range.

    Raises:
        QuantityError: The ends of the range do not match, or it is too long.
    """
    if ".." not in text:
        return []
    if match := _STEP_RANGE.match(text):
        return [f"{match['stem']}@{number}" for number in _numbers(match)]
    if match := _CELL_RANGE.match(text):
        return [f"{match['stem']}[{number}]{match['step'] or ''}" for number in _numbers(match)]
    if match := _UNIT_RANGE.match(text):
        if match["head"] != match["head2"] or match["tail"] != match["tail2"]:
            raise QuantityError(
                f"{text!r} is not a range.", hint="Both ends must differ in one number only, as in Z1..Z3."
            )
        return [f"{match['head']}{number}{match['tail']}" for number in _numbers(match)]
    return []


def _numbers(match: re.Match[str]) -> range:
    first, last = int(match["first"]), int(match["last"])
    if not first <= last < first + _LONGEST_RANGE:
        raise QuantityError(f"{match.group()!r} is not a range.", hint="Its first end must not come after its last.")
    return range(first, last + 1)
