"""Text that people, lessons and programs made, on its way to the terminal.

Nothing of theirs is read as markup, and nothing of theirs can steer the terminal: every control character is shown as
its picture, and what reorders a line is left out. What the screen says of theirs goes through ``clean`` or ``plain``.
"""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

MUTED = "$foreground 60%"
"""The style of what is beside the point."""

_REORDERING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TABLE: dict[int, str | None] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd"),
    **dict.fromkeys(_REORDERING),
    0x0D: None,
    0x2028: "\n",
    0x2029: "\n",
}


def clean(text: str) -> str:
    """The text with its control characters shown (``␛``) and its tabs set out; lines are kept."""
    return text.translate(_TABLE).expandtabs(4) if not text.isascii() or not text.isprintable() else text


def pasted(text: str) -> str:
    """A pasted text, cleaned; lines stay lines, also where a terminal ends them as its Enter key does (``\\r``)."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text cleaned and on one line."""
    return " ".join(clean(text).split())


def plain(text: str, style: str | Style = "") -> Content:
    """Text as content, never as markup."""
    return Content.styled(clean(text), style) if style else Content(clean(text))


def bar(share: float, width: int, *, style: str = "$success", rest: str = "$foreground 25%") -> Content:
    """A progress bar of ``width`` cells: heavy where done, light where not, so that it reads without colour."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    full, half = divmod(halves, 2)
    done = "━" * full + ("╸" if half else "")
    return Content.assemble((done, style), ("─" * (width - len(done)), rest))
