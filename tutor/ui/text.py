"""Text that people, lessons and programs made, on its way to the screen: cleaned, and never read as markup.

What the screen says of theirs goes through ``clean``, ``one_line`` or ``plain``.
"""

from __future__ import annotations

import re

from textual.content import Content
from textual.style import Style

from tutor.cleaning import clean, one_line

__all__ = [
    "MUTED",
    "NO_BREAK",
    "bar",
    "clean",
    "more_above",
    "more_around",
    "more_below",
    "one_line",
    "pasted",
    "plain",
]

MUTED = "$foreground 66%"
"""The style of what is beside the point."""

NO_BREAK = "\ue000"
"""A space at which no line ends. Textual ends lines at Unicode's own no-break space too; this one, a character for
private use, is painted as a space (``filters``) and copied as one (``LeftOnce.get_selected_text``)."""


def more_above(keys: str) -> str:
    """Return what is said where something begins above what is seen, with the keys that scroll to it."""
    return f"▴ more above ({keys})"


def more_around(keys: str) -> str:
    """Return what is said where something goes on above and below what is seen, with the keys that scroll to it."""
    return f"▴▾ more above and below ({keys})"


def more_below(keys: str) -> str:
    """Return what is said where something goes on below what is seen, with the keys that scroll to it."""
    return f"▾ more below ({keys})"


def pasted(text: str) -> str:
    """A pasted text, cleaned; lines stay lines, also where a terminal ends them as its Enter key does (``\\r``)."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def plain(text: str, style: str | Style = "") -> Content:
    """Return text as content, never as markup."""
    return Content.styled(clean(text), style) if style else Content(clean(text))


def with_lowered_subscript(label: str) -> tuple[str, str]:
    """Return a label such as ∂E/∂W_hidden on two lines: what has no small letters in Unicode goes on the second."""
    found = re.fullmatch(r"(.*)_([^\W\d_]+)(.*)", label)
    if found is None:
        return label, ""
    return found[1] + found[3], " " * len(found[1]) + found[2]


def bar(share: float, width: int, *, style: str = "$success", rest: str = "$foreground 25%") -> Content:
    """Return a progress bar of ``width`` cells: heavy where done, light where not, so that it reads without colour."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    full, half = divmod(halves, 2)
    done = "━" * full + ("╸" if half else "")
    return Content.assemble((done, style), ("─" * (width - len(done)), rest))
