"""Compute how readable a colour is on a background."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.color import Color

LEAST = 4.5
"""The contrast that WCAG 2 requires for text."""


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    pale, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (pale + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: Color, other: Color) -> Iterator[Color]:
    """Return a colour blended with more and more of another one, in 21 steps."""
    return (one.blend(other, twentieths / 20) for twentieths in range(21))


def legible_on(grounds: Iterable[Color], colour: Color, text: Color, *, share: float = 1) -> Color:
    """Return the colour, mixed with as much of the text's colour as it takes to be readable on every ground, even if
    only a ``share`` of it is blended into the ground."""
    for shade in mixed(colour, text):
        if all(contrast(ground.blend(shade, share), ground) >= LEAST for ground in grounds):
            return shade
    return text
