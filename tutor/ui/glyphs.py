"""Tell which characters this terminal can draw thin lines with."""

from __future__ import annotations

import os

# These draw braille themselves, or take it from another font of the same width. Elsewhere it may be missing (DejaVu
# Sans Mono and Consolas have none), and every dot would appear as an empty box.
WITH_BRAILLE = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "WT_SESSION", "TEXTUAL_DRIVER")
_PROGRAMS_WITH_BRAILLE = frozenset({"iTerm.app", "Apple_Terminal", "WezTerm", "ghostty", "vscode"})
_TERMS_WITH_BRAILLE = ("xterm-kitty", "xterm-ghostty", "foot", "wezterm")


def has_braille() -> bool:
    """Return whether the dots of braille are sure to be displayed. Elsewhere, lines are drawn with blocks."""
    known = any(map(os.environ.get, WITH_BRAILLE)) or os.environ.get("TERM", "").startswith(_TERMS_WITH_BRAILLE)
    return known or os.environ.get("TERM_PROGRAM") in _PROGRAMS_WITH_BRAILLE
