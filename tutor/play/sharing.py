"""The changed numbers as a short text to share: ``w21=0.4,alpha=0.5@12`` after twelve training steps."""

from __future__ import annotations

import re

from tutor.play.playground import PlayError, Playground

_MOST = 4000
_HINT = "Write w21=0.4,alpha=0.5@12."
_PAIR = re.compile(r"(?P<name>[^\s=,@]+(?:@\d+)?(?:\[[\d,]+\])?)=(?P<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_STEPS = re.compile(r"^(?P<pairs>.*)@(?P<steps>\d{1,9})$")


def is_shared(text: str) -> bool:
    """Return whether the text after a # is a shared state and not a variant, which has no equals sign."""
    return "=" in text


def to_text(playground: Playground) -> str:
    """Return the numbers that differ from the lesson's as a text; "" if none does."""
    pairs = [
        f"{name}={value:.6g}"
        for name, value in playground.numbers.items()
        if f"{value:.6g}" != f"{playground.original[name]:.6g}"
    ]
    return ",".join(pairs) + (f"@{playground.steps}" if pairs and playground.steps else "")


def from_text(text: str) -> tuple[dict[str, float], int]:
    """Return the numbers in a shared text, and how many training steps led to them.

    Raises:
        PlayError: the text is not one; the message quotes the part that cannot be read.
    """
    if len(text) > _MOST:
        raise PlayError("This text is too long to hold the numbers of a lesson.")
    match = _STEPS.match(text)
    pairs, steps = (match["pairs"], int(match["steps"])) if match else (text, 0)
    numbers: dict[str, float] = {}
    at = 0
    while at < len(pairs):
        pair = _PAIR.match(pairs, at)
        end = pair.end() if pair else at
        if pair is None or pairs[end : end + 1] not in ("", ","):
            raise PlayError(f"This text holds no numbers at {pairs[at : at + 20]!r}.", hint=_HINT)
        numbers[pair["name"]] = float(pair["value"])
        at = end + 1
    if not numbers:
        raise PlayError("This text holds no numbers.", hint=_HINT)
    return numbers, steps


def put_shared(playground: Playground, text: str) -> None:
    """Set a playground to the numbers of a shared text; raises ``PlayError`` if a name or number does not fit."""
    playground.put(*from_text(text))
