"""How several quantities are named in one text: lists, ranges, the steps and the model that they are of."""

from __future__ import annotations

import re

from tutor.errors import QuantityError

_STEP_RANGE = re.compile(r"^(?P<stem>.+)@(?P<first>[0-9]+)\.\.@?(?P<last>[0-9]+)$")
_CELL_RANGE = re.compile(r"^(?P<stem>[^\[\]]+)\[(?P<first>[0-9]+)\.\.(?P<last>[0-9]+)\](?P<step>@[0-9]+)?$")
_UNIT_RANGE = re.compile(
    r"^(?P<head>.*?)(?P<first>[0-9]+)(?P<tail>[^0-9]*)\.\.(?P<head2>.*?)(?P<last>[0-9]+)(?P<tail2>[^0-9]*)$"
)
#: A range of more cells than this is a typing error, not a question.
_LONGEST_RANGE = 200


def split_owner(text: str) -> tuple[str | None, str]:
    """``lab2:Z1`` as the name of its network and the quantity; None where no network is named."""
    owner, colon, rest = text.partition(":")
    return (owner.strip(), rest.strip()) if colon else (None, text.strip())


def steps_needed(text: str) -> int:
    """Return how many training steps must be worked out for the quantities that ``text`` names, by its highest ``@``.

    A parameter ``w11@3`` is the value after the second step; one step more than it needs does no harm.
    """
    return max((int(number) for number in re.findall(r"@(?:[0-9]+\.\.@?)?([0-9]+)", text)), default=1)


def split_list(text: str) -> tuple[str, ...]:
    """Return a list's members: commas outside brackets separate, ``hidden.W_new[3,1], E`` is two."""
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
    """Return the names in a range: ``Z1..Z3``, ``E[1..4]``, ``E@1..3``; empty where it is none."""
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
