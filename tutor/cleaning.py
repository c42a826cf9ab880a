"""Text that people, lessons and programs made, on its way to a terminal.

Nothing of theirs can steer the terminal: every control character is shown as its picture, and what reorders a line is
left out. The screen, the plain mode and the commands all write through ``clean``.
"""

from __future__ import annotations

import json
import re
from typing import Any, TextIO

_REORDERING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SURROGATES = range(0xD800, 0xE000)
_TABLE: dict[int, str | None] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)},
    **dict.fromkeys((*range(0x7F, 0xA0), *_SURROGATES), "\ufffd"),
    **dict.fromkeys(_REORDERING),
    0x0D: None,
    0x2028: "\n",
    0x2029: "\n",
}
_ESCAPED = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *_REORDERING, *_SURROGATES)}
_WHOLE: dict[int, str | None] = dict.fromkeys(_SURROGATES, "\ufffd")


def clean(text: str) -> str:
    """Return the text with its control characters shown (``␛``) and its tabs set out; lines are kept."""
    return text.translate(_TABLE).expandtabs(4) if not text.isascii() or not text.isprintable() else text


def one_line(text: str) -> str:
    """Return the text cleaned and on one line."""
    return " ".join(clean(text).split())


_FORMULA = re.compile(r"(^|;)(?=[\s\u200b-\u200d\u2060\ufeff]*[=+\-@−＝＋－＠﹢﹣﹦﹫])")
"""Where a cell begins that is calculated, or may begin: some spreadsheets take each ``;`` for the next cell."""


def cell(text: str) -> str:
    """Return the text as a cell of a table: cleaned, on one line, and marked as text where a spreadsheet would
    calculate it."""
    return _FORMULA.sub(r"\1'", clean(text).replace("\n", " "))


def whole(text: str) -> str:
    """The text with ``\\ufffd`` for each byte that was none of its encoding's: it can be kept and written to files."""
    return text if text.isascii() else text.translate(_WHOLE)


def takes_unicode(out: TextIO) -> bool:
    """Return whether what is written there may be any character (in UTF-8; a text in memory takes all)."""
    return (getattr(out, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def as_json(data: object) -> str:
    """Data as JSON, indented: letters as they are, and what steers a terminal or is no character as ``\\u009b``.

    Raises ``ValueError`` for a number that JSON has none for (infinity).
    """
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False).translate(_ESCAPED)


def from_json(text: str | bytes) -> Any:
    """Return what a JSON text holds.

    Raises:
        ValueError: It is not JSON, or it is nested deeper than Python reads.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
