"""In which order options and steps are offered, and the letters that they have there.

It is the same on the screen, on paper, in the key and to ``mark``, for everybody and on every machine: people speak of
"option b", and authors write the right one first.
"""

from __future__ import annotations

from hashlib import sha256


def shuffled(block: str, count: int) -> tuple[int, ...]:
    """Return the places 0 to ``count`` − 1 in an order that the id of the block alone decides."""
    return tuple(sorted(range(count), key=lambda place: sha256(f"{block}\0{place}".encode()).digest()))


def letter(place: int) -> str:
    """Return ``a``, ``b`` … for a place from 0 in the order that is offered; its number from the 27th on."""
    return chr(ord("a") + place) if place < 26 else str(place + 1)


def place_of(typed: str) -> int | None:
    """Return the place, from 0, that a letter names: ``b``, ``B``, ``b)`` or ``(b)``; None where it is none."""
    word = typed.strip().strip("().").casefold()
    return ord(word) - ord("a") if len(word) == 1 and "a" <= word <= "z" else None
