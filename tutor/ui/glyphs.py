"""Which signs this terminal has for thin lines."""

from __future__ import annotations

import os
from enum import StrEnum


class Signs(StrEnum):
    """The finest signs for lines: dots of braille, what every font with boxes has, or ASCII."""

    BRAILLE = "braille"
    BOXES = "boxes"
    ASCII = "ascii"


# These draw braille themselves, or take it from another font of the same width. Elsewhere nobody knows: DejaVu Sans
# Mono and Consolas have none, and a box would stand for every dot.
WITH_BRAILLE = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "WT_SESSION", "TEXTUAL_DRIVER")
_PROGRAMS_WITH_BRAILLE = frozenset({"iTerm.app", "Apple_Terminal", "WezTerm", "ghostty", "vscode"})
_TERMS_WITH_BRAILLE = ("xterm-kitty", "xterm-ghostty", "foot", "wezterm")


def line_signs() -> Signs:
    """Return the finest signs that are sure to be seen. The console of Linux has 512 signs, terminals of old had
    fewer."""
    term = os.environ.get("TERM", "")
    if term.startswith(("linux", "vt")):
        return Signs.ASCII
    known = any(map(os.environ.get, WITH_BRAILLE)) or term.startswith(_TERMS_WITH_BRAILLE)
    if known or os.environ.get("TERM_PROGRAM") in _PROGRAMS_WITH_BRAILLE:
        return Signs.BRAILLE
    return Signs.BOXES
