"""Tell which characters this terminal can draw thin lines with."""

from __future__ import annotations

import os
from enum import StrEnum


class Signs(StrEnum):
    """Characters for lines, the finest first: dots of braille, box-drawing characters, or ASCII."""

    BRAILLE = "braille"
    BOXES = "boxes"
    ASCII = "ascii"


# These draw braille themselves, or take it from another font of the same width. Elsewhere it may be missing (DejaVu
# Sans Mono and Consolas have none), and every dot would appear as an empty box.
WITH_BRAILLE = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "WT_SESSION", "TEXTUAL_DRIVER")
_PROGRAMS_WITH_BRAILLE = frozenset({"iTerm.app", "Apple_Terminal", "WezTerm", "ghostty", "vscode"})
_TERMS_WITH_BRAILLE = ("xterm-kitty", "xterm-ghostty", "foot", "wezterm")


def line_signs() -> Signs:
    """Return the finest characters that are sure to be displayed. The console of Linux has only 512, old terminals
    fewer."""
    term = os.environ.get("TERM", "")
    if term.startswith(("linux", "vt")):
        return Signs.ASCII
    known = any(map(os.environ.get, WITH_BRAILLE)) or term.startswith(_TERMS_WITH_BRAILLE)
    if known or os.environ.get("TERM_PROGRAM") in _PROGRAMS_WITH_BRAILLE:
        return Signs.BRAILLE
    return Signs.BOXES
