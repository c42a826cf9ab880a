"""The tutor's own two themes, a dark and a light one, and Textual's, changed so that everything is readable."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tutor.ui.contrast import contrast, legible_on, mixed

PLACES = ("background", "surface", "panel")
COLOURS = ("primary", "secondary", "accent", "warning", "error", "success")
MUTED, FIELD = 0.66, 0.22
"""The share of the text's colour in secondary text, and of the primary colour in the focused field."""

SET_OFF = 1.25
"""The contrast between the highlighted line and the others."""

BLACK, WHITE = Color.parse("#000"), Color.parse("#fff")

DARK = Theme(
    name="tutor-dark",
    primary="#82AAFF",
    secondary="#B4A0FF",
    accent="#FFC777",
    warning="#E6DB74",
    error="#FF7B8A",
    success="#7FD99A",
    foreground="#DCE0EC",
    background="#14161D",
    surface="#1B1E27",
    panel="#252936",
    dark=True,
    variables={
        "block-cursor-background": "#2B3A5C",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-blurred-background": "#222838",
        "block-cursor-text-style": "bold",
        "footer-background": "#1B1E27",
        "footer-key-foreground": "#FFC777",
        "input-selection-background": "#82AAFF 35%",
        "border": "#82AAFF",
        "border-blurred": "#343A4B",
    },
)

LIGHT = Theme(
    name="tutor-light",
    primary="#1D5FBF",
    secondary="#6A3FA8",
    accent="#9A4F00",
    warning="#6B6200",
    error="#B3202C",
    success="#19743A",
    foreground="#20242C",
    background="#FBFAF6",
    surface="#F2F0E9",
    panel="#E6E3D9",
    dark=False,
    variables={
        "block-cursor-background": "#CFE0F8",
        "block-cursor-foreground": "#10141C",
        "block-cursor-blurred-background": "#E4E8EE",
        "block-cursor-text-style": "bold",
        "footer-background": "#F2F0E9",
        "footer-key-foreground": "#9A4F00",
        "input-selection-background": "#1D5FBF 25%",
        "border": "#1D5FBF",
        "border-blurred": "#C9C5B8",
    },
)

THEMES = (DARK, LIGHT)
DEFAULT = DARK.name


@cache
def readable(name: str) -> Theme:
    """Return a theme of Textual's, changed so that every colour is readable as text on every background of the tutor.

    The highlighted line gets a shade on which all colours are readable: Textual uses the primary colour itself, on
    which only one is.
    """
    theme = BUILTIN_THEMES[name]
    if theme.ansi:
        return theme  # the terminal's own colours, which are unknown
    variables = theme.to_color_system().generate()
    shades = {each: Color.parse(variables[each]) for each in (*PLACES, *COLOURS)}
    cursor = _set_off((shades["background"], shades["panel"]), shades["primary"])
    grounds = (*(shades[each] for each in PLACES), cursor, shades["background"].blend(shades["primary"], FIELD))
    text = legible_on(grounds, Color.parse(variables["foreground"]), WHITE if theme.dark else BLACK, share=MUTED)
    changed: dict[str, Any] = {each: legible_on(grounds, shades[each], text).hex for each in COLOURS}
    of_our_own = {
        "block-cursor-background": cursor.hex,
        "block-cursor-foreground": text.hex,
        "block-cursor-text-style": "bold",
        "footer-key-foreground": changed["accent"],
    }
    changed |= {"foreground": text.hex, "panel": shades["panel"].hex, "variables": {**theme.variables, **of_our_own}}
    return replace(theme, **changed)


def _set_off(grounds: tuple[Color, ...], colour: Color) -> Color:
    """Return the first of the grounds, mixed with as much of the colour as it takes to stand out from all of them."""
    shades = mixed(grounds[0], colour)
    return next((shade for shade in shades if all(contrast(shade, each) >= SET_OFF for each in grounds)), colour)
