"""The tutor's own two themes, a dark and a light one; Textual's are there as well."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="tutor-dark",
    primary="#82AAFF",
    secondary="#B4A0FF",
    accent="#FFC777",
    warning="#FFB86C",
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
    warning="#9A5B00",
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
