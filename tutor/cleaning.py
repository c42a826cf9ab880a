"""Clean text that comes from people, lessons and programs before it reaches a terminal.

Such text must not control the terminal: every control character is shown as its picture, and characters that reorder a
line are removed. The screen, the plain mode and the commands all write through ``clean``.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterable
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
    """Return the text with its control characters shown (``␛``) and its tabs expanded; line breaks stay."""
    return text.translate(_TABLE).expandtabs(4) if not text.isascii() or not text.isprintable() else text


def one_line(text: str) -> str:
    """Return the text cleaned and on one line."""
    return " ".join(clean(text).split())


_FORMULA = re.compile(r"(^|;)(?=[\s\u200b-\u200d\u2060\ufeff]*[=+\-@−＝＋－＠﹢﹣﹦﹫])")
"""Matches the start of a formula in a cell: at the beginning, or after a ``;``, at which some spreadsheets split."""


def cell(text: str) -> str:
    """Return the text as a table cell: cleaned, on one line, and marked as text where a spreadsheet would take it for a
    formula."""
    return _FORMULA.sub(r"\1'", clean(text).replace("\n", " "))


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV; texts become safe cells, and numbers stay numbers."""
    import csv  # only reports need it

    out = io.StringIO()
    safe = ([cell(each) if isinstance(each, str) else each for each in row] for row in rows)
    csv.writer(out, lineterminator="\n").writerows(safe)
    return out.getvalue()


def whole(text: str) -> str:
    """Return the text with ``\\ufffd`` for each undecodable byte, so that it can be stored and written to files."""
    return text if text.isascii() else text.translate(_WHOLE)


def takes_unicode(out: TextIO) -> bool:
    """Return whether a stream takes every character: one in UTF-8, or in memory."""
    return (getattr(out, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


_WITHOUT_SIGNS = re.compile(r"linux|vt\d")
"""Matches the ``TERM`` of the console of Linux, and of old terminals (``vt100``)."""


def shows_mathematics(out: TextIO) -> bool:
    """Return whether a stream takes every character and, if it is a terminal, shows signs such as θ, ∂ and ₁.

    The console of Linux has at most 512 characters, and its fonts have no subscripts; old terminals have fewer.
    """
    return takes_unicode(out) and not (out.isatty() and _WITHOUT_SIGNS.match(os.environ.get("TERM", "")))


def as_json(data: object) -> str:
    """Return data as indented JSON. Characters that could steer a terminal are escaped, others are not.

    Raises:
        ValueError: A number is infinite or NaN, which JSON cannot express.
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
