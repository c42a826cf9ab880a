"""How well a colour is told from what it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.color import Color

LEAST = 4.5
"""The contrast that WCAG 2 asks for of text."""


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours as WCAG 2 has it, from 1 to 21."""
    pale, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (pale + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: Color, other: Color) -> Iterator[Color]:
    """One colour with more and more of another one in it."""
    return (one.blend(other, twentieths / 20) for twentieths in range(21))


def told_from(grounds: Iterable[Color], colour: Color, text: Color, *, share: float = 1) -> Color:
    """Return the colour, as much of the text's own mixed in as it takes to be read on every ground, also where only a
    ``share`` of it is laid on that."""
    for shade in mixed(colour, text):
        if all(contrast(ground.blend(shade, share), ground) >= LEAST for ground in grounds):
            return shade
    return text
