"""Prepare text from people, lessons and programs for the screen: it is cleaned, and never read as markup.

Whatever the screen shows of it goes through ``clean``, ``one_line`` or ``plain``.
"""

from __future__ import annotations

import re

from textual.content import Content
from textual.style import Style

from tutor.cleaning import clean as clean
from tutor.cleaning import one_line as one_line

MUTED = "$foreground 66%"
"""The style of secondary text."""

NO_BREAK = "\ue000"
"""A space at which no line is wrapped. Textual wraps at Unicode's own no-break space too. This one, a private-use
character, is painted as a space (``filters``) and copied as one (``LeftOnce.get_selected_text``)."""


_ARROWS = {"above": "▴", "above and below": "▴▾", "below": "▾"}


def more(where: str, keys: str) -> str:
    """Return the note that something continues ``above`` or ``below`` the visible part, or both (``above and below``),
    with the keys that scroll to it."""
    return f"{_ARROWS[where]} more {where} ({keys})"


def pasted(text: str) -> str:
    r"""Return a pasted text, cleaned. Its lines stay lines, even if the terminal ends them as its Enter key does
    (``\r``)."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def plain(text: str, style: str | Style = "") -> Content:
    """Return text as content, never as markup."""
    return Content.styled(clean(text), style) if style else Content(clean(text))


def with_lowered_subscript(label: str) -> tuple[str, str]:
    """Return a label such as ∂E/∂W_hidden as two lines: a subscript without small letters in Unicode goes below."""
    found = re.fullmatch(r"(.*)_([^\W\d_]+)(.*)", label)
    if found is None:
        return label, ""
    return found[1] + found[3], " " * len(found[1]) + found[2]


def bar(share: float, width: int) -> Content:
    """Return a progress bar of ``width`` cells: heavy for the part done, light for the rest, so that it reads without
    colour."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    full, half = divmod(halves, 2)
    done = "━" * full + ("╸" if half else "")
    return Content.assemble((done, "$success"), ("─" * (width - len(done)), "$foreground 25%"))
